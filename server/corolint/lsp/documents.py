"""The texts that the editor has open, kept as the protocol says lines are counted.

A line ends at ``\\n``, ``\\r\\n`` or ``\\r`` and nowhere else; pygls splits at form feeds and
U+2028 too, after which every edit lands in the wrong place. A position behind the end of its line
means the end of that line, and a line behind the last one means the end of the text.

For ``"a\\x0cb\\nc"`` the position of ``c`` is line 1, character 0, and inserting ``x`` there gives
``"a\\x0cb\\nxc"``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import accumulate

from lsprotocol import types as lsp
from pygls.workspace import TextDocument, Workspace

from corolint.lsp.convert import encoding_name, from_client_column
from corolint.text import split_lines


@lru_cache(maxsize=4)
def line_starts(text: str) -> list[int]:
    """Offset of the first character of each line of `text`, in code points."""
    if "\r" not in text:
        lengths = (len(line) + 1 for line in text.split("\n")[:-1])
        return list(accumulate(lengths, initial=0))
    starts = [0]
    for line in split_lines(text)[:-1]:
        end = starts[-1] + len(line)
        starts.append(end + (2 if text.startswith("\r\n", end) else 1))
    return starts


def offset_of(text: str, position: lsp.Position, encoding: str) -> int:
    """Offset in code points of a client's position; what lies outside is drawn to the edge."""
    starts = line_starts(text)
    if position.line >= len(starts):
        return len(text)
    start = starts[position.line]
    end = starts[position.line + 1] if position.line + 1 < len(starts) else len(text)
    line = text[start:end].rstrip("\r\n")
    return start + min(from_client_column(line, position.character, encoding), len(line))


def position_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both 0-based and in code points, of an offset."""
    starts = line_starts(text)
    line = bisect_right(starts, offset) - 1
    return line, offset - starts[line]


class Document(TextDocument):
    """One open text. `source` is always what the client sees, saved or not."""

    @property
    def lines(self) -> Sequence[str]:
        """The lines with their ends, as the protocol counts them."""
        text = self.source
        starts = line_starts(text)
        ends = [*starts[1:], len(text)]
        return [text[start:end] for start, end in zip(starts, ends, strict=True)]

    def _apply_incremental_change(self, change: lsp.TextDocumentContentChangePartial) -> None:
        text = self.source
        encoding = encoding_name(self.position_codec.encoding)
        start = offset_of(text, change.range.start, encoding)
        end = max(start, offset_of(text, change.range.end, encoding))
        self._source = text[:start] + change.text + text[end:]


class Documents(Workspace):
    """pygls' workspace with `Document` in it."""

    @classmethod
    def like(cls, workspace: Workspace) -> Documents:
        """A workspace of this class with the same root, folders and encoding, and nothing open."""
        return cls(
            workspace.root_uri,
            workspace._sync_kind,
            list(workspace.folders.values()),
            workspace.position_encoding,
        )

    def _create_text_document(
        self,
        doc_uri: str,
        source: str | None = None,
        version: int | None = None,
        language_id: str | None = None,
    ) -> Document:
        return Document(
            doc_uri,
            source=source,
            version=version,
            language_id=language_id,
            sync_kind=self._sync_kind,
            position_codec=self._position_codec,
        )
