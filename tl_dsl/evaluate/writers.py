"""How each primitive is written in numpy. One that has no writer here is called by its kernel, and works as it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from tl_dsl.evaluate.emitter import Emitter
from tl_dsl.graph import Node
from tl_dsl.ops.manipulation import places
from tl_dsl.primitive import Primitive

Writer = Callable[[Emitter, Node], None]

UFUNCS: dict[str, np.ufunc] = {
    "maximum": np.maximum,
    "minimum": np.minimum,
    "abs": np.absolute,
    "sign": np.sign,
}
"""What the kernels of these primitives do on numpy's own element types."""

OUT_BY_NAME = (np.maximum, np.minimum)  # numpy deprecates a positional out for these


def write_default(e: Emitter, node: Node) -> None:
    """A ufunc, if the primitive is one; else a call of the kernel."""
    ufunc = node.op.ufunc or UFUNCS.get(node.op.name)
    if ufunc is None or ufunc.nin != len(node.operands) or node.params:
        write_kernel(e, node)
    else:
        write_ufunc(e, node, ufunc, node.operands)


def write_pow(e: Emitter, node: Node) -> None:
    """numpy's power; of integers the kernel, which says what is wrong with a negative exponent."""
    (write_default if node.dtype.kind == "f" else write_kernel)(e, node)


def write_ufunc(e: Emitter, node: Node, ufunc: np.ufunc, operands: tuple[Node, ...]) -> None:
    """``ufunc(x, y, out)``, over an operand that ends here where there is one."""
    cores = [e.core(x) for x in operands]
    names = ", ".join([e.value(x) for x in cores])
    function = e.function(ufunc)
    if e.is_fresh(node) and node.shape and _broadcast(cores) == node.shape:
        e.give(node, f"{function}({names})")
        return
    out = e.out(node, over=cores)
    e.call(f"{function}({names}, {'out=' if ufunc in OUT_BY_NAME else ''}{out})")


def _broadcast(cores: list[Node]) -> tuple[int, ...]:
    return np.broadcast_shapes(*[() if x.op.name == "full" else x.shape for x in cores])


def write_kernel(e: Emitter, node: Node) -> None:
    """The primitive's kernel; a result that shares memory with an operand is copied."""
    names = [e.name(x) for x in node.operands]
    kernel = _own_memory(node.op)
    e.give(node, f"{e.bind(kernel, node.op.name)}({e.arguments(names, node.params)})")


_wrapped: dict[int, tuple[Primitive, Callable[..., Any], Callable[..., Any]]] = {}


def _own_memory(op: Primitive) -> Callable[..., Any]:
    """The kernel of a primitive, giving an array that shares memory with none of the operands."""
    found = _wrapped.get(id(op))
    kernel = op.kernel
    if found is not None and found[1] is kernel:
        return found[2]

    def run(*arrays: Any, **params: Any) -> np.ndarray[Any, Any]:
        result = np.asarray(kernel(*arrays, **params))
        if result.base is not None or any(result is x for x in arrays):
            shared = any(np.may_share_memory(result, x) for x in arrays)
            return np.array(result) if shared else result
        return result

    _wrapped[id(op)] = op, kernel, run
    return run


def write_mul(e: Emitter, node: Node) -> None:
    """x·x is a square (but of booleans numpy makes numbers); a mask turned into numbers multiplies as booleans."""
    x, y = node.operands
    if x is y and node.dtype.kind != "b":
        write_ufunc(e, node, np.square, (x,))
    else:
        masks = [z.operands[0] if z.index in e.plan.absorbed else z for z in (x, y)]
        write_ufunc(e, node, np.multiply, tuple(masks))


def write_relu(e: Emitter, node: Node) -> None:
    """The maximum with an array of zeros: with a single zero numpy leaves its fast loop."""
    (x,) = node.operands
    zeros = e.bind(_zeros(node.shape, node.dtype), "zeros")
    maximum, name = e.function(np.maximum), e.name(x)
    if e.is_fresh(node) and node.shape:
        e.give(node, f"{maximum}({name}, {zeros})")
    else:
        e.call(f"{maximum}({name}, {zeros}, out={e.out(node, over=(e.core(x),))})")


_zero_blocks: dict[np.dtype[Any], np.ndarray[Any, Any]] = {}


def _zeros(shape: tuple[int, ...], dtype: np.dtype[Any]) -> np.ndarray[Any, Any]:
    """Zeros from one block for all programs, which nothing writes to."""
    count = math.prod(shape)
    block = _zero_blocks.get(dtype)
    if block is None or block.size < count:
        block = _zero_blocks[dtype] = np.zeros(1 << max(count - 1, 0).bit_length(), dtype)
        block.flags.writeable = False
    return block[:count].reshape(shape)


