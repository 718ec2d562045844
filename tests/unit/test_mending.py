"""Every fix: what it makes of the text, that Python accepts it, and that the finding is gone."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from corolint.check import check, remedies
from corolint.config import Settings
from corolint.edits import apply_edits
from corolint.files import DiskReader
from corolint.finding import Edit, Finding, Fix
from corolint.mending.config_ignore import ignored_in_config
from corolint.module_files import SearchPath
from corolint.project import Project

FETCH = """\
import asyncio


async def fetch(url="x"): ...


"""

# (rule, title, before, after); what stands in FETCH comes before both.
CASES = [
    (
        "unawaited-coroutine",
        "Await 'fetch'",
        "async def main():\n    fetch()\n",
        "async def main():\n    await fetch()\n",
    ),
    (
        "coroutine-as-value",
        "Await 'fetch'",
        "async def main():\n    print(fetch().text)\n",
        "async def main():\n    print((await fetch()).text)\n",
    ),
    (
        "coroutine-as-value",
        "Await 'fetch'",
        "async def main():\n    print((fetch())[0])\n",
        "async def main():\n    print((await fetch())[0])\n",
    ),
    (
        "coroutine-as-value",
        "Await 'fetch'",
        "async def main():\n    page = fetch()\n    return page + 1\n",
        "async def main():\n    page = await fetch()\n    return page + 1\n",
    ),
    (
        "coroutine-as-value",
        "Await 'fetch'",
        "async def main(old):\n"
        "    if old:\n        page = fetch()\n    else:\n        page = fetch('new')\n"
        "    return page + 1\n",
        "async def main(old):\n"
        "    if old:\n        page = await fetch()\n    else:\n        page = await fetch('new')\n"
        "    return page + 1\n",
    ),
    (
        "coroutine-in-condition",
        "Await 'fetch'",
        "async def main():\n    return 1 if not fetch() else 2\n",
        "async def main():\n    return 1 if not await fetch() else 2\n",
    ),
    (
        "return-without-await",
        "Await 'fetch'",
        "async def main():\n    try:\n        return fetch()\n    except OSError:\n        raise\n",
        "async def main():\n    try:\n        return await fetch()\n"
        "    except OSError:\n        raise\n",
    ),
    (
        "unawaited-coroutine",
        "Run it as a background task",
        "async def main():\n    if 1 < 2:\n        fetch('y')  # now\n    return 1\n",
        "background_tasks = set()\n\n\n"
        "async def main():\n    if 1 < 2:\n"
        "        task = asyncio.create_task(fetch('y'))\n"
        "        background_tasks.add(task)\n"
        "        task.add_done_callback(background_tasks.discard)  # now\n"
        "    return 1\n",
    ),
    (
        "dangling-task",
        "Keep the task",
        "background_tasks = set()\n\n\n"
        "class Server:\n    async def start(self):\n        asyncio.create_task(fetch())\n",
        "background_tasks = set()\n\n\n"
        "class Server:\n    async def start(self):\n"
        "        task = asyncio.create_task(fetch())\n"
        "        background_tasks.add(task)\n"
        "        task.add_done_callback(background_tasks.discard)\n",
    ),
    (
        "unawaited-coroutine",
        "Close it without running it",
        "def main():\n    fetch()\n",
        "def main():\n    fetch().close()\n",
    ),
    (
        "unawaited-coroutine",
        "Close it without running it",
        "def main():\n    page = fetch(\n        'x'\n    )  # unused\n",
        "def main():\n    page = fetch(\n        'x'\n    )  # unused\n    page.close()\n",
    ),
    (
        "unawaited-coroutine",
        "Run it with asyncio.run",
        "fetch()\n",
        "asyncio.run(fetch())\n",
    ),
    (
        "uncalled-coroutine-function",
        "Call 'fetch'",
        "asyncio.run(fetch)\n",
        "asyncio.run(fetch())\n",
    ),
    (
        "nested-event-loop",
        "Await it instead",
        "async def main():\n    print(asyncio.run(fetch()).text)\n",
        "async def main():\n    print((await fetch()).text)\n",
    ),
    (
        "reused-coroutine",
        "Call 'fetch' again here",
        "async def main(url):\n    page = fetch(url)\n    await page\n    print(await page)\n",
        "async def main(url):\n    page = fetch(url)\n    await page\n"
        "    print(await fetch(url))\n",
    ),
    (
        "reused-coroutine",
        "Make it anew in each turn of the loop",
        "async def main(urls):\n    page = fetch()\n    for url in urls:\n"
        "        print(url)\n        await page\n",
        "async def main(urls):\n    for url in urls:\n        page = fetch()\n"
        "        print(url)\n        await page\n",
    ),
    (
        "coroutine-as-value",
        "Await 'fetch'",
        "async def main(us):\n    return [fetch(u) + 1 for u in us]\n",
        "async def main(us):\n    return [await fetch(u) + 1 for u in us]\n",
    ),
    (
        "shared-coroutine",
        "Call 'fetch' wherever it is awaited",
        "PAGE = fetch('x')\n\n\nasync def show():\n    print(await PAGE)\n\n\n"
        "async def main():\n    await show()\n    await show()\n\n\nasyncio.run(main())\n",
        "\n\nasync def show():\n    print(await fetch('x'))\n\n\n"
        "async def main():\n    await show()\n    await show()\n\n\nasyncio.run(main())\n",
    ),
    (
        "shared-coroutine",
        "Call 'fetch' wherever it is awaited",
        "def make(url):\n    page = fetch(url)\n\n    async def show():\n"
        "        print(await page)\n\n    return show\n\n\n"
        "async def main():\n    show = make('x')\n    await show()\n    await show()\n",
        "def make(url):\n\n    async def show():\n"
        "        print(await fetch(url))\n\n    return show\n\n\n"
        "async def main():\n    show = make('x')\n    await show()\n    await show()\n",
    ),
    (
        "unawaited-on-some-path",
        "Make it where it is awaited",
        "async def main(url, known):\n    page = fetch(url)\n    if known:\n        return known\n"
        "    return await page\n",
        "async def main(url, known):\n    if known:\n        return known\n"
        "    return await fetch(url)\n",
    ),
    (
        "unawaited-on-some-path",
        "Close it on the path that drops it",
        "async def main(known):\n    page = fetch(input())\n    if known:\n        return known\n"
        "    return await page\n",
        "async def main(known):\n    page = fetch(input())\n    if known:\n        page.close()\n"
        "        return known\n    return await page\n",
    ),
    (
        "unawaited-on-some-path",
        "Close it on the path that drops it",
        "async def main(known):\n    page = fetch()\n    if known:\n        await page\n"
        "    else:\n        print(known)\n",
        "async def main(known):\n    page = fetch()\n    if known:\n        await page\n"
        "    else:\n        page.close()\n        print(known)\n",
    ),
    (
        "cached-coroutine",
        "Remove the cache",
        "import functools\n\n\n@functools.lru_cache(\n    maxsize=8\n)\nasync def load(): ...\n",
        "import functools\n\n\nasync def load(): ...\n",
    ),
    (
        "async-protocol-mismatch",
        "Use 'async for'",
        "async def numbers():\n    yield 1\n\n\nasync def main():\n"
        "    for number in numbers():\n        print(number)\n",
        "async def numbers():\n    yield 1\n\n\nasync def main():\n"
        "    async for number in numbers():\n        print(number)\n",
    ),
    (
        "async-protocol-mismatch",
        "Use 'async for'",
        "async def numbers():\n    yield 1\n\n\nasync def main():\n"
        "    return [n for m in [1] for n in numbers()]\n",
        "async def numbers():\n    yield 1\n\n\nasync def main():\n"
        "    return [n for m in [1] async for n in numbers()]\n",
    ),
    (
        "coroutine-as-value",
        "Make 'page' async, and 2 more that call it, and await 'fetch'",
        "def page(x):\n    return fetch(x).text\n\n\n"
        "class View:\n    def show(self):\n        print(page(1)[0])\n\n"
        "    async def refresh(self):\n        self.show()\n\n\n"
        "def main():\n    return View().show()\n\n\nmain()\n",
        "async def page(x):\n    return (await fetch(x)).text\n\n\n"
        "class View:\n    async def show(self):\n        print((await page(1))[0])\n\n"
        "    async def refresh(self):\n        await self.show()\n\n\n"
        "async def main():\n    return await View().show()\n\n\nasyncio.run(main())\n",
    ),
]

# (rule, part of a title that must not be offered, code)
NOT_OFFERED = [
    ("unawaited-coroutine", "Await", "def main():\n    fetch()\n"),
    ("unawaited-coroutine", "Await", "async def main():\n    return lambda: [fetch(), 1][1]\n"),
    (
        "coroutine-in-condition",
        "Await",
        "async def main(us):\n    return all(fetch(u) for u in us)\n",
    ),
    ("unawaited-coroutine", "task", "async def main(x):\n    if x: fetch()\n"),
    ("unawaited-coroutine", "task", "async def main(task):\n    fetch()\n"),
    ("unawaited-coroutine", "task", "def main():\n    fetch()\n"),
    ("unawaited-coroutine", "asyncio.run", "def main():\n    fetch()\n"),
    ("unawaited-coroutine", "async", "def main():\n    fetch()\n\n\nprint(list(map(main, [])))\n"),
    ("unawaited-coroutine", "async", "class Page:\n    def __init__(self):\n        fetch()\n"),
    ("unawaited-coroutine", "async", "def main():\n    fetch()\n    yield 1\n"),
    ("unawaited-coroutine", "async", "@print\ndef main():\n    fetch()\n"),
    (
        "shared-coroutine",
        "Call 'fetch'",
        "PAGE = fetch()\n\n\nasync def show(fetch):\n    print(await PAGE)\n\n\n"
        "async def main():\n    await show(1)\n    await show(2)\n\n\nasyncio.run(main())\n",
    ),
    (
        "shared-coroutine",
        "Call 'fetch'",
        "PAGE = fetch()\n\n\nasync def show():\n    print(PAGE, await PAGE)\n\n\n"
        "async def main():\n    await show()\n    await show()\n\n\nasyncio.run(main())\n",
    ),
    (
        "unawaited-on-some-path",
        "Make it where",
        "async def main(url, known):\n    page = fetch(url)\n    url = known\n    if known:\n"
        "        return url\n    return await page\n",
    ),
    (
        "unawaited-on-some-path",
        "Make it where",
        "async def main(url, known):\n    page = fetch(url)\n    import html as url\n"
        "    if known:\n        return url\n    return await page\n",
    ),
    (
        "unawaited-on-some-path",
        "Make it where",
        "async def main(url, known):\n    page = fetch(url)\n    match known:\n"
        "        case [url]:\n            return url\n    return await page\n",
    ),
    (
        "unawaited-on-some-path",
        "Make it where",
        "async def main(known):\n    get = fetch\n    page = get('x')\n    get = known\n"
        "    if known:\n        return get\n    return await page\n",
    ),
    (
        "shared-coroutine",
        "Call 'fetch'",
        "PAGE = fetch()\n\n\nasync def show():\n    try:\n        print()\n"
        "    except OSError as fetch:\n        print(fetch)\n    print(await PAGE)\n\n\n"
        "async def main():\n    await show()\n    await show()\n\n\nasyncio.run(main())\n",
    ),
    (
        "unawaited-on-some-path",
        "Make it where",
        "async def main(known):\n    page = fetch()\n    print(page)\n    if known:\n"
        "        return known\n    return await page\n",
    ),
    (
        "unawaited-on-some-path",
        "Close it on",
        "async def main(known):\n    page = fetch()\n    if known:\n        await page\n"
        "    return known\n",
    ),
    (
        "reused-coroutine",
        "again",
        "async def main():\n    page = fetch(input())\n    await page\n    await page\n",
    ),
]


class Files:
    """A project on the disk; `text` replaces what a file holds."""

    def __init__(self, folder: Path, texts: dict[str, str]) -> None:
        self.paths = {name: folder / name for name in texts}
        for name, text in texts.items():
            self.paths[name].write_text(text)
        self._search = SearchPath((str(folder),))

    def project(self) -> Project:
        return Project(self._search, DiskReader())

    def findings(self, name: str) -> list[Finding]:
        path = self.paths[name]
        return list(check(str(path), path.read_text(), self.project(), Settings()))

    def fixes(self, name: str, finding: Finding) -> list[Fix]:
        path = self.paths[name]
        further = remedies(str(path), path.read_text(), self.project(), finding)
        return [*finding.fixes, *further]

    def apply(self, name: str, fix: Fix) -> None:
        by_path: dict[str, list[Edit]] = {}
        for edit in fix.edits:
            by_path.setdefault(edit.path or str(self.paths[name]), []).append(edit)
        for path, edits in by_path.items():
            changed = apply_edits(Path(path).read_text(), edits)
            ast.parse(changed)
            Path(path).write_text(changed)


@pytest.mark.parametrize(("rule", "title", "before", "after"), CASES)
def test_a_fix(rule: str, title: str, before: str, after: str, tmp_path: Path) -> None:
    files = Files(tmp_path, {"app.py": FETCH + before})
    finding = next(each for each in files.findings("app.py") if each.rule == rule)
    fixes = {fix.title: fix for fix in files.fixes("app.py", finding)}
    assert title in fixes
    files.apply("app.py", fixes[title])
    assert files.paths["app.py"].read_text() == FETCH + after
    assert [each.rule for each in files.findings("app.py")] == []


@pytest.mark.parametrize(("rule", "title", "code"), NOT_OFFERED)
def test_a_fix_that_would_be_wrong(rule: str, title: str, code: str, tmp_path: Path) -> None:
    files = Files(tmp_path, {"app.py": FETCH + code})
    found = [each for each in files.findings("app.py") if each.rule == rule]
    titles = [fix.title for each in found for fix in files.fixes("app.py", each)]
    assert not any(title in each for each in titles)


def test_await_is_the_preferred_one_where_it_is_legal(tmp_path: Path) -> None:
    files = Files(tmp_path, {"app.py": FETCH + "async def main():\n    fetch()\n"})
    (finding,) = files.findings("app.py")
    preferred = [fix.title for fix in files.fixes("app.py", finding) if fix.preferred]
    assert preferred == ["Await 'fetch'"]


def test_the_top_level_of_a_notebook_can_await(tmp_path: Path) -> None:
    files = Files(tmp_path, {"n_ipynb_.py": FETCH + "fetch()\n"})
    (finding,) = files.findings("n_ipynb_.py")
    assert [fix.title for fix in finding.fixes if fix.preferred] == ["Await 'fetch'"]


def test_a_shared_object_that_another_module_takes_stays(tmp_path: Path) -> None:
    code = "PAGE = fetch()\n\n\nasync def show():\n    print(await PAGE)\n\n\n"
    code += "async def main():\n    await show()\n    await show()\n\n\nasyncio.run(main())\n"
    files = Files(tmp_path, {"app.py": FETCH + code, "other.py": ""})
    (finding,) = files.findings("app.py")
    assert len(files.fixes("app.py", finding)) == 1
    files.paths["other.py"].write_text("def late():\n    from app import PAGE\n\n    return PAGE\n")
    (finding,) = files.findings("app.py")
    assert files.fixes("app.py", finding) == []


def test_an_import_is_added_where_imports_go(tmp_path: Path) -> None:
    code = '"""Words."""\n\nfrom __future__ import annotations\n\nimport os\n\n'
    code += "async def main():\n    print(os.sep)\n\nmain()\n"
    files = Files(tmp_path, {"app.py": code})
    (finding,) = files.findings("app.py")
    files.apply("app.py", finding.fixes[0])
    assert files.paths["app.py"].read_text() == code.replace(
        "import os", "import asyncio\nimport os"
    ).replace("\nmain()", "\nasyncio.run(main())")


def test_callers_in_other_files_become_async_too(tmp_path: Path) -> None:
    files = Files(
        tmp_path,
        {
            "pages.py": "async def fetch(): ...\n\n\ndef page():\n    return fetch().text\n",
            "views.py": "import pages\n\n\ndef view():\n    return pages.page() + '.'\n",
            "main.py": "from views import view\n\nprint(view())\n",
        },
    )
    (finding,) = files.findings("pages.py")
    (fix,) = files.fixes("pages.py", finding)
    files.apply("pages.py", fix)
    assert files.paths["views.py"].read_text() == (
        "import pages\n\n\nasync def view():\n    return await pages.page() + '.'\n"
    )
    assert files.paths["main.py"].read_text() == (
        "import asyncio\nfrom views import view\n\nprint(asyncio.run(view()))\n"
    )
    assert [each for name in files.paths for each in files.findings(name)] == []


def test_an_async_cache_is_offered_where_there_is_one(tmp_path: Path) -> None:
    code = "import functools\n\n\n@functools.cache\nasync def load(): ...\n"
    files = Files(tmp_path, {"app.py": code})
    (finding,) = files.findings("app.py")
    assert [fix.title for fix in files.fixes("app.py", finding)] == ["Remove the cache"]
    (tmp_path / "async_lru.py").write_text("def alru_cache(*args, **options): ...\n")
    _, swap = files.fixes("app.py", finding)
    files.apply("app.py", swap)
    assert files.paths["app.py"].read_text() == (
        "from async_lru import alru_cache\nimport functools\n\n\n"
        "@alru_cache(maxsize=None)\nasync def load(): ...\n"
    )
    assert files.findings("app.py") == []


@pytest.mark.parametrize(
    ("own", "before", "after"),
    [
        (True, "", 'ignore = ["r"]\n'),
        (True, "# ours\n[known]\n", 'ignore = ["r"]\n# ours\n[known]\n'),
        (True, 'ignore = ["a"] # why\n', 'ignore = ["a", "r"] # why\n'),
        (False, "", '[tool.corolint]\nignore = ["r"]\n'),
        (False, "[project]\n", '[project]\n\n[tool.corolint]\nignore = ["r"]\n'),
        (
            False,
            "[tool.corolint]\nselect = []\n[tool.other]\nignore = []\n",
            '[tool.corolint]\nignore = ["r"]\nselect = []\n[tool.other]\nignore = []\n',
        ),
        (
            False,
            '[tool.corolint]\nignore = [\n    "a",\n]\n',
            '[tool.corolint]\nignore = [\n    "a",\n    "r"\n]\n',
        ),
        (True, 'ignore = ["r"]\n', None),
        (True, 'ignore = [  # why\n"a"]\n', None),
        (True, 'ignore.x = "a"\n', None),
    ],
)
def test_a_rule_is_ignored_in_the_configuration(own: bool, before: str, after: str | None) -> None:
    assert ignored_in_config(before, "r", is_own_file=own) == after
