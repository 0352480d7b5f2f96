"""Calls of the language's operations, as functions, operators, methods and properties of Tensor.

The checker knows no operation by itself: it binds a call's arguments to the parameters of the public function, asks the
operation's own shape and dtype rules, and writes the answer into mypy's type.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any, TypeAlias

from mypy.nodes import ARG_POS, ARG_STAR, ARG_STAR2, Context, TypeInfo
from mypy.typeops import make_simplified_union
from mypy.types import Instance, Type, get_proper_type

from tl_checker.shapes.annotations.element_types import dtype_class, element_type
from tl_checker.shapes.annotations.encoding import LOST, OPEN, TENSOR, Encoder, encoder_of
from tl_checker.shapes.facts.contradictions import Forgotten, settle
from tl_checker.shapes.facts.facts import Change, by_facts
from tl_checker.shapes.facts.results import Result, Several, result_of, several, shapes_of, unknown_parts
from tl_checker.shapes.facts.values import TENSORS, NotStatic, Reader, TensorValue
from tl_checker.shapes.host.internals import for_this_round, is_refused, node_named
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.messages.report import fail, gaps, is_whole, lost, rely, reports_losses
from tl_checker.shapes.operations.alternatives import judge_each, unsure
from tl_checker.shapes.operations.arguments import (
    Arguments,
    IllTyped,
    bind,
    for_dtype,
    for_shape,
    sizes_in,
    without,
)
from tl_checker.shapes.operations.refused_by_tensors import is_of_numpy, refused_index
from tl_checker.shapes.operations.renaming import Patterns
from tl_checker.shapes.operations.undecided import undecided
from tl_dsl.dims import collect_assumptions
from tl_dsl.dtypes import DType
from tl_dsl.errors import IndexingError, LostShape, ShapeError, TlError
from tl_dsl.op import OPS, Op
from tl_dsl.shapes import UNKNOWN_SHAPE, IndexArray, Shape, Star
from tl_dsl.tensor import METHODS


@lru_cache(maxsize=1)
def by_fullname() -> dict[str, Op]:
    """The operations by the full names of their functions."""
    return {op.fullname: op for op in OPS.values()}


def operation_of_method(name: str) -> tuple[Op, str] | None:
    """The operation behind a method of Tensor, and how its arguments are passed."""
    found = METHODS.get(name)
    return None if found is None or found[0] not in OPS else (OPS[found[0]], found[1])


Judged: TypeAlias = tuple[Result, type[DType]]
"""The shape of a result, and its element type."""

ALTERNATIVE_RESULTS = 4
"""How many different results a call may have; with more, nothing is known."""


_answers = Memory[tuple[Any, Type]]()
"""What the operation at a place gave: mypy asks again, for each type that may be expected there."""


_patterns = Patterns()
_elements: dict[type[DType], tuple[Type, type[DType]]] = for_this_round({})
"""The types of the elements of Tensors, and as what these are read."""


class Operations:
    """Applies the rules of operations to calls."""

    def __init__(self, checker: Any) -> None:
        self._checker = checker
        self._unknown: int = LOST
        self._reader = Reader(checker)

    def function(self, op: Op, ctx: Any) -> Type:
        """The result of a call `tl.op(...)`."""
        arguments = Arguments(self._reader)
        if not _take(ctx, arguments):
            return ctx.default_return_type  # type: ignore[no-any-return]
        return self.apply(op, arguments, ctx)

    def method(self, op: Op, how: str, ctx: Any) -> Type:
        """The result of an operator or a method of a Tensor."""
        if op.name == "getitem":
            return self._getitem(op, ctx)
        arguments = Arguments(self._reader, ctx.context)
        if how == "normal":
            arguments.add(None, ctx.type, ARG_POS, None)
        gathers = op.name == "reshape" and sum(map(len, ctx.args)) != 1
        given = Arguments(self._reader) if gathers else arguments
        if not _take(ctx, given):
            return ctx.default_return_type  # type: ignore[no-any-return]
        if any(map(is_of_numpy, given.types)):  # mypy refuses it, and asks for the array's operator
            return self._tensor(ctx.default_return_type, UNKNOWN_SHAPE, DType)
        if gathers:
            written = tuple(values[0] for values in given.positional)
            if any(isinstance(value, (tuple, list)) for value in written):
                error = ShapeError("reshape takes sizes, or one tuple of them", got="a tuple among several")
                fail(self._checker, ctx.context, error)
                return self._tensor(ctx.default_return_type, UNKNOWN_SHAPE, DType)
            arguments.add_value(written)
        if how == "reflected":
            arguments.add(None, ctx.type, ARG_POS, None)
        return self.apply(op, arguments, ctx)

    def attribute(self, op: Op, ctx: Any) -> Type:
        """The result of a property such as `.mT`."""
        arguments = Arguments(self._reader)
        arguments.add(None, ctx.type, ARG_POS, None)
        return self.apply(op, arguments, ctx, ctx.default_attr_type)

    def _getitem(self, op: Op, ctx: Any) -> Type:
        try:
            if (refused := refused_index(ctx.arg_types[0][0])) is not None:
                raise refused
            key = self._reader.key(ctx.args[0][0])
            if any(isinstance(part, IndexArray) and part.selects is not None for part in key):
                raise IndexingError("indices are integers", got="a mask", suggestion="tl.where(mask, x, other)")
        except (NotStatic, LostShape):
            why = LostShape("the index is not known")
            return self._lost(why, ctx.context, ctx.default_return_type, [ctx.type, *ctx.arg_types[0]])
        except TlError as error:
            fail(self._checker, ctx.context, error)
            return self._tensor(ctx.default_return_type, UNKNOWN_SHAPE, DType)
        arguments = Arguments(self._reader)
        arguments.add(None, ctx.type, ARG_POS, None)
        arguments.add_key(key, ctx.arg_types[0][0])
        return self.apply(op, arguments, ctx)

    # -- rules

    def apply(self, op: Op, arguments: Arguments, ctx: Any, default: Type | None = None) -> Type:
        """The type of the result by the operation's rules; errors are reported at the call."""
        default = ctx.default_return_type if default is None else default
        given = None if reports_losses() else arguments.single()
        known = None if given is None else _patterns.known(op.name, *given)
        if known is not None:
            return self._known_result(default, *known)
        asked = (op, arguments.positional, arguments.named, get_proper_type(default))
        before = _answers.of(ctx.context)
        if before is not None and before[0] == asked:
            return before[1]
        answer, is_settled = self._answer(op, arguments, ctx, default)
        if is_settled:
            _answers.note(ctx.context, (asked, answer))
        return answer

    def _answer(self, op: Op, arguments: Arguments, ctx: Any, default: Type) -> tuple[Type, bool]:
        """The type of the result, and whether it says all, so that nothing was reported."""
        judge = functools.partial(self._judge, op, ctx.context)
        with collect_assumptions() as assumed:
            try:
                results, wrong = judge_each(self._checker, ctx.context, arguments, judge, _merged)
            except IllTyped:
                return self._tensor(default, UNKNOWN_SHAPE, DType) if is_refused(self._checker) else default, False
            except LostShape as why:
                return self._lost(why, ctx.context, default, arguments.types), False
            except TlError as error:
                return self._refused(error, op, ctx, default), False
        if wrong is not None:
            lost(self._checker, ctx.context, f"{op.name}: {unsure(wrong)}", *arguments.types)
        rely(self._checker, ctx.context, assumed, f"{op.name}: ")
        distinct = results if len(results) == 1 else list(dict.fromkeys(results))
        shapes = [shape for result, _ in distinct for shape in shapes_of(result)]
        settled = not reports_losses() and all(map(is_whole, shapes))
        undecided = "" if settled or wrong is not None else self._undecided(op, arguments, ctx.context)
        self._unknown = OPEN if settled else gaps(self._checker, ctx.context, shapes, arguments.types, undecided)
        if len(distinct) > ALTERNATIVE_RESULTS:
            return self._tensor(default, UNKNOWN_SHAPE, DType), False
        types = [self._result(default, result, dtype) for result, dtype in distinct]
        made = types[0] if len(types) == 1 else make_simplified_union(types)
        return made, settled and not assumed and wrong is None

    def _judge(self, op: Op, place: Context, positional: list[Any], named: dict[str, Any]) -> Judged:
        def attempt(change: Change, strict: bool) -> Judged:
            changed = {name: change(value) for name, value in named.items()}
            return self._rules(op, [change(value) for value in positional], changed, strict)

        def judge(note: Callable[[Judged], None]) -> Judged:
            return by_facts(self._checker, place, attempt, note)

        return _patterns.result(op.name, positional, named, judge)

    def _undecided(self, op: Op, arguments: Arguments, place: Context) -> str:
        """Why the rule cannot be decided, where losses are reported."""

        def judge(positional: list[Any], named: dict[str, Any]) -> None:
            by_facts(self._checker, place, functools.partial(_hold, op, positional, named))

        why = undecided(arguments, judge) if reports_losses() else ""
        return why and f"{op.name}: {why}"

    def _rules(self, op: Op, positional: list[Any], named: dict[str, Any], strict: bool) -> Judged:
        bound = bind(op.function, positional, named)
        dtype: type[DType] = bound.call(op.dtype, for_dtype)

        def evaluate(forgotten: Forgotten) -> Result:
            return result_of(bound.call(op.shape, functools.partial(without, forgotten)))

        try:
            if strict:
                return result_of(bound.call(op.shape, for_shape)), dtype
            sizes = {axis for value in bound.arguments.values() for axis in sizes_in(for_shape(value))}
            return settle(sizes, evaluate, unknown_parts), dtype
        except TypeError as error:
            if any(isinstance(value, tuple) and Star in map(type, value) for value in bound.arguments.values()):
                raise LostShape("a size is one of any number of axes") from error
            raise

    def _result(self, like: Type, result: Result, dtype: type[DType]) -> Type:
        if isinstance(result, Several):
            return several(like, result, lambda item, shape: self._tensor(item, shape, dtype))
        return self._tensor(like, result, dtype)

    def _tensor(self, like: Type, shape: Shape, dtype: type[DType]) -> Type:
        like = get_proper_type(like)
        if not isinstance(like, Instance) or (array := like.type).fullname != TENSOR:
            return like
        return self.encoder().array(array, (_elements.get(dtype) or self._elements_of(array, dtype))[0], shape)

    def _known_result(self, like: Type, result: Result, dtype: type[DType]) -> Type:
        """The same for a result in which nothing is open; what it says is likely to be asked for next."""
        like = get_proper_type(like)
        if isinstance(result, Several) or not isinstance(like, Instance) or (array := like.type).fullname != TENSOR:
            return self._result(like, result, dtype)
        elements, read = _elements.get(dtype) or self._elements_of(array, dtype)
        made = encoder_of(self._checker).closed(array, elements, result)
        if id(made) not in TENSORS:
            TENSORS.note(made, TensorValue(result, read))
        return made

    def _elements_of(self, array: TypeInfo, dtype: type[DType]) -> tuple[Type, type[DType]]:
        """The type of the elements of a Tensor, and as what it is read."""
        found = element_type(array, dtype.__name__, functools.partial(node_named, self._checker))
        _elements[dtype] = found, dtype_class(found)
        return _elements[dtype]

    def encoder(self) -> Encoder:
        """Writes shapes into this run's types."""
        return encoder_of(self._checker, self._unknown)

    def _refused(self, error: TlError, op: Op, ctx: Any, default: Type) -> Type:
        fail(self._checker, ctx.context, error, subject=f"{op.name}: ")
        return self._tensor(default, UNKNOWN_SHAPE, DType)

    def _lost(self, why: LostShape, context: Context, default: Type, sources: list[Type]) -> Type:
        lost(self._checker, context, why.rule, *sources)
        return self._tensor(default, UNKNOWN_SHAPE, DType)


def _take(ctx: Any, arguments: Arguments) -> bool:
    """Add the arguments of a call as they are written; False where some are not written out (`*xs`)."""
    for column in zip(ctx.args, ctx.arg_types, ctx.arg_kinds, ctx.arg_names, strict=True):
        for expression, t, kind, name in zip(*column, strict=True):
            if kind is ARG_STAR or kind is ARG_STAR2:
                return False
            arguments.add(expression, t, kind, name)
    return True


def _merged(judged: Sequence[Judged], shape: Callable[[Sequence[Shape]], Shape]) -> Judged:
    """What a call gives for a list of any length, by what it gives for a few items."""
    results = [result for result, _ in judged]
    if any(isinstance(result, Several) for result in results):
        raise LostShape("the results depend on how long a list is")
    return shape([result for result in results if not isinstance(result, Several)]), judged[0][1]


def _hold(op: Op, positional: list[Any], named: dict[str, Any], change: Change, strict: bool) -> tuple[()]:
    """Apply a rule for nothing but its errors."""
    changed = {name: change(value) for name, value in named.items()}
    bind(op.function, [change(value) for value in positional], changed).call(op.shape, for_shape)
    return ()
