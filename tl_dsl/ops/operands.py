"""Bringing the operands of an operation together: Python scalars, promotion, broadcasting, element types."""

from __future__ import annotations

import functools
from fractions import Fraction
from typing import Any

import numpy as np

from tl_dsl import dtypes
from tl_dsl.dtypes import DType
from tl_dsl.errors import ArgumentError, DTypeError
from tl_dsl.op import bind, constant
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.scalars import Constant, Root
from tl_dsl.shapes import Shape, broadcast_shapes, broadcast_to_shape, reshape_shape
from tl_dsl.tensor import Tensor, TensorLike

SCALARS = (bool, int, float, Fraction, Root, np.generic)


def _same_rank_shape(x: tuple[int, ...], *, shape: tuple[int, ...]) -> tuple[int, ...]:
    broadcast_to_shape(x, shape)
    return shape


def _expanded_axes(x: Tensor, shape: tuple[int, ...]) -> tuple[int, ...]:
    return tuple([k - x.ndim for k, n in enumerate(shape) if n != x.shape[k]])


BROADCAST_TO: Primitive = primitive(
    "broadcast_to",
    shape=_same_rank_shape,
    kernel=lambda x, *, shape: np.broadcast_to(x, shape),
    view=True,
    linear="jointly",
    transpose=(lambda g, x, *, shape: sum_axes(g, _expanded_axes(x, shape)),),
    batch=lambda size, operands, batched, *, shape: bind(BROADCAST_TO, *operands, shape=(size, *shape)),
)


RESHAPE: Primitive = primitive(
    "reshape",
    shape=lambda x, *, shape: reshape_shape(x, shape),
    kernel=lambda x, *, shape: np.reshape(x, shape),
    view=True,
    linear="jointly",
    transpose=(lambda g, x, *, shape: reshaped(g, x.shape),),
    batch=lambda size, operands, batched, *, shape: bind(RESHAPE, *operands, shape=(size, *shape)),
)


SUM: Primitive = primitive(
    "sum",
    shape=lambda x, *, axis: tuple([1 if k - len(x) in axis else n for k, n in enumerate(x)]),
    kernel=lambda x, *, axis: np.add.reduce(x, axis=axis, keepdims=True, dtype=x.dtype),
    linear="jointly",
    transpose=(lambda g, x, *, axis: broadcast(g, x.shape),),
)


def as_tensor(x: TensorLike | Root, *, like: Tensor | None = None) -> Tensor:
    """A tensor as it is; a Python scalar as a tensor of the type of ``like`` (float64, int64 or bool without it).

    Errors: ArgumentError for numpy arrays and everything else; DTypeError when a weak scalar does not fit ``like``.
    """
    if isinstance(x, Tensor):
        return x
    if not isinstance(x, SCALARS):
        raise ArgumentError(
            "operations take Tensors and Python scalars",
            got=type(x).__name__,
            wanted="Tensor",
            suggestion="tl.tensor(array)",
        )
    value: Constant = x.item() if isinstance(x, np.generic) else x
    if isinstance(value, complex):
        raise DTypeError("operations take real numbers", got=repr(value))
    if like is None:
        kinds = {dtypes.WeakBool: dtypes.bool, dtypes.WeakInt: dtypes.int64}
        dtype = kinds.get(dtypes.weak_class(value), dtypes.float64)
        _require_held(value, dtype)
        return constant(value, (), dtype, None)
    dtypes.promote(dtypes.of(like.dtype), dtypes.weak_class(value))
    _require_held(value, like.dtype)
    return constant(value, (), like.dtype, like)


_LARGEST = int(np.finfo(np.float64).max)


def _require_held(value: Constant, dtype: np.dtype[Any]) -> None:
    """Errors: DTypeError when a type cannot hold a number."""
    if isinstance(value, (Root, float)) or dtype.kind == "O":
        return
    low, high = (np.iinfo(dtype).min, np.iinfo(dtype).max) if dtype.kind in "iu" else (-_LARGEST, _LARGEST)
    if not low <= value <= high:
        raise DTypeError("a number fits the element type that it meets", got=_short(value), wanted=str(dtype))


