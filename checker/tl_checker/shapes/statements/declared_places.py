"""Values that go where a type is declared: `return e`, `x: T = e`.

mypy compares the two types, and an axis that is not known, or known to be one of two (`#n`), is Any for it. So what
mypy lets pass there is compared once more, axis by axis: what cannot be the declared size is an error, and what is not
known is lost. A call, an operation or an attribute is judged when the plugin is asked for its type; before a name, for
which mypy asks nobody, there is a marker, and where losses are reported before every value, since of Any nobody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from mypy.nodes import (
    AssignmentStmt,
    AwaitExpr,
    Block,
    CallExpr,
    ConditionalExpr,
    Expression,
    FuncDef,
    IndexExpr,
    LambdaExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    ReturnStmt,
    Statement,
    TupleExpr,
)
from mypy.types import AnyType, CallableType, Instance, TupleType, Type, UnionType, get_proper_type

from tl_checker.shapes.annotations.axes import may_broadcast, mentions_shapes, plain_shape
from tl_checker.shapes.annotations.element_types import is_open_scalar
from tl_checker.shapes.annotations.encoding import as_array, encoder_of, members_of, shape_of
from tl_checker.shapes.annotations.type_text import compatible, readable
from tl_checker.shapes.facts.facts import facts_at, keep_for, knows_something
from tl_checker.shapes.host.internals import inferred, is_compatible, type_of
from tl_checker.shapes.host.markers import meaning_of, put_marker
from tl_checker.shapes.host.walking import walk
from tl_checker.shapes.messages.losses import is_known
from tl_checker.shapes.messages.report import is_lost_at, is_whole, lost, remark_error, reports_losses
from tl_checker.shapes.objects.bound_methods import forgets_its_object, of_its_object
from tl_checker.shapes.signatures.matching import Matcher
from tl_checker.shapes.sizes.unify import Bindings
from tl_checker.shapes.statements.joined import confused
from tl_dsl.errors import ShapeError
from tl_dsl.shapes import Shape


class Place(NamedTuple):
    """A value, or an item of a tuple, on its way to where its type is declared."""

    value: Expression
    statement: ReturnStmt | AssignmentStmt
    function: FuncDef | None
    items: tuple[int, ...]
    """Where the value stands in the tuple that the statement is about."""

    @property
    def is_name(self) -> bool:
        """Whether mypy asks nobody for the type of the value."""
        return isinstance(self.value, (NameExpr, MemberExpr))

    @property
    def is_conditional(self) -> bool:
        """Whether the value is one of two, of which a condition chooses."""
        return any(isinstance(node, ConditionalExpr) for node in walk(self.statement))


_NO_ARRAY: Final = ShapeError("a result without axes is a scalar in numpy, not an array", suggestion="np.asarray of it")
_places: dict[int, Place] = {}


def mark_places(block: Block, function: FuncDef | None) -> None:
    """Note the values of a block that go to a declared place, with a marker before names."""
    for at in range(len(block.body) - 1, -1, -1):
        found = [*_places_of(block.body[at], function)]
        marked = meaning_of(block.body[at - 1]) if found and at else None
        for place in found:
            if not place.is_name:
                _places[id(place.value)] = place
            asked = reports_losses() and not place.is_conditional
            asked |= place.is_name or isinstance(place.value, IndexExpr) or _is_of_functions(place)
            if asked and not isinstance(marked, Place):
                put_marker(block, at, place, place.value)


def _places_of(statement: Statement, function: FuncDef | None) -> Iterator[Place]:
    match statement:
        case ReturnStmt(expr=Expression() as value) if function is not None and _declares_shapes(function):
            yield from (Place(leaf, statement, function, items) for leaf, items in _leaves(value))
        case AssignmentStmt(rvalue=value, type=declared) if declared is not None and mentions_shapes(declared):
            yield from (Place(leaf, statement, function, items) for leaf, items in _leaves(value))


def _is_of_functions(place: Place) -> bool:
    """Whether a function is declared where a value goes that is made there."""
    declared = _declared(place) if isinstance(place.value, CallExpr) else None
    return declared is not None and isinstance(get_proper_type(declared), CallableType)


def _declares_shapes(function: FuncDef) -> bool:
    return isinstance(function.type, CallableType) and mentions_shapes(function.type.ret_type)


def _leaves(value: Expression, items: tuple[int, ...] = ()) -> Iterator[tuple[Expression, tuple[int, ...]]]:
    """What a value is made of, as far as each part keeps the type that it is given."""
    match value:
        case TupleExpr(items=parts) | ListExpr(items=parts):
            for i, part in enumerate(parts):
                yield from _leaves(part, (*items, i))
        case ConditionalExpr(if_expr=first, else_expr=second):
            yield from _leaves(first, items)
            yield from _leaves(second, items)
        case AwaitExpr():
            return
        case _:
            yield value, items


def _declared(place: Place) -> Type | None:
    """The type that is declared where a value goes."""
    if isinstance(place.statement, AssignmentStmt):
        found: Type | None = place.statement.type
    else:
        signature = None if place.function is None else place.function.type
        found = signature.ret_type if isinstance(signature, CallableType) else None
        if place.function is not None and (place.function.is_coroutine or place.function.is_generator):
            made = None if found is None else get_proper_type(found)  # Coroutine[..., T], Generator[..., T]
            found = made.args[2] if isinstance(made, Instance) and len(made.args) == 3 else None
    for i in place.items:
        found = None if found is None else _item(found, i)
    return found


def _item(t: Type, i: int) -> Type | None:
    t = get_proper_type(t)
    if isinstance(t, TupleType):
        return t.items[i] if i < len(t.items) else None
    return t.args[0] if isinstance(t, Instance) and len(t.args) == 1 and as_array(t) is None else None


def place_of(expression: Any) -> Place | None:
    """The declared place to which the value of an expression goes, if it is one of those that are asked about."""
    found = _places.get(id(expression))
    return found if found is not None and found.value is expression and found not in _asked else None


_asked: list[Place] = []
"""Of whose values mypy is asked for the type before it comes to them, when it does not know yet where they go."""


def comes(place: Place, ctx: Any) -> None:
    """Before the statement of a place: compare a name; of other values, which a hook compares, see if it is Any.

    What a call does not tell (`max(x, key=f)`), mypy would take from the place, and nobody would compare it.
    """
    _asked.append(place)
    try:
        given = inferred(ctx.api, place.value)
    finally:
        _asked.pop()
    is_unasked = place.is_name or _is_an_item(place.value, ctx.api) or isinstance(get_proper_type(given), AnyType)
    _compare_inside(place, ctx, given)
    is_open = isinstance(place.value, CallExpr) and not is_known(given) and not is_lost_at(ctx.api, place.value)
    if is_unasked or is_open:
        arrives(place, ctx, given)
    _compare_functions(place, ctx, given)


def _compare_inside(place: Place, ctx: Any, given: Type) -> None:
    """Compare the arrays that a value holds where mypy does not tell their axes apart, as it does not `#n` and `#m`."""
    wanted = _declared(place)
    for got, asked in confused(given, wanted) if wanted is not None and may_broadcast(wanted) else ():
        if as_array(given) is None:
            _compare(place, shape_of(asked) or (), shape_of(got) or (), got, ctx)


def _compare_functions(place: Place, ctx: Any, given: Type) -> None:
    """Compare a function, or an object that is called, with the Callable that is declared, where mypy lets it pass."""
    wanted = get_proper_type(_declared(place) or given)
    if not isinstance(wanted, CallableType) or wanted is given or isinstance(place.value, LambdaExpr):
        return
    encoder = encoder_of(ctx.api)
    got = get_proper_type(of_its_object(given, place.value, ctx.api, encoder))
    if not isinstance(got, CallableType) or not (mentions_shapes(wanted) and is_compatible(given, wanted)):
        return
    matcher = Matcher(Bindings(frozenset(), facts=facts_at(ctx)), encoder)
    matcher.match(wanted, got, "the function")
    matcher.finish()
    for error in matcher.bindings.errors[:1]:  # of a function that promises less, nothing is said
        remark_error(ctx.api, place.value, error)


def _is_an_item(value: Expression, checker: Any) -> bool:
    """Whether a value is one of a tuple, a list or the like, for which mypy asks nobody either."""
    base = type_of(checker, value.base) if isinstance(value, IndexExpr) else None
    return base is not None and all(as_array(member) is None for member in members_of(base))


def arrives(place: Place, ctx: Any, given: Type) -> None:
    """Compare a value with the type that is declared where it goes, beyond what mypy compares."""
    if knows_something() and not place.is_conditional:
        keep_for(ctx.api, place.statement)
    wanted = _declared(place)
    if plain_shape(given) is not None and plain_shape(wanted) is not None:
        return  # mypy sees all that they say
    if forgets_its_object(given):
        lost(ctx.api, place.value, "of which object a method is, is not known where it goes")
    arrays = [] if wanted is None else _arrays(wanted)
    if wanted is None or len(arrays) != 1:
        return
    if isinstance(anything := get_proper_type(given), AnyType):
        if not is_open_scalar(anything):
            if not is_lost_at(ctx.api, place.value):
                lost(ctx.api, place.value, f"Any is not compared with {readable(str(arrays[0]))}", anything)
        elif not isinstance(get_proper_type(wanted), UnionType):
            remark_error(ctx.api, place.value, _NO_ARRAY)
    for member in _arrays(given):
        pair = shape_of(arrays[0]), shape_of(member)
        if pair[0] is None or pair[1] is None or (is_whole(pair[0]) and is_whole(pair[1])):
            continue
        if is_compatible(member, arrays[0]) or compatible(readable(str(member)), readable(str(arrays[0]))):
            _compare(place, pair[0], pair[1], member, ctx)


def _arrays(t: Type) -> list[Type]:
    return [member for member in members_of(t) if as_array(member) is not None]


def _compare(place: Place, wanted: Shape, got: Shape, source: Type, ctx: Any) -> None:
    bindings = Bindings(frozenset(), facts=facts_at(ctx))
    bindings.shape(wanted, got, "the result" if isinstance(place.statement, ReturnStmt) else "the value")
    bindings.solve(last=True)
    for error in bindings.errors[:1]:
        remark_error(ctx.api, place.value, error)
    for why in [*bindings.undecided.values()][:1] if not bindings.errors else ():
        lost(ctx.api, place.value, why, source)
