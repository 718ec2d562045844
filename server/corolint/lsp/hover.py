"""Hover: what the core has to say about the place under the pointer.

That is an expression, or the name of a rule in an ignore comment: then it is the page of that rule.
"""

from __future__ import annotations

import re

from lsprotocol import types as lsp

from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities, Places, from_position, to_hover
from corolint.lsp.session import Session
from corolint.lsp.view import View
from corolint.text import Span


async def hover(session: Session, params: lsp.HoverParams) -> lsp.Hover | None:
    """``textDocument/hover``; `None` where there is nothing to tell."""
    view, client = session.view(), session.client
    uri, position = params.text_document.uri, params.position
    return await session.ask(lambda analysis: _hover(analysis, uri, position, view, client))


def _hover(
    analysis: Analysis, uri: str, position: lsp.Position, view: View, client: Abilities
) -> lsp.Hover | None:
    shown = view.document(uri)
    if shown is None:
        return None
    lines = analysis.lines(shown.path, view)
    line, column = from_position(position, shown.first, lines, client.encoding)
    text = view.texts[shown.path]
    found = analysis.hover(shown.path, text, view, line, column)
    if found is not None:
        markdown, span = found
    else:
        rule = rule_at(lines[line - 1] if line <= len(lines) else "", line, column)
        page = rule and analysis.explain(rule[0])
        if not rule or not page:
            return None
        markdown, span = page, rule[1]
    places = Places(view, client.encoding, lambda path: analysis.lines(path, view))
    return to_hover(markdown, places.location(shown.path, span).range, client)


_IGNORE = re.compile(r"#\s*corolint\s*:\s*ignore(?:-file)?\s*\[([^\]#]*)\]")


def rule_at(text: str, line: int, column: int) -> tuple[str, Span] | None:
    """The name in the brackets of an ignore comment that `column` of this line stands in."""
    for comment in _IGNORE.finditer(text):
        for name in re.compile(r"[\w-]+").finditer(text, *comment.span(1)):
            if name.start() <= column <= name.end():
                return name[0], Span(line, name.start(), line, name.end())
    return None
