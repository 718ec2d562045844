"""The border: findings become diagnostics here, and nowhere else are LSP types made of them.

Inside, a line is 1-based and a column counts code points. Outside, both are 0-based and a column
counts what was agreed with the client: UTF-16 units unless it asked for UTF-8 or UTF-32. In the
line ``x = "é𝒳"; f()`` the call of ``f`` stands in column 10 inside; outside in 11 (UTF-16), 14
(UTF-8) or 10 (UTF-32).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris

from corolint.finding import Finding, Note, Severity
from corolint.lsp.view import View
from corolint.text import (
    Span,
    from_utf8_column,
    from_utf16_column,
    to_utf8_column,
    to_utf16_column,
)

SOURCE = "corolint"

_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.HINT: lsp.DiagnosticSeverity.Hint,
}
_TAGS = {"unused-ignore": [lsp.DiagnosticTag.Unnecessary]}


@dataclass(frozen=True, slots=True)
class Abilities:
    """What the client understands, of all that a diagnostic, hover or edit may hold."""

    encoding: str = "utf-16"
    pulls_diagnostics: bool = False
    refreshes_diagnostics: bool = False
    related_information: bool = False
    tags: bool = False
    code_description: bool = False
    markdown: bool = False
    document_changes: bool = False
    resolves_edits: bool = False
    action_literals: bool = False
    definition_links: bool = False
    applies_edits: bool = False
    configuration: bool = False
    watches_files: bool = False
    watches_configuration: bool = False
    refreshes_inlay_hints: bool = False
    progress: bool = False


def abilities(client: lsp.ClientCapabilities, encoding: str) -> Abilities:
    """What this client announced; whatever it did not mention it cannot do."""
    text = client.text_document or lsp.TextDocumentClientCapabilities()
    workspace = client.workspace or lsp.WorkspaceClientCapabilities()
    pull, push = text.diagnostic, text.publish_diagnostics
    diagnostic = pull or push
    hover_formats = (text.hover and text.hover.content_format) or []
    action = text.code_action
    return Abilities(
        encoding=encoding,
        pulls_diagnostics=pull is not None,
        refreshes_diagnostics=bool(workspace.diagnostics and workspace.diagnostics.refresh_support),
        # Neovim announces these only for push, and understands them for pull as well.
        related_information=_either(pull, push, "related_information"),
        tags=_either(pull, push, "tag_support"),
        code_description=_either(diagnostic, push, "code_description_support"),
        markdown=lsp.MarkupKind.Markdown in hover_formats,
        document_changes=bool(
            workspace.workspace_edit and workspace.workspace_edit.document_changes
        ),
        resolves_edits=bool(
            action
            and action.data_support
            and action.resolve_support
            and "edit" in action.resolve_support.properties
        ),
        action_literals=bool(action and action.code_action_literal_support),
        definition_links=bool(text.definition and text.definition.link_support),
        applies_edits=bool(workspace.apply_edit),
        configuration=bool(workspace.configuration),
        watches_files=bool(
            workspace.did_change_watched_files
            and workspace.did_change_watched_files.dynamic_registration
        ),
        watches_configuration=bool(
            workspace.did_change_configuration
            and workspace.did_change_configuration.dynamic_registration
        ),
        refreshes_inlay_hints=bool(workspace.inlay_hint and workspace.inlay_hint.refresh_support),
        progress=bool(client.window and client.window.work_done_progress),
    )


def _either(first: object, second: object, name: str) -> bool:
    return bool(getattr(first, name, None) or getattr(second, name, None))


# --- paths ---------------------------------------------------------------------------------------


def to_path(uri: str) -> str | None:
    """The file system path of a ``file:`` URI; `None` for a document that is no file."""
    path = uris.to_fs_path(uri)
    return path or None


def to_uri(path: str) -> str:
    """The ``file:`` URI of an absolute path."""
    return uris.from_fs_path(path) or Path(path).as_uri()


# --- positions -----------------------------------------------------------------------------------


def encoding_name(kind: lsp.PositionEncodingKind | str | None) -> str:
    """``utf-8``, ``utf-16`` or ``utf-32``; without agreement it is UTF-16, as the protocol says."""
    return str(getattr(kind, "value", kind) or "utf-16")


def to_client_column(line: str, column: int, encoding: str) -> int:
    """Code points -> the client's units; clamped to the line."""
    if encoding == "utf-16":
        return to_utf16_column(line, column)
    if encoding == "utf-8":
        return to_utf8_column(line, column)
    return min(column, len(line))


def from_client_column(line: str, column: int, encoding: str) -> int:
    """The client's units -> code points; clamped to the line."""
    if encoding == "utf-16":
        return from_utf16_column(line, column)
    if encoding == "utf-8":
        return from_utf8_column(line, column)
    return min(column, len(line))


