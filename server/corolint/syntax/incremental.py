"""The syntax of a text after an edit, made from the syntax before it: what did not change stays.

A module is cut into *chunks*: a few statements each, with all that stands before the next. After an
edit, chunks at the start and at the end have the same text as before, and keep their nodes; what is
between them, the *region*, is parsed anew, together with the chunk behind it:

    import asyncio             # kept
    async def main():          # region: its text changed
        await fetch(
    def total(xs): ...         # kept, and parsed once more: does it still come out as before?

Typing leaves broken code in the region, and a parser may take what follows a ``(`` for part of it.
So the region is good only if the chunk behind it comes out as it was and without errors; otherwise
that chunk is added to the region. And since a line may belong to what stands before it (``else:``,
one more line of a body), a region with errors is tried again with the chunk before it.

Nodes know their places by their position in the parser's stream. The stream of a region is appended
to the one before, so that the places of all other nodes stay; a chunk that stands further down now
has the number of lines it moved by, see `Syntax.set_chunks`.
"""

from __future__ import annotations

from typing import Final

from corolint.syntax.nodes import Block, ClassDef, FunctionDef, Statement
from corolint.syntax.parser import has_generation_constants, parse_after, problems_in
from corolint.syntax.tree import Chunk, Syntax, SyntaxProblem

_SMALLEST: Final = 8
"""Lines of a chunk, before another one is begun."""

_MOST_ATTEMPTS: Final = 6
_MOST_GARBAGE: Final = 12
"""How much longer than the text the stream may become before all is parsed anew."""


def reparse(
    before: Syntax, text: str, python_version: tuple[int, int], platform: str
) -> Syntax | None:
    """The syntax of `text`, sharing what it can with `before`; `None` where that is not possible.

    Never raises. Says the same as `parse` would.
    """
    if "\r" in text or len(before.data) > _MOST_GARBAGE * len(text) + 100_000:
        return None
    if has_generation_constants(text) or has_generation_constants(before.text):
        return None
    chunks = [chunk for chunk, _ in before.chunks] if before.chunks else _split(before)
    if not chunks:
        return None
    first, start, last, end = _changed(chunks, text)
    went_back = False
    for _ in range(_MOST_ATTEMPTS):
        # An error may be told where the next statement begins, of which nothing else is wrong.
        while first > 0 and (chunks[first - 1].errors or chunks[first].errors):
            first, start = first - 1, start - len(chunks[first - 1].text)
            went_back = True
        while last < len(chunks) and (chunks[last].errors or text[start:end][-1:] != "\n"):
            last, end = last + 1, end + len(chunks[last].text)
        behind = chunks[last] if last < len(chunks) else None
        region = text[start:end]
        source = region if behind is None else region + behind.text
        try:
            parsed = parse_after(before.data, before.room, source, python_version, platform)
        except (ValueError, RecursionError):
            return None
        found = Syntax(source, Block(parsed.statements, False), parsed.problems, parsed.data)
        count = len(parsed.statements)
        if behind is not None:
            if not _ends_in(behind, found, region.count("\n"), before):
                last, end = last + 1, end + len(behind.text)
                continue
            count -= len(behind.statements)
        if first > 0 and (count == 0 or (parsed.problems and not went_back)):
            first, start = first - 1, start - len(chunks[first - 1].text)
            went_back = True
            continue
        new = _cut(region, found, parsed.starts[:count])
        syntax = _joined(text, [*chunks[:first], *new, *chunks[last:]], parsed.data)
        syntax.room = before.room
        return syntax if _has_all_errors(syntax, python_version, platform) else None
    return None


def _has_all_errors(syntax: Syntax, python_version: tuple[int, int], platform: str) -> bool:
    """Is a text with errors wrong in the same places when it is parsed as a whole? Behind an error,
    the parser may go on in a state that only shows much further down."""
    if not syntax.errors:
        return True
    return sorted(problems_in(syntax.text, python_version, platform)) == sorted(syntax.errors)


