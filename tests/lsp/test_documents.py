"""Open texts stay what the client shows, whatever it types and however it counts."""

from __future__ import annotations

from corolint.lsp.convert import from_client_column, to_client_column
from corolint.lsp.documents import Document, line_starts, position_of
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol import types as lsp
from pygls.workspace import PositionCodec

ENCODINGS = ("utf-8", "utf-16", "utf-32")
CODECS = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
TEXTS = st.text(st.sampled_from("ab\n\r\x0c\x85\u2028é𝒳"), max_size=12)


def client_position(text: str, offset: int, encoding: str) -> lsp.Position:
    """Where a client that counts in `encoding` sees the character at `offset`: by its own rules."""
    before = text[:offset].replace("\r\n", "\n").replace("\r", "\n")
    codec, width = CODECS[encoding]
    line = before.rpartition("\n")[2]
    return lsp.Position(before.count("\n"), len(line.encode(codec)) // width)


def splits_line_end(text: str, offset: int) -> bool:
    return text[max(0, offset - 1) : offset + 1] == "\r\n"


@given(TEXTS, TEXTS, st.data(), st.sampled_from(ENCODINGS))
def test_an_edit_does_what_the_client_did(
    text: str, inserted: str, data: st.DataObject, encoding: str
) -> None:
    places = [n for n in range(len(text) + 1) if not splits_line_end(text, n)]
    start, end = sorted((data.draw(st.sampled_from(places)), data.draw(st.sampled_from(places))))
    document = Document("file:///x.py", text, position_codec=PositionCodec(encoding))
    place = lsp.Range(client_position(text, start, encoding), client_position(text, end, encoding))
    document.apply_change(lsp.TextDocumentContentChangePartial(place, inserted))
    assert document.source == text[:start] + inserted + text[end:]


@given(TEXTS)
def test_lines_put_together_are_the_text(text: str) -> None:
    document = Document("file:///x.py", text)
    assert "".join(document.lines) == text
    assert len(document.lines) == len(line_starts(text))


@given(TEXTS, st.data())
def test_a_position_leads_back_to_its_offset(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    line, column = position_of(text, offset)
    assert line_starts(text)[line] + column == offset


@given(st.text(max_size=8), st.sampled_from(ENCODINGS), st.data())
def test_columns_there_and_back(line: str, encoding: str, data: st.DataObject) -> None:
    column = data.draw(st.integers(0, len(line)))
    assert from_client_column(line, to_client_column(line, column, encoding), encoding) == column
    assert to_client_column(line, 99, encoding) == to_client_column(line, len(line), encoding)
    assert from_client_column(line, 99, encoding) == len(line)
