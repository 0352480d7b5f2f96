"""What is known of the values of arguments: ints, tuples, slices, shapes; in the form that shape rules take."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Hashable
from dataclasses import dataclass, field
from operator import add, mul, sub
from typing import Any, Final, NoReturn, TypeAlias

from mypy.nodes import (
    ComplexExpr,
    EllipsisExpr,
    Expression,
    FloatExpr,
    IntExpr,
    ListExpr,
    MemberExpr,
    NameExpr,
    OpExpr,
    RefExpr,
    SliceExpr,
    StarExpr,
    StrExpr,
    TupleExpr,
    TypeInfo,
    UnaryExpr,
    Var,
)
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    LiteralType,
    NoneType,
    Overloaded,
    TupleType,
    Type,
    TypeType,
    UnionType,
    UnpackType,
    get_proper_type,
)

from tl_checker.shapes.annotations.assignments import assigned_names
from tl_checker.shapes.annotations.axes import value_of_attribute
from tl_checker.shapes.annotations.element_types import common_class, dtype_class, is_open_scalar, open_scalar_class
from tl_checker.shapes.annotations.encoding import (
    ARRAYS,
    array_dtype,
    array_shape,
    as_array,
    decode_axis,
    decode_star,
    is_int_variable,
    shape_of,
)
from tl_checker.shapes.annotations.fields import values_in
from tl_checker.shapes.facts.constants import constant
from tl_checker.shapes.facts.written_lists import Grown, count_of_ints, grown_list, written_list
from tl_checker.shapes.host.internals import current_function, type_of
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.sizes.forms import Name, form_of
from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN, UNKNOWN_COMPLEX, UNKNOWN_FLOAT, Axis, Dim, atoms
from tl_dsl.dtypes import DType
from tl_dsl.errors import DTypeError, LostShape
from tl_dsl.shapes import UNKNOWN_SHAPE, IndexArray, Shape, Span, Star, mask


class UnknownBool:
    """A bool of which the value is not known: a branch on it loses the shape."""

    def __bool__(self) -> NoReturn:
        raise LostShape("an argument is not known before the program runs")


UNKNOWN_BOOL: Final = UnknownBool()

_PYTHON_ELEMENTS: Final[dict[str, type[DType]]] = {
    "builtins.float": dtypes.Float64,
    "builtins.int": dtypes.Int64,
    "builtins.bool": dtypes.Bool,
    "builtins.complex": dtypes.Complex128,
}
"""The elements of an array for which a class of Python is asked."""

_MANY: Final = 64
_VARIABLE: Final = "variable"
"""The scope of variables that stand for themselves within one expression."""


class NotStatic(Exception):
    """Nothing is known of a value."""


def _named_dtype(fullname: str) -> type[DType] | None:
    """The class of `tl.float32` or `np.float32`."""
    module, _, name = fullname.rpartition(".")
    if module not in ("numpy", "tl_dsl.dtypes"):
        return None
    try:
        return dtypes.of({"bool_": "bool"}.get(name, name))
    except TypeError:
        return None


@dataclass(unsafe_hash=True)  # to make a frozen one takes longer, and there are many
class TensorValue:
    """A tensor argument: its shape, and its element type as a class of the language."""

    shape: Shape
    dtype: type[DType]

    pattern: _Pattern | None = field(default=None, init=False, repr=False, compare=False)
    """What `find_pattern` has found."""

    def find_pattern(self) -> _Pattern:
        """The value without the names of its axes, and these; no names at all where an axis is more than that."""
        self.pattern = found = _pattern(self)
        return found


_Pattern: TypeAlias = tuple[Hashable, tuple[Name, ...] | None]


def _pattern(value: TensorValue) -> _Pattern:
    found = [*map(form_of, value.shape)]
    if None in found:
        return None, None
    forms, names = zip(*found, strict=True) if found else ((), ())
    return (forms, value.dtype), tuple(itertools.chain.from_iterable(names))


class ScalarValue(TensorValue):
    """A scalar of numpy: an array without axes for numpy's functions, a Python number for the language's."""


def tensor_value(t: Type) -> TensorValue | None:
    """A tensor, when the type is one."""
    known = TENSORS.get(id(t))
    if known is not None and known[0] is t:
        return known[1]
    array = as_array(t)
    if array is None:
        return None
    found = TensorValue(array_shape(array), dtype_class(array_dtype(array)))
    TENSORS.note(t, found)
    return found


TENSORS: Final = Memory[TensorValue]()
"""What types of tensors say; types do not change."""


def agreed_shape(left: Shape, right: Shape) -> Shape:
    """What two shapes agree on."""
    if len(left) != len(right):
        return UNKNOWN_SHAPE
    pairs = list(zip(left, right, strict=True))
    if any(x != y and (isinstance(x, Star) or isinstance(y, Star)) for x, y in pairs):
        return UNKNOWN_SHAPE
    return tuple(x if x == y else UNKNOWN for x, y in pairs)


def known_shape(t: Type) -> Shape | None:
    """The shape of an array, or what the arrays of a union agree on: mypy asks for an attribute of each by itself."""
    t = get_proper_type(t)
    found = [shape_of(item) for item in t.items] if isinstance(t, UnionType) else [shape_of(t)]
    shapes = [shape for shape in found if shape is not None]
    return functools.reduce(agreed_shape, shapes) if shapes else None


def _agreement(left: TensorValue, right: TensorValue) -> TensorValue:
    return TensorValue(agreed_shape(left.shape, right.shape), common_class([left.dtype, right.dtype]))


class Reader:
    """Reads the values of argument expressions whose types mypy has inferred already."""

    def __init__(self, checker: Any) -> None:
        self._checker = checker

    def type_of(self, expression: Expression) -> Type | None:
        """The type that mypy inferred; expressions are never checked a second time."""
        return type_of(self._checker, expression)

    def value(self, expression: Expression | None, t: Type | None = None) -> Any:
        """int | Dim | UNKNOWN, bool, str, float, None, TensorValue, DType class, or a tuple or list of these.

        Raises NotStatic where not even the kind of the value is known.
        """
        if isinstance(expression, IntExpr):
            return expression.value
        if expression is not None and not (isinstance(t, Instance) and t.type.fullname in ARRAYS):
            match expression:
                case UnaryExpr(op="-"):
                    return self._negative(expression)
                case NameExpr(fullname="builtins.None"):
                    return None
                case NameExpr(fullname="builtins.True" | "builtins.False"):
                    return expression.fullname == "builtins.True"
                case NameExpr(fullname=name) | MemberExpr(fullname=name) if (found := _named_dtype(name)) is not None:
                    return found
                case StrExpr(value=str(text)) | FloatExpr(value=text) | ComplexExpr(value=text):
                    return text
                case TupleExpr() | ListExpr():
                    return self._items(expression)
                case EllipsisExpr():
                    return ...
                case SliceExpr(begin_index=begin, end_index=end, stride=stride):
                    return slice(self._bound(begin), self._bound(end), self._bound(stride))
                case OpExpr(op="+" | "*") if (items := self._list_of_several(expression)) is not None:
                    return items
                case OpExpr(op="**") if (power := self._power(expression)) is not None:
                    return power
                case MemberExpr(name="dtype", expr=array) if (elements := self._elements(array)) is not None:
                    return elements
        t = get_proper_type(t if t is not None else self._known_type(expression))
        if isinstance(t, UnionType) and all(as_array(member) is not None for member in t.items):
            members = [self._from_type(get_proper_type(member), None) for member in t.items]
            if len({member.shape for member in members}) == 1:
                return functools.reduce(_agreement, members)
        return self._from_type(t, expression)

    def written(self, expression: Expression | None, t: Type) -> Expression | None:
        """The list that a variable of this type has for good, where it is written out; else the expression."""
        is_list = isinstance(t := get_proper_type(t), Instance) and t.type.fullname == "builtins.list"
        return written_list(self._checker, expression) if is_list else expression

    def grown(self, expression: Expression | None) -> Grown | None:
        """How a loop makes the list that a variable has."""
        return grown_list(self._checker, expression)

    def _elements(self, expression: Expression) -> type[DType] | None:
        """The elements of an array, as `x.dtype` asks for them."""
        t = self.type_of(expression)
        array = None if t is None else tensor_value(get_proper_type(t))
        return None if array is None or array.dtype is DType else array.dtype

    def _known_type(self, expression: Expression | None) -> Type:
        found = None if expression is None else self.type_of(expression)
        if found is None:
            raise NotStatic
        return found

    def _items(self, expression: TupleExpr | ListExpr) -> Any:
        items: list[Any] = []
        for item in expression.items:
            if isinstance(item, StarExpr):
                spread = self.value(item.expr)
                if not isinstance(spread, (tuple, list)):
                    raise NotStatic
                items += spread
            else:
                items.append(self.value(item))
        return tuple(items) if isinstance(expression, TupleExpr) else items

    def _list_of_several(self, expression: OpExpr) -> list[Any] | None:
        """`[x] * 3`, or the items of two lists that are written out."""
        sides = expression.left, expression.right
        if not any(isinstance(side, ListExpr) for side in sides):
            return None
        try:
            left, right = map(self.value, sides)
        except NotStatic:
            return None
        if expression.op == "+":
            return left + right if isinstance(left, list) and isinstance(right, list) else None
        items, times = (left, right) if isinstance(left, list) else (right, left)
        is_few = type(times) is int and 0 < times <= _MANY
        return items * times if isinstance(items, list) and is_few else None

    def _power(self, expression: OpExpr) -> Axis | None:
        """A size to the power of a small number; for mypy that of two ints is Any or int."""
        try:
            base, exponent = self.value(expression.left), self.value(expression.right)
        except NotStatic:
            return None
        known = isinstance(base, (int, Dim)) and isinstance(exponent, int) and 0 <= exponent <= 16
        return base**exponent if known and not isinstance(base, bool) else None

    def _negative(self, expression: UnaryExpr) -> Any:
        value = self.value(expression.expr)
        if isinstance(value, bool) or value is None or isinstance(value, (str, tuple, list)):
            raise NotStatic
        return value if isinstance(value, TensorValue) else -value

    def _from_type(self, t: Type, expression: Expression | None) -> Any:
        t = get_proper_type(t)
        tensor = tensor_value(t)
        if tensor is not None:
            return tensor
        if isinstance(t, UnionType):
            return self._union(t)
        if isinstance(t, NoneType):
            return None
        if isinstance(t, TupleType):
            return self._completed(self._tuple(t), expression)
        if isinstance(t, (TypeType, CallableType, Overloaded)):
            return self._dtype(t)
        if is_int_variable(t):
            return decode_axis(t)
        if isinstance(t, LiteralType):
            return t.value if isinstance(t.value, (bool, int, str)) else decode_axis(t)
        if isinstance(t, Instance):
            return self._instance(t, expression)
        if isinstance(t, AnyType) and is_open_scalar(t):
            return ScalarValue((), open_scalar_class(t))
        if isinstance(t, AnyType) and isinstance(expression, OpExpr) and self._is_number(expression):
            return (
                UNKNOWN_FLOAT if self._has_float(expression) else UNKNOWN
            )  # an int to the power of an int may be either
        raise NotStatic

    def _union(self, t: UnionType) -> Any:
        """Several tensors: what they agree on."""
        values = [self._from_type(member, None) for member in t.items]
        tensors = [value for value in values if isinstance(value, TensorValue)]
        if len(tensors) != len(values):
            raise NotStatic
        return functools.reduce(_agreement, tensors)

    def _completed(self, items: tuple[Any, ...], expression: Expression | None) -> tuple[Any, ...]:
        """A tuple with the numbers that are written out where a variable gets it; their types do not say them."""
        known = constant(self._checker, expression, self._int_expression) if UNKNOWN in items else UNKNOWN
        if not isinstance(known, tuple) or len(known) != len(items):
            return items
        return tuple(other if item is UNKNOWN else item for item, other in zip(items, known, strict=True))

    def _tuple(self, t: TupleType) -> tuple[Any, ...]:
        items: list[Any] = []
        for item in t.items:
            if isinstance(item, UnpackType):
                items.append(decode_star(item.type))
            else:
                items.append(self._from_type(item, None))
        return tuple(items)

    def _instance(self, t: Instance, expression: Expression | None) -> Any:
        name = t.type.fullname
        if t.last_known_value is not None and isinstance(t.last_known_value.value, (bool, str)):
            return t.last_known_value.value
        if name == "builtins.bool":
            return UNKNOWN_BOOL
        if t.type.has_base("builtins.int"):
            axis = decode_axis(t)
            if axis is UNKNOWN and expression is not None:
                axis = self._int_expression(expression)
            return constant(self._checker, expression, self._int_expression) if axis is UNKNOWN else axis
        if name in ("builtins.float", "fractions.Fraction"):
            return UNKNOWN_FLOAT
        if name == "builtins.complex":
            return UNKNOWN_COMPLEX
        if t.type.has_base("numpy.generic"):
            return ScalarValue((), dtype_class(t))
        if name == "numpy.dtype":
            return self._dtype(t)
        raise NotStatic

    def _int_expression(self, expression: Expression) -> Axis:
        """An int whose type says nothing: a constant has its value, and a parameter stands for its own."""
        constant = expression.node if isinstance(expression, RefExpr) else None
        if isinstance(expression, MemberExpr) and isinstance(expression.expr, RefExpr):
            holder = expression.expr.node
            symbol = holder.get(expression.name) if isinstance(holder, TypeInfo) else None
            constant = symbol.node if symbol is not None else constant
        if isinstance(constant, Var) and constant.is_final:
            return constant.final_value if type(constant.final_value) is int else UNKNOWN
        if isinstance(expression, NameExpr) and isinstance(expression.node, Var):
            return self.parameter(expression.node)
        if isinstance(expression, MemberExpr) and isinstance(expression.expr, NameExpr):
            owner = expression.expr.node
            function = current_function(self._checker)
            if isinstance(owner, Var) and owner.is_self and function is not None and function.info:
                found = value_of_attribute(function.info, expression.name)
                return UNKNOWN if found is None else found
        return UNKNOWN

    def parameter(self, variable: Var) -> Axis:
        """The value of an int parameter, as a name `{n}` of its own; UNKNOWN for other variables."""
        function = current_function(self._checker)
        if function is None or all(a.variable is not variable for a in function.arguments):
            return UNKNOWN
        t = get_proper_type(variable.type)
        if not isinstance(t, Instance) or t.type.fullname != "builtins.int":
            return UNKNOWN
        if variable.name in assigned_names(function):
            return UNKNOWN
        kept = values_in(function)
        if variable.name in kept:
            return kept[variable.name]
        return Dim.name(f"{{{variable.name}}}", function.fullname)

    def _is_number(self, expression: OpExpr) -> bool:
        """Whether an operation that mypy gives up on (`n ** 0.5`) is one on numbers."""
        for operand in (expression.left, expression.right):
            t = get_proper_type(self.type_of(operand))
            if isinstance(t, Instance) and t.type.has_base("builtins.int"):
                continue
            if isinstance(t, Instance) and t.type.fullname == "builtins.float":
                continue
            if isinstance(t, AnyType) and is_open_scalar(t):
                continue
            if isinstance(operand, OpExpr) and isinstance(t, AnyType) and self._is_number(operand):
                continue
            return False
        return True

    def _has_float(self, expression: OpExpr) -> bool:
        for operand in (expression.left, expression.right):
            t = get_proper_type(self.type_of(operand))
            if isinstance(t, Instance) and t.type.fullname == "builtins.float":
                return True
            if isinstance(operand, OpExpr) and self._has_float(operand):
                return True
        return False

    def _dtype(self, t: Type) -> Any:
        info: TypeInfo | None = None
        if isinstance(t, Instance):
            if (found := dtype_class(t)) is DType:
                raise NotStatic
            return found
        if isinstance(t, TypeType) and isinstance(item := get_proper_type(t.item), Instance):
            if item.type.has_base("numpy.generic"):
                return self._dtype(item)
            info = item.type
        elif isinstance(t, (CallableType, Overloaded)) and t.is_type_obj():  # that of int has two forms
            info = t.type_object()
        if info is None:
            raise NotStatic
        named = _PYTHON_ELEMENTS.get(info.fullname)
        if named is None:
            raise NotStatic
        return named

    # -- index keys

    def key(self, expression: Expression) -> tuple[Any, ...]:
        """An index as `index_shape` takes it. Raises NotStatic where it is not known what is selected."""
        if isinstance(expression, TupleExpr):
            return tuple(key for part in expression.items for key in self._key_parts(part))
        if (count := count_of_ints(self._checker, expression)) is not None:
            return (IndexArray((count,)),)
        whole = None if isinstance(expression, (SliceExpr, ListExpr)) else self.value(expression)
        parts = whole if isinstance(whole, tuple) else None
        if parts is None:
            return self._key_parts(expression)
        return tuple(key for part in parts for key in self._key_of(part))

    def _key_parts(self, part: Expression) -> tuple[Any, ...]:
        if isinstance(part, SliceExpr):
            bounds = [self._bound(b) for b in (part.begin_index, part.end_index, part.stride)]
            if UNKNOWN in bounds and part.stride is None:
                length = self._distance(part.begin_index, part.end_index)
                if length is not None:
                    return (Span(length),)
            return (slice(*bounds),)
        if (count := count_of_ints(self._checker, part)) is not None:
            return (IndexArray((count,)),)
        return self._key_of(self.value(part))

    def _key_of(self, value: Any) -> tuple[Any, ...]:
        if isinstance(value, (list, range)) and all(isinstance(item, int) for item in value):
            truth = bool(value) and all(isinstance(item, bool) for item in value)
            return mask((len(value),)) if truth else (IndexArray((len(value),)),)
        if isinstance(value, TensorValue):
            return self._key_array(value)
        if isinstance(value, (bool, float, str, tuple, list)):
            raise NotStatic
        return (value,)

    def _key_array(self, value: TensorValue) -> tuple[Any, ...]:
        if issubclass(value.dtype, dtypes.Bool):
            return mask(value.shape)
        if issubclass(value.dtype, dtypes.Float):
            raise DTypeError("an index is an integer or a boolean array", got=value.dtype.__name__)
        if issubclass(value.dtype, dtypes.Integer) and value.dtype is not DType:
            return (IndexArray(value.shape),)
        raise NotStatic

    def _distance(self, begin: Expression | None, end: Expression | None) -> int | Dim | None:
        """The length of `x[i : i + k]`, when it does not depend on the variable i."""
        first, last = self._symbolic(begin), self._symbolic(end)
        if first is None or last is None:
            return None
        length = last - first
        return None if any(name.startswith(_VARIABLE) for name in atoms(length)) else length

    def _symbolic(self, expression: Expression | None) -> int | Dim | None:
        """The value of an int expression, in which an unknown variable stands for itself."""
        match expression:
            case OpExpr(op="+" | "-" | "*" as op, left=left, right=right):
                x, y = self._symbolic(left), self._symbolic(right)
                return None if x is None or y is None else {"+": add, "-": sub, "*": mul}[op](x, y)
            case NameExpr(name=name):
                value = self._bound(expression)
                return Dim.name(name, _VARIABLE) if value is UNKNOWN else value
            case None:
                return None
        value = self._bound(expression)
        return value if isinstance(value, (int, Dim)) else None

    def _bound(self, bound: Expression | None) -> Any:
        value = None if bound is None else self.value(bound)
        if isinstance(value, TensorValue):
            return UNKNOWN
        if value is None or isinstance(value, (int, type(UNKNOWN))) or not isinstance(value, (float, str, tuple, list)):
            return value
        raise NotStatic
