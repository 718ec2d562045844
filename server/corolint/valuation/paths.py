"""The names that an attribute or a callee is written with.

``self.pool.get()`` calls something whose last name is `get`; its receiver and method are
``pool.get``, and the dotted path of the callee is ``self.pool.get``.
"""

from __future__ import annotations

from corolint.syntax import nodes


def dotted_path(node: nodes.Expression) -> str | None:
    """``a.b.c`` for a chain of attributes of a name, else `None`."""
    names: list[str] = []
    while type(node) is nodes.Attribute:
        names.append(node.attribute)
        node = node.value
    if type(node) is not nodes.Name:
        return None
    names.append(node.name)
    names.reverse()
    return ".".join(names)


def last_name(callee: nodes.Expression) -> str:
    """The name that a callee ends in; "" where it is neither a name nor an attribute."""
    if type(callee) is nodes.Attribute:
        return callee.attribute
    if type(callee) is nodes.Name:
        return callee.name
    return ""


def receiver_and_method(call: nodes.Call) -> str | None:
    """The last two names of ``….receiver.method(…)``, if it is such a call."""
    callee = call.callee
    if type(callee) is not nodes.Attribute:
        return None
    receiver = callee.value
    if type(receiver) is nodes.Name:
        return f"{receiver.name}.{callee.attribute}"
    if type(receiver) is nodes.Attribute:
        return f"{receiver.attribute}.{callee.attribute}"
    return None
