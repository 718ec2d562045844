"""How a finding can be mended: each way is one file, and gives fixes made of edits.

A fix is offered only where its result is valid code in which the finding is gone; tests apply every
one and look again. ``await`` is offered where it is allowed, and is then the preferred one. What a
way needs from the text (the line of a statement, where an import goes) is in `places`.
"""