def to_range(span: Span, lines: Sequence[str], encoding: str, first: int = 0) -> lsp.Range:
    """A span as the client counts it, in a document whose text begins after the line `first`.

    A line that is not there is taken to be empty.
    """
    return lsp.Range(
        _to_position(span.line, span.column, lines, encoding, first),
        _to_position(span.end_line, span.end_column, lines, encoding, first),
    )


def _to_position(
    line: int, column: int, lines: Sequence[str], encoding: str, first: int
) -> lsp.Position:
    text = lines[line - 1] if 0 < line <= len(lines) else ""
    return lsp.Position(max(0, line - 1 - first), to_client_column(text, column, encoding))


def touches(first: lsp.Range, second: lsp.Range) -> bool:
    """Do two ranges have a character in common, or an end?"""
    return not (_key(first.end) < _key(second.start) or _key(second.end) < _key(first.start))


def _key(position: lsp.Position) -> tuple[int, int]:
    return position.line, position.character


def from_position(
    position: lsp.Position, first: int, lines: Sequence[str], encoding: str
) -> tuple[int, int]:
    """The client's position as line (1-based) and column (code points) of the whole text."""
    line = position.line + first
    text = lines[line] if line < len(lines) else ""
    return line + 1, from_client_column(text, position.character, encoding)


class Places:
    """Where things are shown: from a path and a span to a document and a range in it.

    `read_lines` gives the lines of any file, empty if it cannot be read.
    """

    def __init__(
        self, view: View, encoding: str, read_lines: Callable[[str], Sequence[str]]
    ) -> None:
        self._view = view
        self._encoding = encoding
        self._read_lines = read_lines
        self._lines: dict[str, Sequence[str]] = {}

    def location(self, path: str, span: Span) -> lsp.Location:
        """The location of `span` of the file at `path`."""
        if path not in self._lines:
            self._lines[path] = self._read_lines(path)
        shown = self._view.holder(path, span.line)
        first = shown.first if shown else 0
        place = to_range(span, self._lines[path], self._encoding, first)
        return lsp.Location(shown.uri if shown else to_uri(path), place)


# --- findings ------------------------------------------------------------------------------------


def to_diagnostic(finding: Finding, places: Places, client: Abilities) -> lsp.Diagnostic:
    """One finding as the client understands it. Source: LSP 3.17, "Diagnostic".

    A note becomes related information where it has a place and the client shows such; otherwise it
    becomes a further line of the message, so that nobody misses it.
    """
    placed = [note for note in finding.notes if note.path and note.span]
    shown = placed if client.related_information else []
    told = [note for note in finding.notes if note not in shown]
    return lsp.Diagnostic(
        range=places.location(finding.path, finding.span).range,
        message="\n".join([finding.message, *map(_in_words, told)]),
        severity=_SEVERITIES[finding.severity],
        code=finding.rule,
        code_description=rule_description(finding.rule) if client.code_description else None,
        source=SOURCE,
        tags=_TAGS.get(finding.rule) if client.tags else None,
        related_information=[_related(note, places) for note in shown] or None,
        data={
            "rule": finding.rule,
            "evidence": finding.evidence.value if finding.evidence else None,
        },
    )


def _related(note: Note, places: Places) -> lsp.DiagnosticRelatedInformation:
    assert note.path is not None and note.span is not None
    return lsp.DiagnosticRelatedInformation(places.location(note.path, note.span), note.message)


def _in_words(note: Note) -> str:
    if note.path is None or note.span is None:
        return f"note: {note.message}"
    return f"note: {note.message} ({Path(note.path).name}:{note.span.line})"


@cache
def rule_description(rule: str) -> lsp.CodeDescription | None:
    """Where the rule is documented: the file that holds it, whose docstring is its page."""
    page = files("corolint") / "rules" / f"{rule.replace('-', '_')}.py"
    if not isinstance(page, Path) or not page.is_file():
        return None
    return lsp.CodeDescription(to_uri(str(page)))


# --- hovers --------------------------------------------------------------------------------------


def to_hover(markdown: str, place: lsp.Range, client: Abilities) -> lsp.Hover:
    """A hover in Markdown, or in plain text for a client that asked for no Markdown."""
    kind = lsp.MarkupKind.Markdown if client.markdown else lsp.MarkupKind.PlainText
    text = markdown if client.markdown else to_plain_text(markdown)
    return lsp.Hover(lsp.MarkupContent(kind, text), place)


def to_plain_text(markdown: str) -> str:
    """Our own Markdown without the marks that only get in the way of a reader."""
    text = re.sub(r"^```.*\n?", "", markdown, flags=re.MULTILINE)
    text = re.sub(r"\[([^]]*)\]\(([^)]*)\)", r"\1: \2", text)
    return re.sub(r"[`*]{1,2}([^`*\n]+)[`*]{1,2}", r"\1", text)
