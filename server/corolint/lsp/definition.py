"""From a finding to the places that its notes tell of: where it was made, declared, awaited first.

What a name means, other servers know better; this answers only on what a diagnostic underlines.
"""

from __future__ import annotations

from lsprotocol import types as lsp

from corolint.lsp.analysis import Analysis
from corolint.lsp.convert import Abilities, Places, touches
from corolint.lsp.session import Session
from corolint.lsp.view import View


async def definition(
    session: Session, params: lsp.DefinitionParams
) -> list[lsp.Location] | list[lsp.LocationLink] | None:
    """``textDocument/definition``; `None` where no finding has a note with a place."""
    view, client = session.view(), session.client
    uri, position = params.text_document.uri, params.position
    return await session.ask(lambda analysis: _places(analysis, uri, position, view, client))


def _places(
    analysis: Analysis, uri: str, position: lsp.Position, view: View, client: Abilities
) -> list[lsp.Location] | list[lsp.LocationLink] | None:
    shown = view.document(uri)
    if shown is None:
        return None
    places = Places(view, client.encoding, lambda path: analysis.lines(path, view))
    here = lsp.Range(position, position)
    links = []
    for finding in analysis.findings(shown.path, view.texts[shown.path], view):
        origin = places.location(finding.path, finding.span)
        if origin.uri != uri or not touches(origin.range, here):
            continue
        for note in finding.notes:
            if note.path is not None and note.span is not None:
                target = places.location(note.path, note.span)
                link = lsp.LocationLink(target.uri, target.range, target.range, origin.range)
                links.append(link)
    if not links:
        return None
    if client.definition_links:
        return links
    return [lsp.Location(link.target_uri, link.target_range) for link in links]
