"""Random graphs of rational instructions: what the simplifier is verified on.

Instructions pile up on each other, on constants, on broadcasts and on axes of size 1, since that is what rewriting
rules look for. Divisors are constants and inputs, which are not zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from random import Random

import numpy as np

from tl_checker.gradients.drawing import HUGE, WHOLE, Drawing, Shape
from tl_dsl.graph import Graph, Node

LARGEST = 64
"""No array has more elements."""


def drawn(rng: Random, dtype: str, length: int, pool: str = "") -> Graph:
    """A graph of about so many instructions. Its outputs are the last two values and one more."""
    drawing = Drawing(rng, dtype, pool)
    names = sorted(name for name in MOVES if drawing.allows(name))
    weights = [MOVES[name][0] for name in names]
    while len(drawing.values) < length + 2:
        name = rng.choices(names, weights)[0]
        made = MOVES[name][1](drawing, drawing.pick())
        if made is not None and math.prod(made.shape) <= LARGEST and len(made.shape) <= 4:
            drawing.values.append(made)
    last = drawing.values[-1]
    return Graph(tuple(drawing.inputs), (last, drawing.pick(), drawing.values[-2]))


def _binary(name: str) -> Callable[[Drawing, Node], Node]:
    def move(d: Drawing, x: Node) -> Node:
        y = d.like(x.shape, nonzero=name == "div")
        return d.emit(name, *((x, y) if name == "div" or d.rng.random() < 0.6 else (y, x)))

    return move


def _reshape(d: Drawing, x: Node) -> Node:
    shape = [n for n in x.shape if n != 1] if d.rng.random() < 0.5 else list(x.shape)
    if d.rng.random() < 0.25 and len(shape) >= 2:
        shape[:2] = [shape[0] * shape[1]]
    for _ in range(d.rng.randrange(3)):
        shape.insert(d.rng.randint(0, len(shape)), 1)
    return d.emit("reshape", x, shape=tuple(shape))


def _permute(d: Drawing, x: Node) -> Node | None:
    axes = list(range(-len(x.shape), 0))
    d.rng.shuffle(axes)
    return d.emit("permute_dims", x, axes=tuple(axes)) if axes else None


def _broadcast(d: Drawing, x: Node) -> Node | None:
    shape = tuple([d.rng.choice((1, 2, 3)) if n == 1 else n for n in x.shape])
    return d.emit("broadcast_to", x, shape=shape) if shape != x.shape else None


def _slice(d: Drawing, x: Node) -> Node | None:
    start, size, step = [], [], []
    for n in x.shape:
        stride = d.rng.choice((1, 1, 1, 2, -1, -2))
        first = d.rng.randrange(n) if n else 0
        room = 0 if not n else (n - 1 - first if stride > 0 else first) // abs(stride) + 1
        whole = d.rng.random() < 0.5
        start.append(0 if whole else first)
        size.append(n if whole else d.rng.choice((room, d.rng.randint(min(room, 1), room))))
        step.append(1 if whole else stride)
    return d.emit("slice", x, start=tuple(start), size=tuple(size), step=tuple(step)) if x.shape else None


def _embed(d: Drawing, x: Node) -> Node | None:
    """A part among zeros; sometimes the sum of parts that fill an axis, or leave a place."""
    if not x.shape:
        return None
    axis = d.rng.randrange(len(x.shape))
    before, after, stride = d.rng.choice(((0, 0, 1), (1, 0, 1), (0, 2, 1), (1, 1, 2), (0, 0, 2)))

    def reversed_along(y: Node) -> Node:
        start = [n - 1 if k == axis else 0 for k, n in enumerate(y.shape)]
        steps = [-1 if k == axis else 1 for k in range(len(y.shape))]
        return d.emit("embed", y, start=tuple(start), step=tuple(steps), shape=y.shape)

    def put(y: Node, low: int, high: int, by: int) -> Node:
        n = y.shape[axis]
        start = [low if k == axis else 0 for k in range(len(y.shape))]
        shape = [low + (n - 1) * by + 1 + high if k == axis and n else m for k, m in enumerate(y.shape)]
        steps = [by if k == axis else 1 for k in range(len(y.shape))]
        return d.emit("embed", y, start=tuple(start), step=tuple(steps), shape=tuple(shape))

    if d.rng.random() < 0.15 and x.shape[axis]:
        return reversed_along(x)
    if d.rng.random() < 0.5 or not x.shape[axis]:
        return put(x, before, after, stride)
    y, n = d.like(x.shape), x.shape[axis]
    form = d.rng.random()
    if form < 0.3:  # every other place each, or a place between them
        parts = [put(x, 0, 1, 2), put(y, 1, 0, 2)] if form < 0.15 else [put(x, 0, n + 1, 1), put(y, n + 1, 0, 1)]
    else:
        parts = [put(x, 0, n, 1), put(y, n, 0, 1)]
    if form > 0.7:
        parts.append(put(d.like(x.shape), d.rng.choice((0, n)), 0, 1))
        if parts[-1].shape != parts[0].shape:
            parts[-1] = put(d.like(x.shape), 0, n, 1)
    total = parts[0]
    if d.rng.random() < 0.1:
        total = d.emit("abs", total)
    for part in parts[1:]:
        total = d.emit("add", total, part)
    return total


def _concat(d: Drawing, x: Node) -> Node | None:
    if not x.shape:
        return None
    axis = -1 - d.rng.randrange(len(x.shape))
    parts = [x] * (d.rng.random() < 0.9)
    for _ in range(d.rng.randint(1, 2)):
        shape = list(x.shape)
        shape[axis] = d.rng.choice((0, 1, 2, shape[axis]))
        parts.insert(d.rng.randint(0, len(parts)), d.like(tuple(shape)))
    return d.emit("concat", *parts, axis=axis)


def _axes(d: Drawing, x: Node) -> Shape:
    return tuple([k for k in range(-len(x.shape), 0) if d.rng.random() < 0.5])


def _sum(d: Drawing, x: Node) -> Node | None:
    axis = _axes(d, x)
    return d.emit("sum", x, axis=axis) if axis else None


def _extreme(d: Drawing, x: Node) -> Node | None:
    axis = _axes(d, x)
    full = all(x.shape[a] for a in axis)
    return d.emit(d.rng.choice(("max", "min")), x, axis=axis) if axis and full else None


def _matmul(d: Drawing, x: Node) -> Node | None:
    if len(x.shape) < 2:
        return None
    *batch, n, k = x.shape
    chance = d.rng.random()
    if not batch and chance < 0.5 and d.constants is not HUGE:  # zeros off a diagonal are left out, times inf too
        return _with_diagonal(d, x)
    if chance < 0.75:
        m = d.rng.randint(1, 3)
        matrix = d.input((*[1] * len(batch), k, m))
        shape = (*batch, k, m)
        return d.emit("matmul", x, d.emit("broadcast_to", matrix, shape=shape) if batch else matrix)
    if chance < 0.9:
        m = d.rng.randint(1, 3)
        left = d.like((*batch, m, n))
        return d.emit("matmul", left, x)
    return d.emit("matmul", x, d.like((*batch, k, d.rng.randint(1, 3))))


def _with_diagonal(d: Drawing, x: Node) -> Node:
    """A product with a diagonal matrix in one of its forms."""
    left = d.rng.random() < 0.5
    n = x.shape[0] if left else x.shape[1]
    diagonal = d.emit("eye", n_rows=n, n_cols=n, dtype=d.dtype)
    for _ in range(d.rng.randrange(3)):
        along = d.rng.choice(((1, n), (n, 1)))
        factor = d.emit("broadcast_to", d.input(along), shape=(n, n)) if n > 1 else d.input((1, 1))
        form = d.rng.randrange(5)
        if form == 0:
            diagonal = d.emit("mul", diagonal, factor)
        elif form == 1:
            diagonal = d.emit("neg", diagonal)
        elif form == 2:
            condition = d.emit("greater", factor, d.full((n, n)))
            zero = d.emit("full", fill_value=0, shape=(n, n), dtype=d.dtype)
            diagonal = d.emit("where", condition, diagonal, zero)
        elif form == 3:
            diagonal = d.emit("permute_dims", d.emit("mul", diagonal, d.full((n, n))), axes=(-1, -2))
        else:
            diagonal = d.emit("reshape", d.emit("reshape", diagonal, shape=(n, 1, n)), shape=(n, n))
    return d.emit("matmul", *((diagonal, x) if left else (x, diagonal)))


def _where(d: Drawing, x: Node) -> Node:
    name = d.rng.choice(("greater", "less", "equal"))
    condition = d.emit(name, d.like(x.shape), d.like(x.shape))
    return d.emit("where", condition, x, d.like(x.shape) if d.rng.random() < 0.8 else x)


def _masked_relu(d: Drawing, x: Node) -> Node:
    zero = d.emit("full", fill_value=0, shape=x.shape, dtype=d.dtype)
    positive = d.emit("relu", x)
    return d.emit("where", d.emit("greater", x, zero), positive, d.like(x.shape))


def _other(d: Drawing, x: Node) -> Node | None:
    """An instruction that no rule is about, and that must not be taken for another."""
    name = d.rng.choice(("abs", "sign", "relu", "cumsum", "prod", "sort", "pow_scalar"))
    if name in ("abs", "sign", "relu"):
        return d.emit(name, x)
    if name == "pow_scalar":
        return d.emit(name, x, exponent=2)
    if not x.shape:
        return None
    axis = -1 - d.rng.randrange(len(x.shape))
    if name == "prod":
        return d.emit(name, x, axis=(axis,))
    return d.emit(name, x, axis=axis, **{"reverse" if name == "cumsum" else "descending": d.rng.random() < 0.5})


def _cast(d: Drawing, x: Node) -> Node:
    """To the same type; constants and masks of other types as numbers."""
    form = d.rng.randrange(4)
    if form == 0:
        return d.emit("astype", x, dtype=d.dtype)
    if form == 1:
        inner = d.emit("greater", x, d.like(x.shape))
    elif form == 2:
        inner = d.emit("full", fill_value=d.rng.random() < 0.5, shape=x.shape, dtype=np.dtype(bool))
    else:
        value, other = d.rng.choice(WHOLE), d.rng.choice(("int64", "float32", "int16"))
        inner = d.emit("full", fill_value=value, shape=x.shape, dtype=np.dtype(other))
    return d.emit(d.rng.choice(("add", "mul")), x, d.emit("astype", inner, dtype=d.dtype))


def _multiples(d: Drawing, x: Node) -> Node:
    """The sum or difference of multiples, of one value or of two."""
    c, e = (d.full(x.shape) for _ in range(2))
    c_value = c.params["fill_value"]
    if d.rng.random() < 0.6 and isinstance(c_value, (int, Fraction)):
        e = d.emit("full", fill_value=c_value * d.rng.choice((1, -1)), shape=x.shape, dtype=d.dtype)
    other = x if d.rng.random() < 0.4 else d.like(x.shape)
    return d.emit(d.rng.choice(("add", "sub")), d.emit("mul", x, c), d.emit("mul", other, e))


def _factors(d: Drawing, x: Node) -> Node:
    """A product of multiples whose factors cancel, or are equal."""
    c = d.full(x.shape, nonzero=True)
    value = c.params["fill_value"]
    exact = isinstance(value, (int, Fraction)) and d.dtype.kind == "f"
    other = d.rng.choice((value, 1 / Fraction(value), -1 / Fraction(value))) if exact else value
    e = d.emit("full", fill_value=other, shape=x.shape, dtype=d.dtype)
    name = d.rng.choice(("mul", "mul", "add", "sub"))
    return d.emit(name, d.emit("mul", x, c), d.emit("mul", d.like(x.shape), e))


def _scaled_sum(d: Drawing, x: Node) -> Node | None:
    """A sum along axes of a product or quotient in which one operand repeats along them."""
    axis = tuple([k for k in _axes(d, x) if x.shape[k] != 1])
    if not axis:
        return None
    small = tuple([1 if k - len(x.shape) in axis else n for k, n in enumerate(x.shape)])
    pair = [d.emit("broadcast_to", d.input(small), shape=x.shape), d.like(x.shape, nonzero=True)]
    name = "div" if d.dtype.kind == "f" and d.rng.random() < 0.5 else "mul"
    d.rng.shuffle(pair)
    return d.emit("sum", d.emit(name, *pair), axis=axis)


def _product_sum(d: Drawing, x: Node) -> Node:
    """The sum of a product of batches over these, and sometimes more."""
    batch = [d.rng.choice((1, 2, 3)) for _ in range(d.rng.choice((1, 1, 2)))]
    n, k, m = (d.rng.choice((1, 2, 3)) for _ in range(3))
    product = d.emit("matmul", d.like((*batch, n, k)), d.like((*batch, k, m)))
    rank = len(batch) + 2
    axis = [a for a in range(-rank, 0) if d.rng.random() < (0.9 if a < -2 else 0.3)]
    return d.emit("sum", product, axis=tuple(axis)) if axis else product


def _two_of_a_kind(d: Drawing, x: Node) -> Node | None:
    """Two instructions that move elements, one after the other."""
    first = d.rng.choice(LAYOUT)
    second = first if d.rng.random() < 0.6 else d.rng.choice(LAYOUT)
    made = first(d, x)
    return None if made is None or math.prod(made.shape) > LARGEST or len(made.shape) > 4 else second(d, made)


LAYOUT = (_reshape, _permute, _broadcast, _slice, _embed)

MOVES: dict[str, tuple[float, Callable[[Drawing, Node], Node | None]]] = {
    "add": (2, _binary("add")),
    "sub": (2, _binary("sub")),
    "mul": (3, _binary("mul")),
    "div": (1.5, _binary("div")),
    "multiples": (1, _multiples),
    "factors": (0.5, _factors),
    "constant": (0.5, lambda d, x: d.full(x.shape)),
    "neg": (1.5, lambda d, x: d.emit("neg", x)),
    "maximum": (0.5, _binary("maximum")),
    "minimum": (0.3, _binary("minimum")),
    "other": (1.2, _other),
    "reshape": (2, _reshape),
    "permute": (1.5, _permute),
    "broadcast": (2, _broadcast),
    "slice": (1.5, _slice),
    "embed": (1, _embed),
    "concat": (1, _concat),
    "sum": (2, _sum),
    "extreme": (0.5, _extreme),
    "matmul": (2.5, _matmul),
    "product sum": (0.7, _product_sum),
    "scaled sum": (0.5, _scaled_sum),
    "two of a kind": (2, _two_of_a_kind),
    "where": (0.7, _where),
    "relu": (0.4, _masked_relu),
    "cast": (0.4, _cast),
    "stop": (0.3, lambda d, x: d.emit("stop_gradient", d.emit("stop_gradient", x) if d.rng.random() < 0.3 else x)),
}
"""How often each is drawn, and what it makes of a value."""
