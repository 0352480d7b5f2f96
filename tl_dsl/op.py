"""What a public operation is, and how an instruction meets values: at once on numpy, or as a node of a traced graph."""

from __future__ import annotations

import contextlib
import math
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import FrameType
from typing import Any, TypeVar

import numpy as np

from tl_dsl import dtypes, scalars
from tl_dsl.dtypes import DType
from tl_dsl.errors import DomainError, ScalarError, TlError, TraceError
from tl_dsl.graph import Builder, Graph, Node, Source
from tl_dsl.primitive import PRIMITIVES, Primitive
from tl_dsl.settings import domain_checked
from tl_dsl.tensor import OPERATIONS, PASSED, Tensor

F = TypeVar("F", bound=Callable[..., Any])
_PACKAGE = str(Path(__file__).parent)


@dataclass(frozen=True)
class Op:
    """A public operation.

    ``shape`` and ``dtype`` are its rules: the function's own parameters, with tensors replaced by shapes, respectively
    by classes of ``tl_dsl.dtypes``; they serve the static checker and the tests.
    """

    name: str
    function: Callable[..., Any]
    shape: Callable[..., Any]
    dtype: Callable[..., type[DType]]

    @property
    def fullname(self) -> str:
        """Where the function is defined, dotted."""
        return f"{self.function.__module__}.{self.function.__qualname__}"


OPS: dict[str, Op] = {}


def op(*, shape: Callable[..., Any], dtype: Callable[..., type[DType]], name: str | None = None) -> Callable[[F], F]:
    """Enter a public function in ``OPS`` with its rules, and make it reachable from the methods of Tensor."""

    def enter(function: F) -> F:
        key = name or function.__name__
        if key in OPS:
            raise ValueError(f"the operation {key} exists already")
        OPS[key] = Op(key, function, shape, dtype)
        OPERATIONS[key] = function
        return function

    return enter


class Trace:
    """A function being traced: its builder, and the outer values that became hidden inputs.

    ``shared`` keeps what instructions of one call (its several results) are computed from together.
    """

    def __init__(self) -> None:
        self.builder = Builder()
        self.captured: dict[int, tuple[Tensor, Node]] = {}
        self.source: Source | None = None
        self.shared: dict[Any, Any] = {}

    def lift(self, value: Tensor) -> Node:
        """The node of a value in this trace; a value from outside becomes a hidden input.

        Exact scalars are traced as float64; the graph runs on whatever its inputs are.
        """
        inner = value._value
        if isinstance(inner, Node) and inner.home == self.builder.home:
            return inner
        found = self.captured.get(id(inner))
        if found is None:
            if isinstance(inner, Node):
                trace_of(inner)
            dtype = dtypes.float64 if inner.dtype == dtypes.object_ else inner.dtype
            found = self.captured[id(inner)] = value, self.builder.input(inner.shape, dtype)
        return found[1]


class _Active(threading.local):
    def __init__(self) -> None:
        self.traces: dict[int, Trace] = {}


_active = _Active()


def trace_of(node: Node) -> Trace:
    """The running trace that a node belongs to. Errors: TraceError when that trace has ended."""
    try:
        return _active.traces[node.home]
    except KeyError:
        raise TraceError(
            "a traced tensor was used after its trace had ended",
            got=repr(node) + (f", made at {node.source}" if node.source else ""),
            wanted="values returned from the function",
            suggestion="return it from the traced function (has_aux=True) instead of storing it",
        ) from None


@contextlib.contextmanager
def tracing() -> Iterator[Trace]:
    """A new innermost trace for the time of the block."""
    trace = Trace()
    _active.traces[trace.builder.home] = trace
    try:
        yield trace
    finally:
        del _active.traces[trace.builder.home]


def innermost() -> Trace | None:
    """The trace that constants belong to, None outside of all traces."""
    return next(reversed(_active.traces.values())) if _active.traces else None


@contextlib.contextmanager
def attributing(trace: Trace) -> Iterator[None]:
    """For a block that sets ``trace.source`` to the source of the instruction that what it emits derives from."""
    before = trace.source
    try:
        yield
    finally:
        trace.source = before


def bind(primitive: Primitive, *operands: Tensor, **params: Any) -> Tensor:
    """Apply a primitive: at once when every operand is concrete, else as a node of the innermost trace among them.

    Errors: ShapeError, DTypeError by the primitive's rules; ScalarError when an exact scalar lacks it.
    """
    home = 0
    for x in operands:
        value = x._value
        if type(value) is Node and value.home > home:
            home, newest = value.home, value
    if home:
        trace = trace_of(newest)
        nodes: list[Node] = []
        for x in operands:
            value = x._value
            nodes.append(value if type(value) is Node and value.home == home else trace.lift(x))
        return Tensor(trace.builder.emit(primitive, tuple(nodes), params, trace.source or caller()))
    return _immediate(primitive, operands, params)


