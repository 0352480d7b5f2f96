"""Rules for sums, products, quotients and signs. Factors and signs move outwards, where they meet and merge.

Values change only as far as constants are reassociated. A product with zero is kept: nan passes through it.
Signs of zeros are not kept (x + 0 is x).
"""

from __future__ import annotations

from tl_dsl.graph import Node
from tl_dsl.scalars import Constant
from tl_dsl.transform.simplify import constants
from tl_dsl.transform.simplify.rewriter import Rewriter, Rule, constant_of


def add_rule(w: Rewriter, x: Node, y: Node) -> Node | None:
    """x + 0, constants, x + x, signs and common factors."""
    b = constant_of(y)
    if b is not None:
        if b == 0:
            return x
        a = constant_of(x)
        return None if a is None else _folded(w, constants.total(a, b), x)
    if x is y:
        return w.scaled(x, 2) if x.dtype.kind != "b" else None
    if y.op.name == "neg":
        return w.emit("sub", x, y.operand)
    if x.op.name == "neg":
        return w.emit("sub", y, x.operand)
    return _common_factor(w, x, y, 1)


def sub_rule(w: Rewriter, x: Node, y: Node) -> Node | None:
    """x - 0, 0 - x, constants, signs and common factors."""
    a, b = constant_of(x), constant_of(y)
    if b == 0:
        return x
    if a == 0:
        return w.emit("neg", y)
    if a is not None and b is not None:
        negated = constants.product(b, -1)
        return None if negated is None else _folded(w, constants.total(a, negated), x)
    if y.op.name == "neg":
        return w.emit("add", x, y.operand)
    return _common_factor(w, x, y, -1)


def _common_factor(w: Rewriter, x: Node, y: Node, sign: int) -> Node | None:
    """``x·c ± y·c -> (x ± y)·c`` and ``x·c ± x·d -> x·(c ± d)``."""
    (p, c), (q, d) = factored(x), factored(y)
    if p is q:
        signed = constants.product(d, sign)
        both = None if signed is None else constants.total(c, signed)
        return None if both == 0 else _scaled(w, p, both)
    if c == 1 or not constants.moderate(c, x.dtype):
        return None
    if c == d:
        return w.scaled(w.emit("add" if sign == 1 else "sub", p, q), c)
    if constants.product(c, -1) == d:
        return w.scaled(w.emit("sub" if sign == 1 else "add", p, q), c)
    return None


def neg_rule(w: Rewriter, x: Node) -> Node | None:
    """Double negation, reversed differences, constants."""
    if x.op.name == "neg":
        return x.operand
    if x.op.name == "sub":
        left, right = x.operands
        return w.emit("sub", right, left)
    a = constant_of(x)
    if a is not None:
        return _folded(w, constants.product(a, -1), x)
    p, c = factored(x)
    return None if c == 1 else _scaled(w, p, constants.product(c, -1))


def mul_rule(w: Rewriter, x: Node, y: Node) -> Node | None:
    """x·1, x·(-1), constants, signs, and factors moved outwards."""
    b = constant_of(y)
    if b is not None:
        return _times_constant(w, x, b)
    signed = _signs_outwards(w, "mul", x, y)
    if signed is not None:
        return signed
    (p, c), (q, d) = factored(x), factored(y)
    both = _merged(c, d, x)
    return None if both is None else w.scaled(w.emit("mul", p, q), both)


def _times_constant(w: Rewriter, x: Node, b: Constant) -> Node | None:
    if b == 1:
        return x
    if b == -1:
        return w.emit("neg", x)
    a = constant_of(x)
    if a is not None:
        return _folded(w, constants.product(a, b), x)
    if x.op.name == "neg":
        return _scaled(w, x.operand, constants.product(b, -1))
    p, c = factored(x)
    return None if c == 1 else _scaled(w, p, constants.product(b, c))


def div_rule(w: Rewriter, x: Node, y: Node) -> Node | None:
    """Division by a constant as a product, signs."""
    b = constant_of(y)
    if b is not None:
        inverse = constants.reciprocal(b)
        return w.scaled(x, inverse) if inverse is not None and constants.safe(inverse, x.dtype) else None
    return _signs_outwards(w, "div", x, y)


def _signs_outwards(w: Rewriter, name: str, x: Node, y: Node) -> Node | None:
    """A product or quotient of operands with signs: two cancel, one moves out."""
    if x.op.name == "neg" and y.op.name == "neg":
        return w.emit(name, x.operand, y.operand)
    if x.op.name == "neg":
        return w.emit("neg", w.emit(name, x.operand, y))
    return w.emit("neg", w.emit(name, x, y.operand)) if y.op.name == "neg" else None


def factored(x: Node) -> tuple[Node, Constant]:
    """``p, c`` with x = p·c; c is 1 unless x is a product with a constant.

    Where p is one, too, their constants could not be merged: x stays whole, or each product would move the whole pile.
    """
    if x.op.name == "mul":
        p, factor = x.operands
        c = constant_of(factor)
        piled = p.op.name == "mul" and constant_of(p.operands[1]) is not None
        if c is not None and not piled:
            return p, c
    return x, 1


def matmul_factors(w: Rewriter, x: Node, y: Node) -> Node | None:
    """Signs and factors move out of a matrix product where that leaves fewer elements to scale."""
    signed = _signs_outwards(w, "matmul", x, y)
    if signed is not None:
        return signed
    (p, c), (q, d) = factored(x), factored(y)
    both = _merged(c, d, x)
    if both is None:
        return None
    rows, columns, inner = x.shape[-2], y.shape[-1], x.shape[-1]
    moved = rows * columns
    scaled = (0 if c == 1 else rows * inner) + (0 if d == 1 else inner * columns)
    return w.scaled(w.emit("matmul", p, q), both) if moved < scaled else None


def linear_factors(name: str) -> Rule:
    """The rule that signs and factors move out of a linear instruction of one operand."""

    def rule(w: Rewriter, x: Node, **params: object) -> Node | None:
        if x.op.name == "neg":
            return w.emit("neg", w.emit(name, x.operand, **params))
        p, c = factored(x)
        if c == 1 or (name == "sum" and not constants.moderate(c, x.dtype)):
            return None
        return w.scaled(w.emit(name, p, **params), c)

    return rule


def _merged(c: Constant, d: Constant, x: Node) -> Constant | None:
    """The factor c·d, if there is one and it may move out of a product."""
    if c == 1 and d == 1:
        return None
    both = constants.fitted(constants.product(c, d), x.dtype)
    moves = constants.moderate(c, x.dtype) and constants.moderate(d, x.dtype)
    return both if moves else None


def _folded(w: Rewriter, value: Constant | None, like: Node) -> Node | None:
    fitted = constants.fitted(value, like.dtype)
    return None if fitted is None else w.full(fitted, like.shape, like.dtype)


def _scaled(w: Rewriter, x: Node, factor: Constant | None) -> Node | None:
    fitted = constants.fitted(factor, x.dtype)
    return None if fitted is None else w.scaled(x, fitted)
