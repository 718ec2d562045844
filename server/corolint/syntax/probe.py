"""A text with every construct that the decoder reads, and what its tree must look like.

The parser library promises no stable format. Before anything else is parsed, this text is, and
its statements are compared; a reader that is out of step by one byte cannot get this right.
"""

from __future__ import annotations

from typing import Final

PROBE: Final = """\
import a.b as c, d
from ..e import f as g
from h import *
@i(1)
class J(K, metaclass=L):
    m: "N[O] | None" = o.p
@q
async def r(s, /, t: u.V = 300, *w, x=None, **y) -> list[z]:
    async with await a1(b1, *c1, d1=e1, **f1) as g1:
        return [h1 async for h1 in i1 if not j1]
    async for k1 in l1[m1:n1]: yield
    else: pass
try: raise o1 from p1
except q1 as r1: del s1, t1
finally: u1 += -v1 * 2 ** w1
while x1 < y1 <= 70000 and z1 or (a2 := 99999999999): break
if a3: assert {b3: 1, **c3}, {d3, 1.5, 2j}
elif e3: global f3, g3
else: lambda h3=3: f"{i3!r:{j3}}" "k" if ... else [b"l", (yield from m3)]
match n3:
    case [o3, *p3] | {"q": q3, **r3} | S3(t3, u=None) if u3: continue
type v3[w3: (x3, y3) = z3, *a4, **b4] = c4
"""

OUTLINE: Final = (
    ("Import", 1, 0, 1, 18),
    ("ImportFrom", 2, 0, 2, 22),
    ("ImportStar", 3, 0, 3, 15),
    ("ClassDef", 5, 0, 6, 26),
    ("FunctionDef", 8, 0, 12, 14),
    ("Try", 13, 0, 15, 28),
    ("While", 16, 0, 16, 59),
    ("If", 17, 0, 19, 73),
    ("Match", 20, 0, 21, 69),
    ("TypeAlias", 22, 0, 22, 42),
)
"""Class, line, column, last line and end column of each statement."""
