"""Shapes as data, and the text of jaxtyping's shape strings.

A concrete shape is a plain tuple of ints. A symbolic one holds ints, `Dim`s, `UNKNOWN`, and at most one `Star`:
any number of axes, `*name` or, with nothing known of them, `...`.
"""

from __future__ import annotations

import ast
import functools
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown, one_or
from tl_dsl.dims.text import dim_names, parse_dim, show_dim
from tl_dsl.errors import AnnotationError


@dataclass(frozen=True, slots=True)
class Star:
    """Any number of axes. `name` is "scope:name"; None means that not even their identity is known (`...`)."""

    name: str | None = None
    spread: str | None = None
    """`*#b`: not known, but the axes broadcast to those of this name."""

    def __repr__(self) -> str:
        if self.spread is not None:
            return "*#" + self.spread.rpartition(":")[2]
        return "..." if self.name is None else "*" + self.name.rpartition(":")[2]

    @property
    def run(self) -> tuple[str, bool]:
        """The run "scope:name" that these axes are, and whether in the other order; of `...`, an empty name."""
        name = self.name or ""
        if not name.endswith(")"):
            return name, False
        scope, _, short = name.rpartition(":")
        return f"{scope}:{short[len(_REVERSED) : -1]}", True

    def put(self, run: Shape | None) -> Shape:
        """These axes, when their run is known to be so."""
        return (self,) if run is None else reversed_shape(run) if self.run[1] else run

    def reversed(self) -> Star:
        """The same axes in the other order.

        >>> Star(":b").reversed(), Star(":b").reversed().reversed(), Star().reversed()
        (*reversed(b), *b, ...)
        """
        if self.name is None:
            return Star()
        name, turned = self.run
        scope, _, short = name.rpartition(":")
        return Star(name if turned else f"{scope}:{_REVERSED}{short})")


_REVERSED: Final = "reversed("


Shape: TypeAlias = tuple[int | Axis | Star, ...]
UNKNOWN_RUN: Final = Star()
UNKNOWN_SHAPE: Shape = (UNKNOWN_RUN,)


def reversed_shape(shape: Shape) -> Shape:
    """The axes of a shape in the other order.

    >>> reversed_shape((Star(":b"), 2, 3))
    (3, 2, *reversed(b))
    """
    return tuple(axis.reversed() if isinstance(axis, Star) else axis for axis in reversed(shape))


def axes_of_run(run: str, count: int) -> Shape:
    """The axes of a run "scope:b" that has so many.

    >>> axes_of_run(":b", 2)
    (b[0], b[1])
    """
    scope, _, short = run.rpartition(":")
    return tuple(Dim.name(f"{short}[{i}]", scope) for i in range(count))


def is_nameless(axis: Axis | Star) -> bool:
    """Whether these are axes of which there may be any number, `...` or `*#b`, and that no other array need have.

    >>> is_nameless(Star()), is_nameless(Star(None, ":b")), is_nameless(Star(":b")), is_nameless(UNKNOWN)
    (True, True, False, False)
    """
    return isinstance(axis, Star) and axis.name is None


def is_open(axis: Axis | Star) -> bool:
    """Whether nothing is known of an axis, or of a run of axes (not even its name).

    >>> is_open(UNKNOWN), is_open(Star()), is_open(Star(":b")), is_open(3)
    (True, True, False, False)
    """
    return axis.name is None if isinstance(axis, Star) else isinstance(axis, Unknown)


def show_shape(shape: Shape) -> str:
    """The shape as one writes it.

    >>> show_shape((Star(":b"), Dim.name("n") * 2, 3, UNKNOWN))
    '[*b, 2*n, 3, ?]'
    """
    return "[" + ", ".join(repr(axis) if isinstance(axis, Star) else show_dim(axis) for axis in shape) + "]"


_MANY: Final = {"axis": "axes", "index": "indices"}


def counted(count: int, word: Literal["axis", "index"]) -> str:
    """How many there are of something, in a message.

    >>> counted(1, "axis"), counted(2, "index")
    ('1 axis', '2 indices')
    """
    return f"{count} {word if count == 1 else _MANY[word]}"


TokenKind: TypeAlias = Literal["int", "name", "expression", "star", "ellipsis", "anonymous"]


