"""The types that are written in a signature, in order: each sees what those before it bind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from mypy.nodes import FuncDef
from mypy.types import CallableType, TupleType, Type, TypeList, UnboundType, UnionType, UnpackType

from tl_checker.shapes.host.memory import Memory


class Order(NamedTuple):
    """The types that are written in a signature, in order, by which object each is."""

    places: dict[int, int]
    result: int
    """Where those of the result begin."""


_orders = Memory[Order]()
_last: list[tuple[Type | None, Order]] = [(None, Order({}, 0))]
"""That of the signature that was asked for before."""


def order_of(written: Type) -> Order:
    """The order of a signature as it is written."""
    if _last[0][0] is written:
        return _last[0][1]
    found = _orders.of(written)
    if found is None:
        places: dict[int, int] = {}
        is_signature = isinstance(written, CallableType)
        _add(written.arg_types if isinstance(written, CallableType) else (), places)
        result = len(places)
        _add([written.ret_type if isinstance(written, CallableType) else written], places)
        found = Order(places, result if is_signature else len(places))
        _orders.note(written, found)
    _last[0] = written, found
    return found


def _add(written: Sequence[Type], places: dict[int, int]) -> None:
    """Number types as they are written and those inside them, in order; those that are no names have no place."""
    stack = [*reversed(written)]
    while stack:
        t = stack.pop()
        if isinstance(t, UnboundType):
            places[id(t)] = len(places)
            stack += reversed(t.args)
        elif isinstance(t, CallableType):
            stack += (t.ret_type, *reversed(t.arg_types))
        elif isinstance(t, (UnionType, TupleType, TypeList)):
            stack += reversed(t.items)
        elif isinstance(t, UnpackType):
            stack.append(t.type)


def in_result(function: FuncDef, at: UnboundType) -> bool:
    """Whether a type of a signature belongs to the result."""
    written = function.unanalyzed_type
    if written is None:
        return False
    order = order_of(written)
    return order.places.get(id(at), -1) >= order.result
