"""The arguments of a call of an operation: what is known of them, bound to the operation's parameters."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Set
from functools import lru_cache
from typing import Any, Final, NamedTuple

from mypy.nodes import (
    ARG_NAMED,
    ARG_NAMED_OPT,
    ArgKind,
    Context,
    Expression,
    ListExpr,
    TupleExpr,
)
from mypy.types import Instance, ProperType, Type, UnionType, get_proper_type

from tl_checker.shapes.annotations.encoding import ARRAYS
from tl_checker.shapes.facts.contradictions import NUMBERS
from tl_checker.shapes.facts.values import (
    TENSORS,
    UNKNOWN_BOOL,
    NotStatic,
    Reader,
    ScalarValue,
    TensorValue,
    tensor_value,
)
from tl_checker.shapes.messages.losses import lost_before
from tl_checker.shapes.messages.report import reports_losses
from tl_checker.shapes.operations.repeated import repeated
from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN, Dim, OneOr, Unknown
from tl_dsl.dtypes import DType
from tl_dsl.errors import LostShape
from tl_dsl.shapes import UNKNOWN_SHAPE, Star

_BY_NAME: Final = (ARG_NAMED, ARG_NAMED_OPT)


class Arguments:
    """The arguments of a call, bound to the parameters of an operation."""

    def __init__(self, reader: Reader, operator: Context | None = None) -> None:
        self.reader = reader
        self.operator = operator
        self.receiver: int | None = None
        """The position of the operand for whose type mypy asks: it asks for each member of a union by itself."""
        self.types: list[Type] = []
        self._values: list[Any] = []
        self._by_name: dict[str, Any] = {}
        self._alternatives: dict[int | str, list[Any]] = {}
        """All values that may be given at a position or under a name, where the one that is noted is the first."""
        self._expressions: dict[int | str, Expression | None] = {}
        """What is given, by position and by name."""

    @property
    def positional(self) -> list[list[Any]]:
        """What may be given at each position."""
        return [self._alternatives.get(i, [value]) for i, value in enumerate(self._values)]

    @property
    def named(self) -> dict[str, list[Any]]:
        """What may be given under each name."""
        return {name: self._alternatives.get(name, [value]) for name, value in self._by_name.items()}

    def add(
        self,
        expression: Expression | None,
        t: Type,
        kind: ArgKind,
        name: str | None,
    ) -> None:
        """One argument; each of its alternatives (a union's members) will be tried."""
        self.types.append(t)
        position = len(self._values)
        if expression is None and self.operator is not None:
            self.receiver = position
        known = TENSORS.get(id(t)) if name is None else None
        if known is not None and known[0] is t:  # as most are
            self._expressions[position] = expression
            self._values.append(known[1])
            return
        place: int | str = position if name is None or kind not in _BY_NAME else name
        if isinstance(t := get_proper_type(t), Instance) and t.type.fullname in ARRAYS:
            value: Any = tensor_value(t)
        else:
            value, *others = values = self._read(expression, t)
            if others:
                self._alternatives[place] = values
            if isinstance(expression, (TupleExpr, ListExpr)) and reports_losses():
                items = map(self.reader.type_of, expression.items)
                self.types += [item for item in items if item is not None and lost_before(item)]
        self._expressions[place] = expression
        if isinstance(place, int):
            self._values.append(value)
        else:
            self._by_name[place] = value

    def add_value(self, value: Any) -> None:
        """One argument that is no expression of the program."""
        self._values.append(value)

    def add_key(self, key: tuple[Any, ...], t: Type) -> None:
        """The index of `x[...]`, and its type."""
        self.add_value(key)
        if reports_losses() and lost_before(t):
            self.types.append(t)

    def _read(self, expression: Expression | None, t: ProperType) -> list[Any]:
        if isinstance(t, UnionType) and not isinstance(expression, (TupleExpr, ListExpr)):
            return [self._one(None, member) for member in t.items]
        return [self._one(expression, t)]

    def _one(self, expression: Expression | None, t: Type) -> Any:
        expression = self.reader.written(expression, t)
        try:
            return self.reader.value(expression, t)
        except NotStatic:
            pass
        try:
            return repeated(self.reader, expression, t)
        except NotStatic:
            return OPAQUE

    def single(self) -> tuple[list[Any], dict[str, Any]] | None:
        """The arguments by position and by name, where none of them has alternatives."""
        return None if self._alternatives else ([*self._values], {**self._by_name})

    def written(self) -> list[Expression | None]:
        """The expressions of the arguments by position and by name; None where there is none to look at."""
        places: list[int | str] = [*range(len(self._values)), *self._by_name]
        return [self._expressions.get(place) for place in places]


OPAQUE: Final = object()
"""An argument of which nothing is known, not even whether it is a tensor."""


class IllTyped(Exception):
    """The arguments do not fit the function's own types; mypy says so."""


class Bound(NamedTuple):
    """The arguments of a call by the parameters of a function, and how a function of the same parameters is called."""

    arguments: dict[str, Any]
    layout: Layout

    def call(self, rule: Callable[..., Any], convert: Callable[[Any], Any]) -> Any:
        """Call a rule with every argument converted."""
        values = self.arguments
        positional = [convert(values[name]) for name in self.layout.positional]
        if self.layout.spread is not None:
            positional += [convert(item) for item in values[self.layout.spread]]
        return rule(*positional, **{name: convert(values[name]) for name in self.layout.keywords})


class Layout(NamedTuple):
    """Which parameters a call of some form gives, and the values that the others have."""

    given: tuple[tuple[str, Callable[[Any], Any], Any], ...]
    """The parameter, the form of its values, and which argument is given: a position, a name, several for `*args`."""
    others: tuple[tuple[str, Any], ...]
    positional: tuple[str, ...]
    spread: str | None
    keywords: tuple[str, ...]


@lru_cache(maxsize=1024)
def _layout(function: Callable[..., Any], count: int, names: tuple[str, ...]) -> Layout:
    signature = inspect.signature(function)
    try:
        bound = signature.bind(*range(count), **{name: name for name in names})
    except TypeError as error:
        raise IllTyped from error
    parameters = signature.parameters
    forms = {name: _form_of(str(parameter.annotation), name) for name, parameter in parameters.items()}
    given = tuple([(name, forms[name], source) for name, source in bound.arguments.items()])
    bound.apply_defaults()
    taken = {name for name, _, _ in given}
    kinds = {kind: [n for n, p in parameters.items() if p.kind is kind] for kind in inspect._ParameterKind}
    assert not kinds[inspect.Parameter.VAR_KEYWORD]  # no operation takes arguments that it does not name
    return Layout(
        given,
        tuple([(name, value) for name, value in bound.arguments.items() if name not in taken]),
        (*kinds[inspect.Parameter.POSITIONAL_ONLY], *kinds[inspect.Parameter.POSITIONAL_OR_KEYWORD]),
        next(iter(kinds[inspect.Parameter.VAR_POSITIONAL]), None),
        tuple(kinds[inspect.Parameter.KEYWORD_ONLY]),
    )


def bind(function: Callable[..., Any], positional: list[Any], named: dict[str, Any]) -> Bound:
    """The arguments bound to the parameters of a public function, in the form that they have there.

    Raises IllTyped; LostShape for a sequence of tensors that is not written out.
    """
    layout = _layout(function, len(positional), tuple(named))
    arguments = dict(layout.others)
    for name, in_form, source in layout.given:
        if isinstance(source, tuple):
            arguments[name] = tuple([in_form(positional[i]) for i in source])
        else:
            arguments[name] = in_form(positional[source] if isinstance(source, int) else named[source])
    return Bound(arguments, layout)


_NUMBERS: Final = frozenset({"Constant", "bool | int | float | Fraction"})
"""Annotations of the numbers that a rule of element types asks for."""


def _form_of(annotation: str, name: str) -> Callable[[Any], Any]:
    """Puts a value into the form that a parameter takes."""
    if "TensorLike" in annotation and "Sequence" not in annotation and "None" not in annotation:
        return _tensor
    return lambda value: _in_form(value, annotation, name)


def _in_form(value: Any, annotation: str, name: str) -> Any:
    if "Sequence[Tensor" in annotation:
        if value is OPAQUE:
            raise LostShape(f"{name} is not written out here")
        if not isinstance(value, (tuple, list)) or not value:
            raise IllTyped
        return [_tensor(item) for item in value]
    if "Tensor" in annotation:
        if value is None and "None" in annotation:
            return None
        if "TensorLike" not in annotation and not isinstance(_scalar_or_tensor(value), TensorValue):
            raise IllTyped
        return _tensor(value)
    if value is OPAQUE and "tuple" in annotation:
        raise LostShape(f"{name} is not known here")
    if value is OPAQUE and annotation in _NUMBERS:
        return ScalarValue((), DType)
    if annotation != "Any" and _is_ill_typed(value, annotation):
        raise IllTyped  # which mypy says itself
    return UNKNOWN if value is OPAQUE else value


def _is_ill_typed(value: Any, annotation: str) -> bool:
    """Whether an array stands where none is asked for, or a tuple of tuples where sizes are."""
    if isinstance(value, (tuple, list)):
        nested = "tuple[tuple" in annotation or "Sequence" in annotation
        return any(isinstance(item, TensorValue) or (type(item) in (tuple, list) and not nested) for item in value)
    return isinstance(value, TensorValue)


def _scalar_or_tensor(value: Any) -> Any:
    if value is OPAQUE:
        return TensorValue(UNKNOWN_SHAPE, DType)
    if value is not UNKNOWN_BOOL and not isinstance(value, (TensorValue, bool, int, float, Dim, Unknown)):
        raise IllTyped
    return value


def _tensor(value: Any) -> TensorValue:
    """A number is a tensor without axes."""
    if isinstance(value, TensorValue):
        return value
    value = _scalar_or_tensor(value)
    return value if isinstance(value, TensorValue) else TensorValue((), for_dtype(value))


def for_shape(value: Any) -> Any:
    """An argument as a shape rule takes it: tensors are their shapes."""
    if isinstance(value, TensorValue):
        return value.shape
    if value is UNKNOWN_BOOL or value is OPAQUE:
        return UNKNOWN
    if isinstance(value, list):
        return [for_shape(item) for item in value]
    if isinstance(value, tuple):
        return tuple(for_shape(item) for item in value)
    return value


def sizes_in(value: Any) -> set[Dim | Star]:
    """The sizes in an argument that depend on names."""
    if isinstance(value, (tuple, list)):
        return {axis for item in value for axis in sizes_in(item)}
    if isinstance(value, OneOr):
        return sizes_in(value.size)
    return {value} if isinstance(value, (Dim, Star)) else set()


def without(forgotten: Set[Dim | Star], value: Any) -> Any:
    """An argument for a shape rule, in which some sizes are unknown."""
    if not forgotten:
        return for_shape(value)
    return _forget(for_shape(without_numbers(value) if NUMBERS in forgotten else value), forgotten)


def without_numbers(value: Any) -> Any:
    """An argument in which those sizes of tensors are unknown that are numbers."""
    if isinstance(value, TensorValue):
        shape = tuple([UNKNOWN if isinstance(_size_of(axis), int) else axis for axis in value.shape])
        return type(value)(shape, value.dtype)
    return type(value)(map(without_numbers, value)) if isinstance(value, (tuple, list)) else value


def _size_of(axis: Any) -> Any:
    """The size n of `#n`; another one itself."""
    return axis.size if isinstance(axis, OneOr) else axis


def _forget(value: Any, forgotten: Set[Dim | Star]) -> Any:
    if isinstance(value, (tuple, list)):
        return type(value)(_forget(item, forgotten) for item in value)
    axis = _size_of(value)
    if not isinstance(axis, (Dim, Star)) or axis not in forgotten:
        return value
    return Star() if isinstance(value, Star) else UNKNOWN


def for_dtype(value: Any) -> Any:
    """An argument as a dtype rule takes it: tensors and numbers are classes of element types."""
    if type(value) is TensorValue:
        return value.dtype
    if isinstance(value, ScalarValue):
        weak = ((dtypes.Bool, dtypes.WeakBool), (dtypes.Integer, dtypes.WeakInt), (dtypes.Float, dtypes.WeakFloat))
        return next((kind for strong, kind in weak if issubclass(value.dtype, strong)), value.dtype)
    if isinstance(value, bool) or value is UNKNOWN_BOOL:
        return dtypes.WeakBool
    if isinstance(value, (int, Dim, Unknown)):
        return dtypes.WeakInt
    if isinstance(value, float):
        return dtypes.WeakFloat
    if isinstance(value, complex):
        return dtypes.WeakComplex
    if isinstance(value, list):
        return [for_dtype(item) for item in value]
    if isinstance(value, tuple):
        return tuple(for_dtype(item) for item in value)
    return value
