"""Hover: what the core has to say about the place under the pointer."""

from __future__ import annotations

from lsprotocol import types as lsp

from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities, Places, from_position, to_hover
from corolint.lsp.session import Session
from corolint.lsp.view import View


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
    if found is None:
        return None
    places = Places(view, client.encoding, lambda path: analysis.lines(path, view))
    return to_hover(found.markdown, places.location(shown.path, found.span).range, client)
