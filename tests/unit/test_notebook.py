"""Notebooks as one text of Python: every line keeps its place, and IPython's lines do no harm."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from corolint.notebook import Notebook, join_cells, read_notebook


def _code(*sources: str | list[str]) -> list[dict[str, Any]]:
    return [{"cell_type": "code", "source": source} for source in sources]


def _read(cells: list[dict[str, Any]], **metadata: Any) -> Notebook | None:
    return read_notebook("n.ipynb", json.dumps({"cells": cells, "metadata": metadata}).encode())


def test_cells_are_one_text_and_every_line_knows_its_cell() -> None:
    markdown = {"cell_type": "markdown", "source": "# Title"}
    notebook = _read([*_code(["x = 1\n", "y = 2"]), markdown, *_code("", "print(x)\nprint(y)")])
    assert notebook is not None
    assert notebook.text == "x = 1\ny = 2\n\nprint(x)\nprint(y)"
    assert [notebook.place(line) for line in range(1, 6)] == [
        (1, 1),
        (1, 2),
        (3, 1),
        (4, 1),
        (4, 2),
    ]
    assert notebook.cell_text(4) == "print(x)\nprint(y)"
    assert notebook.cell_text(2) is None


def test_the_old_format_is_read_too() -> None:
    cells = [{"cell_type": "code", "input": ["x = 1\n", "y = 2"]}]
    document = {"nbformat": 3, "worksheets": [{"cells": cells}]}
    notebook = read_notebook("n.ipynb", json.dumps(document).encode())
    assert notebook is not None
    assert notebook.text == "x = 1\ny = 2"


@pytest.mark.parametrize(
    ("metadata", "is_read"),
    [
        ({"kernelspec": {"language": "python"}}, True),
        ({"language_info": {"name": "python"}}, True),
        ({}, True),
        ({"kernelspec": {"language": "R"}}, False),
        ({"language_info": {"name": "julia"}}, False),
    ],
)
def test_another_language_is_no_business_of_ours(metadata: dict[str, Any], is_read: bool) -> None:
    assert (_read(_code("x = 1"), **metadata) is not None) == is_read


@pytest.mark.parametrize(
    "data",
    [
        None,
        b"",
        b"\xff\xfe",
        b"[]",
        b"{}",
        b"null",
        b'{"cells": 1}',
        b'{"cells": [{}]}',
        b"[" * 9999,
    ],
)
def test_what_is_no_notebook_has_no_text(data: bytes | None) -> None:
    assert read_notebook("n.ipynb", data) == Notebook("n.ipynb", None)


@pytest.mark.parametrize(
    ("cell", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("%autoawait asyncio", "pass"),
        ("!pip install trio", "pass"),
        ("?print", "pass"),
        ("print?", "pass"),
        ("np.array??", "pass"),
        ("if x:\n    !ls\n    %cd ..", "if x:\n    pass\n    pass"),
        ("files = !ls", "files = get_ipython()"),
        ("a, b = %sql select 1", "a, b = get_ipython()"),
        ("%time fetch()", "if 1: fetch()"),
        ("%timeit fetch()", "pass"),
        ("%%bash\nls $HOME", "\n"),
        ("%%time\nx = 1", "\nx = 1"),
        ("\n%%capture out\nx = 1", "\n\nx = 1"),
        ("%%writefile a.py\nimport asyncio", "\n"),
        ("x = (10\n% 3)", "x = (10\n% 3)"),
        ('text = """\n%time\n!ls\n"""', 'text = """\n%time\n!ls\n"""'),
        ("x = 10 \\\n% 3", "x = 10 \\\n% 3"),
        ("x = y != 3", "x = y != 3"),
        ("x == !y", "x == !y"),
        ("x = '('\n%cd ..", "x = '('\npass"),
        ("x = 1  # (\n%cd ..", "x = 1  # (\npass"),
    ],
)
def test_lines_of_ipython_become_python(cell: str, python: str) -> None:
    assert join_cells([cell]) == (python, [1])


def test_columns_stay_where_they_are() -> None:
    (text, _) = join_cells(["%time page = fetch(1)"])
    call = ast.parse(text).body[0]
    assert isinstance(call, ast.If)
    assert call.body[0].col_offset == len("%time ")