def write_sigmoid(e: Emitter, node: Node) -> None:
    """1 / (1 + e^-x), in one buffer; ½ + ½ tanh(½ x) would lose the digits of the left tail."""
    (x,) = node.operands
    one, name = e.constant(1.0, node.dtype), e.value(x)
    out = e.out(node, over=(e.core(x),))
    e.call(f"{e.function(np.negative)}({name}, {out})")
    e.call(f"{e.function(np.exp)}({out}, {out})")
    e.call(f"{e.function(np.add)}({out}, {one}, {out})")
    e.call(f"{e.function(np.divide)}({one}, {out}, {out})")


def write_with_number(ufunc: np.ufunc, number: Callable[[Node], Any]) -> Writer:
    """``ufunc(x, number)``."""

    def write(e: Emitter, node: Node) -> None:
        (x,) = node.operands
        name = e.value(x)
        out = e.out(node, over=(e.core(x),))
        e.call(f"{e.function(ufunc)}({name}, {e.constant(number(node), node.dtype)}, {out})")

    return write


def write_where(e: Emitter, node: Node) -> None:
    """A choice against zero multiplies the bits of the number by the condition, which is exact and needs no branch."""
    condition, x, y = node.operands
    bits = _BITS.get(node.dtype)
    zero = y.op.name == "full" and y.params["fill_value"] == 0 and str(y.params["fill_value"])[0] != "-"
    if bits is None or not zero or not node.shape:
        e.give(node, f"{e.function(np.where)}({', '.join([e.name(condition), e.value(x), e.value(y)])})")
        return
    core = e.core(x)
    chosen, mask = _bits_of(e, e.value(x), core, bits), e.value(condition)
    name = e.out(node, over=(core,))
    out = _bits_of(e, name, node, bits)
    e.call(f"{e.function(np.multiply)}({chosen}, {mask}, {out})")


_BITS: dict[np.dtype[Any], np.dtype[Any]] = {
    np.dtype("float32"): np.dtype("int32"),
    np.dtype("float64"): np.dtype("int64"),
}


def _bits_of(e: Emitter, name: str, x: Node, bits: np.dtype[Any]) -> str:
    if x.op.name == "full" or not e.is_variable(name):
        return e.prepare("i", lambda scope: scope[name].view(bits))
    return f"{name}.view({e.bind(bits, bits.name)})"


def write_astype(e: Emitter, node: Node) -> None:
    """Converted values."""
    (x,) = node.operands
    name = e.value(x)
    e.call(f"{e.function(np.copyto)}({e.out(node)}, {name}, {e.bind('unsafe', 'unsafe')})")


def write_reshape(e: Emitter, node: Node) -> None:
    """A reshape that has to copy."""
    (x,) = node.operands
    name, shape = e.name(x), x.shape
    out = e.out(node)
    target = f"{out}.reshape({shape})"
    if not e.is_variable(out):
        target = e.prepare("v", lambda scope: scope[out].reshape(shape))
    e.call(f"{e.function(np.copyto)}({target}, {name})")


def write_embed(e: Emitter, node: Node) -> None:
    """Zeros with the operand in its place."""
    (x,) = node.operands
    name = e.value(x)
    place = (*places(node.params["start"], x.shape, node.params["step"]), ...)
    out = e.out(node)
    e.call(f"{e.method(out, 'fill')}(0)")
    target = f"{out}[{e.bind(place, 'place')}]"
    if not e.is_variable(out):
        target = e.prepare("v", lambda scope: scope[out][place])
    e.call(f"{e.function(np.copyto)}({target}, {name})")


def write_concat(e: Emitter, node: Node) -> None:
    """The parts one after the other."""
    names = "".join([f"{e.name(x)}, " for x in node.operands])
    e.call(f"{e.function(np.concatenate)}(({names}), {node.params['axis']}, {e.out(node)})")


def write_pivot(e: Emitter, node: Node) -> None:
    """The maximum; 0 in place of one that is not finite, by a product of its bits with a condition."""
    bits = _BITS.get(node.dtype)
    if bits is None or not math.prod(node.shape):
        write_kernel(e, node)
        return
    write_extremum(np.maximum)(e, node)
    name = e.name(node)
    out = _bits_of(e, name, node, bits)
    e.call(f"{e.function(np.multiply)}({out}, {e.function(np.isfinite)}({name}), {out})")


def write_extremum(ufunc: np.ufunc) -> Writer:
    """``ufunc.reduce``, keeping axes."""

    def write(e: Emitter, node: Node) -> None:
        (x,) = node.operands
        if not math.prod(x.shape):
            write_kernel(e, node)
            return
        axis = node.params["axis"]
        reduce = e.bind(ufunc.reduce, f"{ufunc.__name__}_reduce")
        name = e.name(x)
        e.call(f"{reduce}({name}, {axis[0] if len(axis) == 1 else axis}, None, {e.out(node)}, True)")

    return write