class Token(NamedTuple):
    """One axis of a shape string: its kind, its text without modifiers, and where it stands."""

    kind: TokenKind
    text: str
    column: int
    broadcasts: bool = False
    """`#n`: the axis may also have size 1."""
    per_leaf: bool = False
    """`?n`: another axis in each leaf of a pytree."""
    braces: bool = False
    """`{expr}`: what stands in the braces is read at run time from the function's arguments, not from axes."""

    @property
    def names(self) -> frozenset[str]:
        """The axis names that the token reads; of `{k}*n`, only n."""
        if self.kind == "name":  # which may be a word of Python's, such as `in`
            return frozenset([self.text])
        if self.kind != "expression":
            return frozenset()
        if not self.braces:
            return dim_names(self.text)
        template = read_braces(self.text)
        return frozenset() if template is None else dim_names(template.expression) - template.values.keys()


class ShapeSpec(NamedTuple):
    """A parsed shape string."""

    text: str
    scope: str
    tokens: tuple[Token, ...]

    def shape(self, names: Mapping[str, Axis] | None = None, *, values: bool = False) -> Shape:
        """The shape that the string stands for; `names` gives axes that mean something else than `scope:name`.

        With `values`, `{n}` is the name "{n}" for the value of the argument n, and else unknown.

        >>> show_shape(parse_shape("*b n+1 rows=4 _ #m").shape())
        '[*b, n+1, 4, ?, #m]'
        """
        return tuple(_axis(token, self.scope, names or {}, values) for token in self.tokens)


def _axis(token: Token, scope: str, names: Mapping[str, Axis], values: bool) -> Axis | Star:
    if token.kind == "ellipsis":
        return Star()
    if token.kind == "star":
        name = f"{scope}:{token.text}"
        return Star() if token.per_leaf else Star(None, name) if token.broadcasts else Star(name)
    if token.kind == "anonymous" or token.per_leaf:
        return UNKNOWN
    size = _size(token, scope, names, values)
    return one_or(size) if token.broadcasts else size


def _size(token: Token, scope: str, names: Mapping[str, Axis], values: bool) -> Axis:
    if token.kind == "name":
        return _named(token.text, scope, names)
    if not token.braces:
        return parse_dim(token.text, scope, lambda name: _named(name, scope, names))
    template = read_braces(token.text)
    if template is None or not values:
        return UNKNOWN
    fields = {
        name: parse_dim(field, scope, lambda name: _value(name, scope, names))
        for name, field in template.values.items()
    }
    return parse_dim(
        template.expression, scope, lambda name: fields[name] if name in fields else _named(name, scope, names)
    )


class Template(NamedTuple):
    """`{k}*n` taken apart: an expression of axes in which the fields have names of their own."""

    expression: str
    values: Mapping[str, str]
    """What stands in the braces of each field: read from the function's arguments, not from axes."""


@functools.lru_cache(maxsize=1024)
def read_braces(text: str) -> Template | None:
    """Take an axis with f-string fields apart; None where a field does not stand for a whole number in it (`{k}0`).

    >>> template = read_braces("{k-1}*n")
    >>> template.expression, template.values
    ('_field0*n', {'_field0': 'k - 1'})
    """
    expression = ""
    values: dict[str, str] = {}
    for part in _fields(text):
        if isinstance(part, str):
            if (values and re.match(r"\w", part)) or (part.startswith(".") and values):
                return None
            expression += part
            continue
        if part.conversion != -1 or part.format_spec is not None or re.search(r"[\w.]$", expression):
            return None
        name = f"_field{len(values)}"
        expression, values[name] = expression + name, ast.unparse(part.value)
    return Template(expression, values)