def constant(value: scalars.Constant, shape: tuple[int, ...], dtype: np.dtype[Any], like: Tensor | None) -> Tensor:
    """A tensor of one repeated value, where ``like`` lives: in its trace, or concrete. None: the innermost trace."""
    trace = innermost() if like is None else trace_of(like._value) if type(like._value) is Node else None
    params = {"fill_value": value, "shape": shape, "dtype": dtype}
    if trace is not None:
        return Tensor(trace.builder.typed(PRIMITIVES["full"], (), params, shape, dtype, trace.source or caller()))
    if dtype == dtypes.object_:
        sample = Fraction(0) if like is None or isinstance(like._value, Node) else scalars.element_like((like._value,))
        filled = np.empty(shape, object)
        filled[...] = scalars.exact(value, sample)
        return Tensor(filled)
    given = isinstance(value, float) and not math.isfinite(value)
    return Tensor(PRIMITIVES["full"].kernel(**params), PASSED if given else None)


def _immediate(primitive: Primitive, operands: tuple[Tensor, ...], params: dict[str, Any]) -> Tensor:
    arrays = [x._value for x in operands]
    primitive.shape(*[a.shape for a in arrays], **params)
    primitive.dtype(*[a.dtype for a in arrays], **params)
    with np.errstate(all="ignore"):
        result = apply_kernel(primitive, arrays, params)
    if result.dtype.kind != "f":
        return Tensor(result)
    return Tensor(result, _fault(primitive, operands, result))


_CLOSED = frozenset({np.add, np.subtract, np.multiply, np.divide, np.negative})
"""Kernels that give exact scalars of the type that they take."""


def apply_kernel(primitive: Primitive, arrays: list[Any], params: Mapping[str, Any]) -> np.ndarray[Any, Any]:
    """Run a kernel.

    Errors: ScalarError when exact scalars lack the operation; DomainError when they are divided by zero.
    """
    for a in arrays:
        if a.dtype.hasobject:
            break
    else:
        return np.asarray(primitive.kernel(*arrays, **params))
    try:
        result = primitive.kernel(*scalars.alike(arrays), **params)
        if primitive.view or primitive.kernel in _CLOSED:
            return np.asarray(result)
        return scalars.of_one_type(result, arrays)
    except TlError:
        raise
    except ZeroDivisionError as error:
        raise DomainError(f"{primitive.name} divides by zero", got=str(error), where=str(caller() or "")) from error
    except (TypeError, AttributeError, ValueError) as error:
        kind = type(scalars.element_like(tuple(arrays))).__name__
        raise ScalarError(
            f"{primitive.name} is not defined on {kind}", got=str(error), suggestion="float64, or flint.arb balls"
        ) from error


def _fault(
    primitive: Primitive, operands: tuple[Tensor, ...], result: np.ndarray[Any, Any]
) -> DomainError | str | None:
    """What to raise if this result is read: its values are not finite although those that were given are.

    A later operation that makes them finite again (where) forgets the fault.
    """
    marks = [x._fault for x in operands if x._fault is not None]
    if PASSED in marks:
        return PASSED
    if np.isfinite(result).all():
        return None
    if not domain_checked():
        return PASSED
    first = marks[0] if marks else None
    if isinstance(first, DomainError):
        return first
    return domain_error(primitive, [x._value for x in operands], result, caller())


def domain_error(
    primitive: Primitive, operands: list[Any], result: np.ndarray[Any, Any], source: Source | None
) -> DomainError:
    """The error for a result that is not finite: the operation, one offending index, its operands there, the line."""
    index = tuple(int(i) for i in np.argwhere(~np.isfinite(result))[0]) if result.ndim else ()
    at = []
    for x in operands:
        if np.shape(x) == result.shape:
            at.append(f"{np.asarray(x)[index]}")
        else:
            at.append(f"an operand of shape {list(np.shape(x))}")
    place = f"[{', '.join(map(str, index))}]" if index else ""
    return DomainError(
        "a returned value is not finite although every input is",
        got=f"{primitive.name}({', '.join(at)}) = {result[index]}" + (f" at index {place}" if place else ""),
        wanted=f"operands in the domain of {primitive.name}",
        where=str(source) if source else "",
        suggestion='tl.where(condition, x, safe) around the operand, or tl.config(domain="ignore") for numpy\'s values',
    )


def caller() -> Source | None:
    """The nearest place on the stack that lies outside this package."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename.startswith(_PACKAGE):
        frame = frame.f_back
    return None if frame is None else Source(frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_name)


def trace(
    function: Callable[..., Any], types: list[tuple[tuple[int, ...], np.dtype[Any]]]
) -> tuple[Graph, list[Tensor]]:
    """Trace a function of flat tensors; the graph's inputs are its arguments, then the captured values, given second.

    The function returns a list of Tensors; a result that does not depend on the arguments is captured, too.
    """
    with tracing() as current:
        inputs = [current.builder.input(shape, dtype) for shape, dtype in types]
        results = function(*[Tensor(node) for node in inputs])
        outputs = tuple(current.lift(y) for y in results)
    hidden = list(current.captured.values())
    return Graph((*inputs, *[node for _, node in hidden]), outputs), [value for value, _ in hidden]