def _short(value: Constant) -> str:
    text = str(value)
    return text if len(text) < 30 else f"{text[:10]}... ({len(text)} digits)"


def promoted(*operands: TensorLike) -> list[Tensor]:
    """The operands as tensors of one element type. Errors: DTypeError when their kinds differ."""
    tensors = [x for x in operands if isinstance(x, Tensor)]
    if not tensors:
        floats = any(isinstance(x, SCALARS) and dtypes.weak_class(x) is dtypes.WeakFloat for x in operands)
        first = operands[0]
        tensors = [as_tensor(float(first) if floats and isinstance(first, SCALARS) else first)]
    like = max(tensors, key=lambda t: getattr(t._value, "home", 0))
    dtype = functools.reduce(dtypes.promote_numpy, [x.dtype for x in tensors])
    if like.dtype != dtype:
        like = converted(like, dtype)
    return [converted(as_tensor(x, like=like), dtype) for x in operands]


def sizes(shape: Shape) -> tuple[int, ...]:
    """A shape that a rule made of ints: the rules are typed for symbolic axes, too."""
    return shape  # type: ignore[return-value]


def broadcast(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """``broadcast_to`` in graph form: the rank is raised by a reshape, then unit axes expand."""
    if x.shape == shape:
        return x
    if isinstance(x._value, np.ndarray) or x._value.op.name != "full":
        raised = (1,) * (len(shape) - x.ndim) + x.shape
        x = reshaped(x, raised)
        return x if raised == shape else bind(BROADCAST_TO, x, shape=shape)
    return constant(x._value.params["fill_value"], shape, x.dtype, x)


def reshaped(x: Tensor, shape: tuple[int, ...]) -> Tensor:
    """``reshape`` that does nothing where nothing is to be done."""
    return x if x.shape == shape else bind(RESHAPE, x, shape=shape)


def sum_axes(x: Tensor, axis: tuple[int, ...]) -> Tensor:
    """The sum along negative axes, kept as size 1."""
    return bind(SUM, x, axis=axis) if axis else x


def converted(x: Tensor, dtype: np.dtype[Any]) -> Tensor:
    """``astype`` that does nothing where nothing is to be done."""
    return x if x.dtype == dtype else bind(ASTYPE, x, dtype=dtype)


def _astype_kernel(x: np.ndarray[Any, Any], *, dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    if x.dtype == object and dtype.kind in "fO":
        return x  # exact scalars stand for every floating type
    if x.dtype == object and dtype.kind == "i":
        return np.asarray(np.frompyfunc(int, 1, 1)(x), dtype=dtype)
    if dtype.kind == "O":
        return _exact(x)
    return x.astype(dtype)


def _exact(x: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    out = np.empty(x.shape, object)
    out.reshape(-1)[:] = [Fraction(item) for item in x.reshape(-1).tolist()]
    return out


def _cast_tangent(y: Tensor, x: Tensor, dx: Tensor, *, dtype: np.dtype[Any]) -> Tensor | None:
    return converted(dx, dtype) if dtypes.is_floating(dtype) else None


ASTYPE: Primitive = primitive(
    "astype",
    shape=lambda x, *, dtype: x,
    dtype=lambda x, *, dtype: dtype,
    kernel=_astype_kernel,
    jvp=_cast_tangent,
    transpose=(lambda g, x, *, dtype: converted(g, x.dtype),),
)


def elementwise(op: Primitive, *operands: TensorLike) -> Tensor:
    """Apply an elementwise primitive to promoted operands, broadcast against each other."""
    if len(operands) == 2:
        x, y = operands
        if isinstance(x, Tensor) and isinstance(y, Tensor) and x.shape == y.shape and x.dtype == y.dtype:
            return bind(op, x, y)  # what rules do most, so without detours
    values = promoted(*operands)
    shape = sizes(broadcast_shapes(*[x.shape for x in values]))
    return bind(op, *[broadcast(x, shape) for x in values])


def floating(x: TensorLike, operation: str) -> Tensor:
    """A floating tensor, or exact scalars. Errors: DTypeError for integers and booleans."""
    value = as_tensor(float(x) if isinstance(x, int) else x)
    if not dtypes.is_floating(value.dtype):
        raise DTypeError(
            f"{operation} takes floating tensors",
            got=str(value.dtype),
            wanted="float32 or float64",
            suggestion="tl.astype(x, tl.float64)",
        )
    return value


def number(x: TensorLike, operation: str) -> Tensor:
    """An integer or floating tensor. Errors: DTypeError for booleans."""
    value = as_tensor(x)
    if value.dtype == bool:
        raise DTypeError(
            f"{operation} takes numbers", got="bool", wanted="Int or Float", suggestion="tl.astype(x, tl.int64)"
        )
    return value


def zeros_of(x: Tensor) -> Tensor:
    """Zeros of the shape and type of ``x``, as a constant where ``x`` lives."""
    return constant(0, x.shape, x.dtype, x)


def plus(a: Tensor | None, b: Tensor | None) -> Tensor | None:
    """The sum of two tangents or cotangents, where None is zero."""
    if a is None or b is None:
        return b if a is None else a
    return elementwise(ADD, a, b)


def equal_shapes(x: tuple[int, ...], *others: tuple[int, ...]) -> tuple[int, ...]:
    """The shape rule of elementwise primitives: in a graph nothing broadcasts."""
    for other in others:
        if other != x:
            raise AssertionError(f"operands of an elementwise primitive have shapes {x} and {other}")
    return x


def _add_tangents(z: Tensor, x: Tensor, y: Tensor, dx: Tensor | None, dy: Tensor | None) -> Tensor | None:
    return plus(dx, dy)


ADD: Primitive = primitive(
    "add",
    shape=equal_shapes,
    kernel=np.add,
    ufunc=np.add,
    jvp=_add_tangents,
    transpose=(lambda g, x, y: g, lambda g, x, y: g),
)

# dtype rules of public operations, on classes


def promote_rule(*operands: type[DType]) -> type[DType]:
    """The promoted class of all operands."""
    return _strong(functools.reduce(dtypes.promote, operands))


def same_rule(x: type[DType], *rest: Any, **params: Any) -> type[DType]:
    """The class of the first operand."""
    return _strong(x)


def floating_rule(x: type[DType], *rest: Any, **params: Any) -> type[DType]:
    """The class of the operand, which must be floating. Errors: DTypeError."""
    if x is dtypes.WeakInt:
        return dtypes.Float64
    if issubclass(x, (dtypes.Integer, dtypes.Bool, dtypes.WeakBool)):
        raise DTypeError(
            "this operation takes floating tensors",
            got=x.__name__,
            wanted="Float",
            suggestion="tl.astype(x, tl.float64)",
        )
    return _strong(x)


def floating_promote_rule(*operands: type[DType]) -> type[DType]:
    """The promoted class of all operands, which must be floating. Errors: DTypeError."""
    return floating_rule(promote_rule(*operands))


def number_rule(x: type[DType], *rest: Any, **params: Any) -> type[DType]:
    """The class of the operand, which must not be boolean. Errors: DTypeError."""
    if x in (dtypes.Bool, dtypes.WeakBool):
        raise DTypeError("this operation takes numbers", got=x.__name__, wanted="Int or Float")
    return _strong(x)


def number_promote_rule(*operands: type[DType]) -> type[DType]:
    """The promoted class of all operands, which must not be boolean. Errors: DTypeError."""
    return number_rule(promote_rule(*operands))


def index_rule(*operands: Any, **params: Any) -> type[DType]:
    """Indices."""
    return dtypes.Int64


def _strong(cls: type[DType]) -> type[DType]:
    weak = {dtypes.WeakBool: dtypes.Bool, dtypes.WeakInt: dtypes.Int64, dtypes.WeakFloat: dtypes.Float64}
    return weak.get(cls, cls)


# shape rules of public operations


def static_shape(x: object) -> Shape:
    """The shape of an argument of a rule: a Python scalar has none."""
    return x if isinstance(x, tuple) else ()


def broadcast_rule(*operands: Any) -> Shape:
    """``"*s, *s -> *s"`` after broadcasting."""
    return broadcast_shapes(*[static_shape(x) for x in operands])


def same_shape_rule(x: Any, *rest: Any, **params: Any) -> Shape:
    """``"*s" -> "*s"``."""
    return static_shape(x)
