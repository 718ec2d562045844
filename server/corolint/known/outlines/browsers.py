"""Browsers: Playwright, playwright.dev/python, "API reference"; what acts on a page is async."""

from __future__ import annotations

from corolint.known.outlines.outline import Outline

_PAGE = "playwright.async_api.Page()"
_LOCATOR = "playwright.async_api.Locator()"
_CONTEXT = "playwright.async_api.BrowserContext()"
_BROWSER = "playwright.async_api.Browser()"
_KIND = "playwright.async_api.BrowserType()"
_PLAYWRIGHT = "playwright.async_api.Playwright()"
_HANDLE = "playwright.async_api.ElementHandle()"
_RESPONSE = "playwright.async_api.Response()"

_ELEMENT = (
    "check click dblclick dispatch_event fill focus get_attribute hover inner_html inner_text"
    " input_value is_checked is_disabled is_editable is_enabled is_hidden is_visible press"
    " screenshot select_option set_checked set_input_files tap text_content type uncheck"
)

OUTLINES: dict[str, Outline] = {
    _PAGE: Outline(
        f"{_ELEMENT} add_init_script add_script_tag add_style_tag bring_to_front close content"
        " emulate_media eval_on_selector eval_on_selector_all evaluate evaluate_handle"
        " expose_function go_back go_forward goto pause pdf query_selector query_selector_all"
        " reload route set_content set_extra_http_headers set_viewport_size title unroute"
        " wait_for_function wait_for_load_state wait_for_selector wait_for_timeout wait_for_url",
        {".context": _CONTEXT, ".goto().<awaited>": _RESPONSE,
         ".query_selector().<awaited>": _HANDLE, ".wait_for_selector().<awaited>": _HANDLE,
         ".query_selector_all().<awaited>.<element>": _HANDLE,
         ".keyboard": "playwright.async_api.Keyboard()", ".mouse": "playwright.async_api.Mouse()",
         **{f".{name}()": _LOCATOR
            for name in ("locator", "get_by_role", "get_by_text", "get_by_label",
                         "get_by_placeholder", "get_by_test_id", "get_by_title")}},
    ),
    "playwright.async_api.Frame()": Outline("", like=(_PAGE,)),
    _LOCATOR: Outline(
        f"{_ELEMENT} all all_inner_texts all_text_contents blur clear count element_handle evaluate"
        " evaluate_all press_sequentially scroll_into_view_if_needed wait_for",
        {".first": _LOCATOR, ".last": _LOCATOR, ".all().<awaited>.<element>": _LOCATOR,
         **{f".{name}()": _LOCATOR
            for name in ("locator", "nth", "filter", "get_by_role", "get_by_text")}},
    ),
    _HANDLE: Outline(
        f"{_ELEMENT} bounding_box evaluate query_selector query_selector_all",
        {".query_selector().<awaited>": _HANDLE,
         ".query_selector_all().<awaited>.<element>": _HANDLE},
    ),
    _RESPONSE: Outline("body finished json text"),
    "playwright.async_api.Keyboard()": Outline("down insert_text press type up"),
    "playwright.async_api.Mouse()": Outline("click dblclick down move up wheel"),
    _CONTEXT: Outline(
        "add_cookies add_init_script clear_cookies close cookies grant_permissions new_page route"
        " set_extra_http_headers storage_state unroute",
        {".new_page().<awaited>": _PAGE, ".pages.<element>": _PAGE},
    ),
    _BROWSER: Outline(
        "close new_context new_page",
        {".new_page().<awaited>": _PAGE, ".new_context().<awaited>": _CONTEXT,
         ".contexts.<element>": _CONTEXT},
    ),
    _KIND: Outline(
        "connect connect_over_cdp launch launch_persistent_context",
        {".launch().<awaited>": _BROWSER, ".connect().<awaited>": _BROWSER,
         ".connect_over_cdp().<awaited>": _BROWSER,
         ".launch_persistent_context().<awaited>": _CONTEXT},
    ),
    _PLAYWRIGHT: Outline("stop", {f".{name}": _KIND for name in ("chromium", "firefox", "webkit")}),
    "playwright.async_api": Outline(
        "",
        {".async_playwright().<awaited>": _PLAYWRIGHT,
         ".async_playwright().start().<awaited>": _PLAYWRIGHT},
    ),
}  # fmt: skip
