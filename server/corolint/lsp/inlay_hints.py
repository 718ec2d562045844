"""Inlay hints, for those who switched them on."""

from __future__ import annotations

from lsprotocol import types as lsp

from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities, to_range
from corolint.lsp.session import Session
from corolint.lsp.view import View
from corolint.text import Span


async def inlay_hints(session: Session, params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
    """``textDocument/inlayHint``."""
    if not session.options.inlay_hints:
        return []
    view, client = session.view(), session.client
    return await session.ask(lambda analysis: _hints(analysis, params, view, client))


def _hints(
    analysis: Analysis, params: lsp.InlayHintParams, view: View, client: Abilities
) -> list[lsp.InlayHint]:
    shown = view.document(params.text_document.uri)
    if shown is None:
        return []
    first = params.range.start.line + shown.first + 1
    last = params.range.end.line + shown.first + 1
    lines = analysis.lines(shown.path, view)
    text = view.texts[shown.path]
    hints = []
    for hint in analysis.inlay_hints(shown.path, text, view, first, last):
        if shown.holds(hint.line):
            span = Span(hint.line, hint.column, hint.line, hint.column)
            place = to_range(span, lines, client.encoding, shown.first).start
            hints.append(lsp.InlayHint(place, hint.label, tooltip=hint.tooltip))
    return hints
