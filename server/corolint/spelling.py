"""An expression as short text in one fixed spelling, whatever the file's layout was.

Two expressions that are written alike get the same text: ``a . b`` and ``(a.b)`` are both ``a.b``.
The text names conditions (*when `a.b` is true*), tells whether two conditions ask the same thing,
and labels the steps of a printed graph. It is for people and for comparing, not for running:
what is long or rare is shortened to ``…``, and `is_exact` says whether that happened.
"""

from __future__ import annotations

from corolint.syntax import nodes


def spell(expression: nodes.Expression) -> str:
    """The text of `expression`; parts that do not fit the short form are ``…``."""
    match expression:
        case nodes.Name():
            return expression.name
        case nodes.Attribute():
            return f"{spell(expression.value)}.{expression.attribute}"
        case nodes.String():
            return repr(expression.value) if len(expression.value) <= 30 else "'…'"
        case nodes.Number():
            return "…" if expression.value is None else str(expression.value)
        case nodes.Ellipsis():
            return "..."
        case nodes.Await():
            return f"await {spell(expression.value)}"
        case nodes.Call():
            return f"{spell(expression.callee)}({_spell_arguments(expression)})"
        case nodes.Subscript():
            return f"{spell(expression.value)}[{spell(expression.index)}]"
        case nodes.UnaryOperation():
            space = " " if expression.operator == "not" else ""
            return f"{expression.operator}{space}{spell(expression.operand)}"
        case nodes.BinaryOperation():
            return f"{spell(expression.left)} {expression.operator} {spell(expression.right)}"
        case nodes.BooleanOperation():
            return f" {expression.operator} ".join(spell(value) for value in expression.values)
        case nodes.Comparison():
            parts = [spell(expression.left)]
            for operator, comparator in zip(
                expression.operators, expression.comparators, strict=False
            ):
                parts += [operator, spell(comparator)]
            return " ".join(parts)
        case nodes.Walrus():
            return f"({spell(expression.target)} := {spell(expression.value)})"
        case nodes.Tuple():
            return f"({', '.join(map(spell, expression.elements))})"
        case nodes.List():
            return f"[{', '.join(map(spell, expression.elements))}]"
        case nodes.Starred():
            return f"*{spell(expression.value)}"
    return "…"


def is_exact(text: str) -> bool:
    """Whether equal texts mean expressions that were written alike."""
    return "…" not in text


def _spell_arguments(call: nodes.Call) -> str:
    parts: list[str] = []
    for argument, kind, keyword in zip(call.arguments, call.kinds, call.keywords, strict=False):
        if kind == nodes.STAR:
            parts.append(f"*{spell(argument)}")
        elif kind == nodes.DOUBLE_STAR:
            parts.append(f"**{spell(argument)}")
        else:
            parts.append(f"{keyword}={spell(argument)}" if keyword else spell(argument))
    return ", ".join(parts)