def _fields(text: str) -> list[str | ast.FormattedValue]:
    """The parts of an f-string; jaxtyping quotes it with the same quotes."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of the text: "\\m", "3if"
            tree = ast.parse(f"f'{text}'", mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise AnnotationError(f"cannot read the axis {text!r}") from error
    parts: list[str | ast.FormattedValue] = []
    for value in tree.values if isinstance(tree, ast.JoinedStr) else ():
        parts.append(value if isinstance(value, ast.FormattedValue) else str(getattr(value, "value", "")))
    return parts


def _value(name: str, scope: str, names: Mapping[str, Axis]) -> Axis:
    return names[f"{{{name}}}"] if f"{{{name}}}" in names else Dim.name(f"{{{name}}}", scope)


def _named(name: str, scope: str, names: Mapping[str, Axis]) -> Axis:
    if "." in name:
        return UNKNOWN
    return names[name] if name in names else Dim.name(name, scope)


@functools.lru_cache(maxsize=4096)
def parse_shape(text: str, scope: str = "") -> ShapeSpec:
    """Read a jaxtyping shape string. Raises AnnotationError, with the column, where jaxtyping refuses it too.

    >>> [(token.kind, token.text, token.column) for token in parse_shape("*b n 2*m").tokens]
    [('star', 'b', 0), ('name', 'n', 3), ('expression', '2*m', 5)]
    """
    if (unwritten := re.search("[\0\ud800-\udfff]", text)) is not None:
        raise _malformed("an annotation has no such character", text, unwritten.start())
    tokens = tuple(_token(match.group(), match.start(), text) for match in re.finditer(r"\S+", text))
    variadic = [token for token in tokens if token.kind in ("star", "ellipsis")]
    if len(variadic) > 1:
        raise _malformed("only one axis may be variadic (`*name` or `...`)", text, variadic[1].column)
    return ShapeSpec(text, scope, tokens)


def _malformed(rule: str, text: str, column: int) -> AnnotationError:
    return AnnotationError(on_one_line(rule), got=f'"{on_one_line(text)}", column {column + 1}')


def on_one_line(text: str) -> str:
    """A text for a message: what cannot be printed, as Python would write it.

    >>> on_one_line("n\\n λ")
    'n\\\\n λ'
    """
    return text if text.isprintable() else "".join(c if c.isprintable() else repr(c)[1:-1] for c in text)


_MODIFIERS: dict[str, str] = {"#": "broadcasting", "*": "variadic", "_": "anonymous", "?": "different in each leaf"}


def _token(word: str, column: int, text: str) -> Token:
    if "," in word and "(" not in word:
        raise _malformed("axes are separated by spaces, not commas", text, column)
    if word.endswith("#"):
        raise _malformed("`#` stands before the axis that broadcasts", text, column)
    if "..." in word:
        if word != "...":
            raise _malformed("`...` stands alone", text, column)
        return Token("ellipsis", word, column)
    modifiers, body = _strip_modifiers(word, text, column)
    if not body or body.isidentifier():
        return _named_token(modifiers, body, column, text)
    fixed = _is_int(body)
    if modifiers - {"#"}:
        kind = "a fixed size" if fixed else "an expression"
        raise _malformed(f"{kind} cannot be {_MODIFIERS[min(modifiers - {'#'})]}", text, column)
    if fixed:
        return Token("int", str(int(body)), column, broadcasts="#" in modifiers)
    braces = "{" in body or "}" in body
    try:
        template = read_braces(body) if braces else None
        if template is not None or not braces:
            parse_dim(body if template is None else template.expression)
    except AnnotationError as error:
        raise _malformed(error.rule, text, column) from error
    return Token("expression", body, column, broadcasts="#" in modifiers, braces=braces)


def _is_int(text: str) -> bool:
    try:
        int(text)  # digits of other scripts, too
    except ValueError:
        return False
    return True


def _strip_modifiers(word: str, text: str, column: int) -> tuple[set[str], str]:
    modifiers: set[str] = set()
    while word:
        if word[0] in _MODIFIERS:
            if word[0] in modifiers:
                raise _malformed(f"`{word[0]}` stands twice", text, column)
            modifiers.add(word[0])
            word = word[1:]
        elif word.count("=") == 1:
            word = word.split("=")[1]
        else:
            break
    return modifiers, word


def _named_token(modifiers: set[str], name: str, column: int, text: str) -> Token:
    broadcasts, per_leaf = "#" in modifiers, "?" in modifiers
    if "_" in modifiers:
        if broadcasts:
            raise _malformed("an anonymous axis cannot broadcast", text, column)
        return Token("ellipsis" if "*" in modifiers else "anonymous", name, column)
    if not name:  # `*` and `?`, whose name is empty for jaxtyping
        return Token("ellipsis" if "*" in modifiers else "anonymous", name, column)
    return Token("star" if "*" in modifiers else "name", name, column, broadcasts, per_leaf)
