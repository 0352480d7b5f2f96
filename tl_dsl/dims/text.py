"""Sizes as text: printed for people, encoded to be read back, and parsed from the expressions of annotations."""

from __future__ import annotations

import ast
import functools
import warnings
from collections.abc import Callable

from tl_dsl.dims import UNKNOWN, Axis, Dim, made_before, smaller
from tl_dsl.errors import AnnotationError


def show_dim(dim: Axis) -> str:
    """The size as one writes it, without the scopes of its names."""
    return str(dim)


def encode_dim(dim: int | Dim) -> str:
    """A text that `decode_dim` reads back; equal sizes have equal texts."""
    return dim.key if isinstance(dim, Dim) else str(dim)


def decode_dim(text: str) -> int | Dim:
    """The size of a text that `encode_dim` wrote.

    >>> decode_dim(encode_dim(Dim.name("n", scope="pkg.f") // 2 + 1))
    (n//2)+1
    """
    return made_before(text) or _Decoder(text).sum()


class _Decoder:
    """Reads keys: sums of `c*atom*atom^power`, an atom being scope:name, (sum // sum) or (sum & sum)."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def until(self, stops: str) -> str:
        start = self.at
        while self.at < len(self.text) and self.text[self.at] not in stops:
            self.at += 1
        return self.text[start : self.at]

    def eat(self, token: str) -> bool:
        found = self.text.startswith(token, self.at)
        self.at += len(token) * found
        return found

    def sum(self) -> int | Dim:
        total = self.term()
        while self.eat("+"):
            total = total + self.term()
        return total

    def term(self) -> int | Dim:
        value: int | Dim = int(self.until("*+) "))
        while self.eat("*"):
            base = self.atom()
            value = value * base ** (int(self.until("*+) ")) if self.eat("^") else 1)
        return value

    def atom(self) -> Dim:
        if not self.eat("("):
            scope, _, name = self.until("*+^) ").rpartition(":")
            return Dim.name(name, scope)
        left: Axis = self.sum()
        if self.eat(" // "):
            left = left // self.sum()
        while self.eat(" & "):
            left = smaller(left, self.sum())
        self.eat(")")
        assert isinstance(left, Dim)
        return left


def parse_dim(text: str, scope: str = "", resolve: Callable[[str], Axis] | None = None) -> Axis:
    """The size that an expression of ints, names, `+ - * // % **`, `min` and brackets stands for.

    `resolve` gives the value of a name; by default it is the axis of that name in `scope`.
    Raises AnnotationError for what does not parse; an expression that Python can evaluate but that is not
    of this form (`max(n, m)`) is UNKNOWN.

    >>> parse_dim("2*(n+1)//2"), parse_dim("min(n, m)"), parse_dim("max(n, m)")
    (n+1, min(m,n), ?)
    """
    value_of = resolve or (lambda name: UNKNOWN if "." in name else Dim.name(name, scope))
    try:
        return _eval(_parse(text), value_of)
    except (ZeroDivisionError, OverflowError) as error:
        raise AnnotationError(f"the axis {text!r} has no value: {error}") from error


@functools.lru_cache(maxsize=4096)
def dim_names(text: str) -> frozenset[str]:
    """The names that an axis expression reads."""
    tree = _parse(text)
    called = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    return frozenset(n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and id(n) not in called)


@functools.lru_cache(maxsize=4096)
def _parse(text: str) -> ast.expr:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the text: "3if"
            return ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise AnnotationError(f"cannot read the axis {text!r}") from error


def _eval(node: ast.expr, value_of: Callable[[str], Axis]) -> Axis:
    match node:
        case ast.Constant(value=int(value)) if not isinstance(value, bool):
            return value
        case ast.Name(id=name):
            return value_of(name)
        case ast.Attribute(value=ast.Name(id=owner), attr=name):
            return value_of(f"{owner}.{name}")
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_eval(operand, value_of)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _eval(operand, value_of)
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(op, _eval(left, value_of), _eval(right, value_of))
        case ast.Call(func=ast.Name(id="min"), args=[_, _, *_] as sizes, keywords=[]):
            return functools.reduce(smaller, [_eval(part, value_of) for part in sizes])
    return UNKNOWN


def _binary(op: ast.operator, left: Axis, right: Axis) -> Axis:
    match op:
        case ast.Add():
            return left + right
        case ast.Sub():
            return left - right
        case ast.Mult():
            return left * right
        case ast.FloorDiv():
            return left // right
        case ast.Mod():
            return left % right
        case ast.Pow() if isinstance(right, int) and 0 <= right <= 16:
            return left**right
    return UNKNOWN
