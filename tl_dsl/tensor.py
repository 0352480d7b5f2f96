"""The values of the language: immutable tensors, concrete (a numpy array) or traced (a node of a graph).

Operators and methods only name an operation; the operations enter themselves in ``OPERATIONS``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Generic, NoReturn, Self, TypeAlias

import numpy as np
import numpy.typing as npt
from typing_extensions import TypeVar, TypeVarTuple, Unpack

from tl_dsl import dtypes, scalars
from tl_dsl.errors import ArgumentError, MutationError, NumpyCallError, TraceError
from tl_dsl.graph import Node
from tl_dsl.settings import domain_checked

if TYPE_CHECKING:
    from tl_dsl.dtypes import DType

D = TypeVar("D", bound="DType", default=Any, covariant=True)
Shape = TypeVarTuple("Shape", default=Unpack[tuple[Any, ...]])

OPERATIONS: dict[str, Callable[..., Any]] = {}
"""Public operations by name, for the operators and methods below."""

METHODS: dict[str, tuple[str, str]] = {
    **{f"__{dunder}__": (name, "normal") for dunder, name in {
        "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "pow": "pow", "matmul": "matmul", "neg": "neg",
        "abs": "abs", "lt": "less", "le": "less_equal", "gt": "greater", "ge": "greater_equal", "eq": "equal",
        "ne": "not_equal", "and": "logical_and", "or": "logical_or", "xor": "logical_xor", "invert": "logical_not",
        "getitem": "getitem"}.items()},
    **{f"__r{dunder}__": (name, "reflected") for dunder, name in {
        "add": "add", "sub": "sub", "mul": "mul", "truediv": "div", "pow": "pow", "matmul": "matmul",
        "and": "logical_and", "or": "logical_or", "xor": "logical_xor"}.items()},
    **{name: (name, "normal") for name in ("sum", "mean", "max", "min", "reshape", "astype", "permute_dims")},
    "T": ("transpose", "property"), "mT": ("matrix_transpose", "property"),
}  # fmt: skip
"""Method, operator or property -> the operation that it stands for, and how its arguments are passed."""


PASSED = "passed"
"""The mark of values that come from numbers given as nan or infinite: nothing that follows from them is a fault."""


class Tensor(Generic[D, *Shape]):
    """An immutable array of numbers with a shape and an element type.

    Made by ``tl.tensor`` and by operations. ``Tensor[DType, *Shape]`` is its static type; in annotations one writes
    jaxtyping's ``Float[Tensor, "n m"]``.

    >>> import tl_dsl as tl
    >>> tl.tensor([[1.0, 2.0]]) + 1
    Tensor[float64, 1 2]([[2., 3.]])
    """

    __slots__ = ("_fault", "_value")

    def __init__(self, value: npt.NDArray[Any] | Node, fault: object = None) -> None:
        self._value = value
        self._fault = fault

    # What a tensor is

    @property
    def shape(self) -> tuple[int, ...]:
        """The sizes of the axes."""
        return self._value.shape

    @property
    def dtype(self) -> np.dtype[Any]:
        """numpy's element type."""
        return self._value.dtype

    @property
    def ndim(self) -> int:
        """The number of axes."""
        return len(self._value.shape)

    @property
    def size(self) -> int:
        """The number of elements."""
        return int(np.prod(self._value.shape, dtype=np.int64))

    @property
    def T(self) -> Tensor[D, *tuple[Any, ...]]:
        """``"n m" -> "m n"``: the transpose of a matrix. Errors: ShapeError unless there are two axes."""
        return _call("transpose", self)

    @property
    def mT(self) -> Tensor[D, *tuple[Any, ...]]:
        """``"*b n m" -> "*b m n"``: the last two axes swapped."""
        return _call("matrix_transpose", self)

    # Out of the language

    def numpy(self) -> npt.NDArray[Any]:
        """A numpy array with these values, which the caller owns.

        Errors: TraceError when the tensor is traced; DomainError when an operation gave a value that is not finite.
        """
        return np.array(self._read("numpy()"))

    def item(self) -> Any:
        """The value of a tensor of one element as a Python scalar.

        Errors: as ``numpy``; ValueError for more elements.
        """
        return self._read("item()").item()

    def __array__(self, dtype: npt.DTypeLike | None = None, copy: bool | None = None) -> npt.NDArray[Any]:
        array = self._read("numpy.asarray")
        if dtype is not None and np.dtype(dtype) != array.dtype:
            return array.astype(dtype)
        if copy or (copy is None and 0 in array.strides):
            return np.array(array)
        view = array.view()
        view.flags.writeable = False
        return view

    def __float__(self) -> float:
        return float(self._read("float()").item())

    def __int__(self) -> int:
        return int(self._read("int()").item())

    def __index__(self) -> int:
        return self._read("an index").__index__()

    def __bool__(self) -> bool:
        return bool(self._read("a condition (if, while, and, or, not)"))

    def __format__(self, spec: str) -> str:
        return format(self._read("format()").item(), spec) if spec else str(self)

    def tolist(self) -> Any:
        """The values as nested lists of Python scalars. Errors: as ``numpy``."""
        return self._read("tolist()").tolist()

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("a tensor without axes has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        return (self[k] for k in range(len(self)))

    def __repr__(self) -> str:
        head = f"Tensor[{self.dtype}, {' '.join(map(str, self.shape))}]" if self.shape else f"Tensor[{self.dtype}]"
        if isinstance(self._value, Node):
            return f"{head}(traced)"
        text = np.array2string(np.asarray(self._read("repr()")), separator=", ", prefix=head + "(")
        return f"{head}({text})"

    def __reduce__(self) -> tuple[Any, ...]:
        return tensor, (self._read("pickle"),)

    def __deepcopy__(self, memo: dict[int, Any]) -> Self:
        return self

    def _read(self, use: str) -> npt.NDArray[Any]:
        if isinstance(self._value, Node):
            raise TraceError(
                "a traced tensor has a shape and a type but no value yet",
                got=f"{use} of {self!r}" + (f", made at {self._value.source}" if self._value.source else ""),
                wanted="operations of tl_dsl only, the same for every value",
                suggestion="tl.where(condition, a, b) instead of a branch; a Python loop over x.shape is fine",
            )
        if isinstance(self._fault, Exception) and domain_checked():
            raise self._fault
        return self._value

    # What numpy must not do

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **options: Any) -> Any:
        """numpy's scalars count as Python scalars; everything else is refused, as it would drop derivatives."""
        ours = _NUMPY_NAMES.get(ufunc.__name__, ufunc.__name__)
        scalars = [x for x in inputs if not isinstance(x, Tensor)]
        if method == "__call__" and ours in OPERATIONS and scalars and all(isinstance(x, np.generic) for x in scalars):
            return _call(ours, *[x if isinstance(x, Tensor) else x.item() for x in inputs])
        raise numpy_refusal(f"numpy.{ufunc.__name__}", mixed=any(isinstance(x, np.ndarray) for x in inputs))

    def __array_function__(self, function: Callable[..., Any], types: Any, args: Any, kwargs: Any) -> Any:
        if function in READ_NO_VALUES:
            return getattr(args[0], function.__name__)
        raise numpy_refusal(f"numpy.{function.__name__}", mixed=False)

    if not TYPE_CHECKING:  # a checker that saw it would take it for a way to change a Tensor

        def __setitem__(self, key: object, value: object) -> NoReturn:
            raise MutationError(
                "a Tensor never changes",
                got="x[i] = v",
                wanted="a new Tensor",
                suggestion="tl.where(mask, v, x), or tl.scatter_add(x, indices, v - x[indices]) for integer indices",
            )

    # Operators

    def __add__(self, other: TensorLike) -> Tensor:
        return _call("add", self, other)

    def __radd__(self, other: TensorLike) -> Tensor:
        return _call("add", other, self)

    def __sub__(self, other: TensorLike) -> Tensor:
        return _call("sub", self, other)

    def __rsub__(self, other: TensorLike) -> Tensor:
        return _call("sub", other, self)

    def __mul__(self, other: TensorLike) -> Tensor:
        return _call("mul", self, other)

    def __rmul__(self, other: TensorLike) -> Tensor:
        return _call("mul", other, self)

    def __truediv__(self, other: TensorLike) -> Tensor:
        return _call("div", self, other)

    def __rtruediv__(self, other: TensorLike) -> Tensor:
        return _call("div", other, self)

    def __pow__(self, other: TensorLike) -> Tensor:
        return _call("pow", self, other)

    def __rpow__(self, other: TensorLike) -> Tensor:
        return _call("pow", other, self)

    def __matmul__(self, other: Tensor) -> Tensor:
        return _call("matmul", self, other)

    def __rmatmul__(self, other: Tensor) -> Tensor:
        return _call("matmul", other, self)

    def __neg__(self) -> Tensor[D, *Shape]:
        return _call("neg", self)

    def __pos__(self) -> Tensor[D, *Shape]:
        return self

    def __abs__(self) -> Tensor[D, *Shape]:
        return _call("abs", self)

    def __lt__(self, other: TensorLike) -> Tensor:
        return _call("less", self, other)

    def __le__(self, other: TensorLike) -> Tensor:
        return _call("less_equal", self, other)

    def __gt__(self, other: TensorLike) -> Tensor:
        return _call("greater", self, other)

    def __ge__(self, other: TensorLike) -> Tensor:
        return _call("greater_equal", self, other)

    def __eq__(self, other: TensorLike) -> Tensor:  # type: ignore[override]
        return NotImplemented if other is None else _call("equal", self, other)

    def __ne__(self, other: TensorLike) -> Tensor:  # type: ignore[override]
        return NotImplemented if other is None else _call("not_equal", self, other)

    __hash__ = None  # type: ignore[assignment]

    def __and__(self, other: TensorLike) -> Tensor:
        return _call("logical_and", self, other)

    __rand__ = __and__

    def __or__(self, other: TensorLike) -> Tensor:
        return _call("logical_or", self, other)

    __ror__ = __or__

    def __xor__(self, other: TensorLike) -> Tensor:
        return _call("logical_xor", self, other)

    __rxor__ = __xor__

    def __invert__(self) -> Tensor:
        return _call("logical_not", self)

    def __getitem__(self, key: Any) -> Tensor:
        return _call("getitem", self, key)

    # The commonest operations as methods

    def sum(self, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        """``tl.sum`` of this tensor."""
        return _call("sum", self, axis=axis, keepdims=keepdims)

    def mean(self, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        """``tl.mean`` of this tensor."""
        return _call("mean", self, axis=axis, keepdims=keepdims)

    def max(self, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        """``tl.max`` of this tensor."""
        return _call("max", self, axis=axis, keepdims=keepdims)

    def min(self, *, axis: int | tuple[int, ...] | None = None, keepdims: bool = False) -> Tensor:
        """``tl.min`` of this tensor."""
        return _call("min", self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape: int | tuple[int, ...]) -> Tensor:
        """``tl.reshape`` of this tensor; the sizes are given one by one or as a tuple."""
        return _call("reshape", self, shape[0] if len(shape) == 1 else shape)

    def permute_dims(self, axes: tuple[int, ...]) -> Tensor:
        """``tl.permute_dims`` of this tensor."""
        return _call("permute_dims", self, axes)

    def astype(self, dtype: npt.DTypeLike) -> Tensor:
        """``tl.astype`` of this tensor."""
        return _call("astype", self, dtype)


TensorLike: TypeAlias = Tensor | bool | int | float | Fraction


def tensor(array: npt.ArrayLike, *, dtype: npt.DTypeLike | None = None) -> Tensor:
    """A Tensor with the values of an array or of nested lists; it owns a copy.

    Object arrays hold exact scalars: fractions (ints and floats become fractions) or flint.arb balls.
    Errors: DTypeError for other element types; ArgumentError for ragged lists.

    >>> tensor([1, 2]).dtype
    dtype('int64')
    """
    if isinstance(array, Tensor):
        return array if dtype is None else array.astype(dtype)
    try:
        copied = np.array(array, dtype=dtype)
    except ValueError as error:
        raise ArgumentError(
            "a tensor is made of an array or of nested lists of equal lengths", got=str(error)
        ) from None
    dtypes.of(copied.dtype)
    if copied.dtype == dtypes.object_:
        copied = scalars.exact_array(copied)
    copied.flags.writeable = False
    given = copied.dtype.kind == "f" and not np.isfinite(copied).all()
    return Tensor(copied, PASSED if given else None)


def _call(name: str, *args: Any, **keywords: Any) -> Tensor:
    result: Tensor = OPERATIONS[name](*args, **keywords)
    return result


_NUMPY_NAMES = {
    "subtract": "sub", "multiply": "mul", "divide": "div", "true_divide": "div", "negative": "neg", "absolute": "abs",
    "power": "pow", "float_power": "pow", "concatenate": "concat", "transpose": "permute_dims", "amax": "max",
    "amin": "min", **{name: f"linalg.{name}" for name in ("solve", "inv", "det", "norm", "cholesky")},
    "tanh": "tanh", "matrix_transpose": "matrix_transpose",
}  # fmt: skip


READ_NO_VALUES: Final = (np.shape, np.ndim, np.size)
"""The functions of numpy that take Tensors."""


def numpy_refusal(function: str, *, mixed: bool) -> NumpyCallError:
    """Why numpy may not have a Tensor, for what it was given to; `mixed`: together with an array of numpy's.

    >>> print(numpy_refusal("numpy.subtract", mixed=False).suggestion)
    tl.sub
    """
    name = function.rpartition(".")[2]
    ours = _NUMPY_NAMES.get(name, name)
    if mixed:
        hint = "tl.tensor(array) on the numpy array"
    elif ours in OPERATIONS:
        hint = f"tl.{ours}"
    else:
        hint = "t.numpy() where no derivative is needed"
    return NumpyCallError(
        "numpy functions do not take Tensors, since they would drop the derivative",
        got=function,
        wanted=f"tl.{ours}" if ours in OPERATIONS else "operations of tl_dsl",
        suggestion=hint,
    )