def _changed(chunks: list[Chunk], text: str) -> tuple[int, int, int, int]:
    """The first of the chunks that changed and where it begins in `text`, and the first one that
    did not change again, and where that begins. At least the last chunk counts as changed."""
    first, start = 0, 0
    while first < len(chunks) - 1 and text.startswith(chunks[first].text, start):
        start += len(chunks[first].text)
        first += 1
    last, end = len(chunks), len(text)
    while last - 1 > first:
        size = len(chunks[last - 1].text)
        if end - size < start or not text.startswith(chunks[last - 1].text, end - size):
            break
        last, end = last - 1, end - size
    return first, start, last, end


def _ends_in(behind: Chunk, found: Syntax, height: int, before: Syntax) -> bool:
    """Does what was parsed end in this chunk as it was before, below `height` lines of others?"""
    count = len(found.tree.statements) - len(behind.statements)
    if not behind.statements or count < 0 or any(each.line > height for each in found.errors):
        return False
    if count and _last_line(found, found.tree.statements[count - 1]) > height:
        return False
    down = height - before.first_line(behind.statements[0]) + 1
    return all(
        type(new) is type(old) and found.line(new) == before.line(old) + down
        for new, old in zip(found.tree.statements[count:], behind.statements, strict=True)
    )


def _split(syntax: Syntax) -> list[Chunk]:
    """The chunks of a text that was parsed as a whole; none if lines do not end in line feeds."""
    return [] if "\r" in syntax.text else _cut(syntax.text, syntax, syntax.starts)


def _cut(text: str, syntax: Syntax, starts: list[int]) -> list[Chunk]:
    """The chunks of a text with so many statements, which are the first ones of `syntax`.

    A chunk begins with a statement at the start of a line that nothing else stands in. Functions of
    one name stay together, since the second is numbered after the first.
    """
    lines = text.split("\n")
    statements = syntax.tree.statements[: len(starts)]
    cuts = [(0, 1)]  # the index of the first statement of a chunk, and the line it begins in
    for index in range(1, len(statements)):
        line = syntax.first_line(statements[index])
        if line < cuts[-1][1] + _SMALLEST or not _begins_line(statements[index], lines[line - 1]):
            continue
        if _have_one_name(statements[index - 1], statements[index]):
            continue
        if syntax.span(statements[index]).column == 0 or lines[line - 1][0] == "@":
            if _last_line(syntax, statements[index - 1]) < line:
                cuts.append((index, line))
    ends = [*cuts[1:], (len(statements), len(lines) + 1)]
    chunks = []
    for (index, line), (next_index, next_line) in zip(cuts, ends, strict=True):
        is_last = next_line > len(lines)
        part = "\n".join(lines[line - 1 : next_line - 1]) + ("" if is_last else "\n")
        errors = tuple(
            each._replace(line=each.line - line)
            for each in syntax.errors
            if line <= each.line and (each.line < next_line or is_last)
        )
        at = starts[index] if starts else len(syntax.data)
        chunk_statements = statements[index:next_index]
        height = next_line - line - is_last
        chunks.append(Chunk(part, height, chunk_statements, at, line, errors))
    return chunks


def _have_one_name(one: Statement, other: Statement) -> bool:
    """Are these two functions of the same name, such as overloads?"""
    if isinstance(one, FunctionDef) and isinstance(other, FunctionDef):
        return one.name == other.name
    return False


def _begins_line(statement: Statement, line: str) -> bool:
    """Does the line begin with this statement, or with its first decorator?"""
    decorated = isinstance(statement, FunctionDef | ClassDef) and statement.decorators
    return line.startswith("@") if decorated else not line.startswith((" ", "\t", "\f", "(", "@"))


def _last_line(syntax: Syntax, statement: Statement) -> int:
    return syntax.span(statement).end_line


def _joined(text: str, chunks: list[Chunk], data: bytes) -> Syntax:
    """The syntax that consists of these chunks."""
    placed: list[tuple[Chunk, int]] = []
    errors: list[SyntaxProblem] = []
    statements: list[Statement] = []
    line = 1
    for chunk in chunks:
        placed.append((chunk, line))
        errors += [each._replace(line=each.line + line) for each in chunk.errors]
        statements += chunk.statements
        line += chunk.height
    syntax = Syntax(text, Block(statements, False), tuple(errors), data)
    syntax.set_chunks(placed)
    return syntax
