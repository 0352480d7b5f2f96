"""Types as mypy prints them, read back to judge its messages. No mypy here.

mypy has no hook for subtyping, and takes a size that it lost (`int`, `Any`) for another type than a known one. A
message about two types that differ only there is dropped; one that stays gets the code of what differs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final, NamedTuple, TypeAlias

from tl_checker.shapes.annotations.element_types import NUMPY_CLASSES
from tl_checker.shapes.sizes.sorts import has_any_value, is_promised, may_follow, without_free
from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN, Axis, Dim, Unknown
from tl_dsl.dims.text import parse_dim
from tl_dsl.errors import TlError

_ANY_SHAPE = frozenset({"*tuple[Any, ...]", "*tuple[int, ...]", "*tuple[Never, ...]", "..."})
_UNKNOWN = frozenset({"Any", "int", "Never", "object"})
ARRAY_NAMES = frozenset({"Tensor", "ndarray"})
_ARRAY = r"\b(?:Tensor|ndarray)\["
_NUMPY = r"\b(?:numpy\.)?ndarray\["


class Text(NamedTuple):
    """A printed type: a name, and its arguments."""

    name: str
    arguments: tuple[str, ...] = ()


def read(text: str) -> Text:
    """Take a printed type apart."""
    text = as_arrays(text).strip()
    match = re.fullmatch(r"([\w.@`\-]+)\[(.*)\]", text, re.DOTALL)
    if match is None:
        return Text(_short(text))
    return Text(_short(match[1]), tuple(split(match[2], ",")))


def _short(name: str) -> str:
    return name.rpartition(".")[2] if re.fullmatch(r"[\w.]+", name) else name


def split(text: str, separator: str) -> list[str]:
    """The parts of a text between separators that stand outside of brackets."""
    parts, depth, start = [], 0, 0
    for at, character in enumerate(text):
        depth += (character in "[(") - (character in "])")
        if character == separator and depth == 0:
            parts.append(text[start:at].strip())
            start = at + 1
    return [*parts, text[start:].strip()]


def read_size(text: str, named: Callable[[str], Axis] = Dim.name) -> Axis:
    """A printed size; unknown when it cannot be read."""
    words: list[str] = []

    def number(match: re.Match[str]) -> str:
        words.append(match[0])
        return f"w{len(words) - 1}"

    try:
        return parse_dim(re.sub(_NAME, number, text), resolve=lambda word: named(words[int(word[1:])]))
    except TlError:
        return UNKNOWN


_NAME = r"\{[\w.\[\]]+\}|(?<!\w)(?!min\()[A-Za-z_]\w*(?:@\w+)?(?:\[\d+\])?"
"""An axis name as it is printed: n, {k}, {self.d}, {x.shape[0]}, n@inner, b[0]."""


def same_text(left: str, right: str) -> bool:
    """Whether two printed sizes are equal: a size and its negative are both 0, since none is below.

    >>> same_text("{k}-1", "-{k}+1"), same_text("{k}-1", "{k}+1")
    (True, False)
    """
    if left == right or "-" not in left + right:
        return left == right
    x, y = read_size(left), read_size(right)
    return not isinstance(x, Unknown) and not isinstance(y, Unknown) and x + y == 0


Same: TypeAlias = Callable[[str, str], bool]
"""Whether two printed sizes are equal by something that is known of them."""


def compatible(got: str, wanted: str, *, names_bind: bool = False, same: Same = same_text) -> bool:
    """Whether the first type may be the second, as far as is known.

    With `names_bind`, a size in the second that depends on names takes any size: the names are a parameter's own.
    """
    got_members, wanted_members = split(got, "|"), split(wanted, "|")
    if len(got_members) > 1 or len(wanted_members) > 1:
        return all(any(compatible(x, y, names_bind=names_bind, same=same) for y in wanted_members) for x in got_members)
    x, y = read(got), read(wanted)
    if x.name == "Any" or y.name == "Any" or x == y:
        return True
    if x.name != y.name:
        return False
    if x.name in ARRAY_NAMES:
        return _subtype(x.arguments[:1], y.arguments[:1]) and _shapes(
            x.arguments[1:], y.arguments[1:], names_bind, same
        )
    return len(x.arguments) == len(y.arguments) and all(
        _arguments(p, q, names_bind, same) for p, q in zip(x.arguments, y.arguments, strict=True)
    )


def _arguments(got: str, wanted: str, names_bind: bool, same: Same) -> bool:
    if "[" not in got + wanted and _axis(got, wanted, same):
        return True
    return compatible(got, wanted, names_bind=names_bind, same=same)


def _shapes(got: tuple[str, ...], wanted: tuple[str, ...], names_bind: bool = False, same: Same = same_text) -> bool:
    if _ANY_SHAPE & {*got, *wanted} or (names_bind and any(axis.startswith("*") for axis in wanted)):
        return True
    if len(got) != len(wanted) or any(x.startswith("*") != y.startswith("*") for x, y in zip(got, wanted, strict=True)):
        return False  # one axis, even one that is not known, is no run of axes
    return all((names_bind and not y.isdigit()) or _axis(x, y, same) for x, y in zip(got, wanted, strict=True))


_OF_OTHERS: Final = r"\{(?!self\.)\w+\.|\{self\.\w+\."
"""`{p.n}`: an axis of a parameter, of which a caller may give one that fits."""


_VALUE: Final = r"\{\w+\}"
_LITERAL: Final = r"\bLiteral\['?(-?\d+|int(?='))'?\]\??"


def _axis(got: str, wanted: str, same: Same) -> bool:
    """Sizes of different sorts (`unify.sort_of`) are not held against each other.

    But what is declared as the value of an argument, `{n}`, is meant for all its values.
    """
    if got == wanted or got in _UNKNOWN or wanted in _UNKNOWN:
        return True
    got, wanted = re.sub(_LITERAL, r"\1", got), re.sub(_LITERAL, r"\1", wanted)
    if got == wanted or has_any_value(got + wanted):
        return True
    if ("{self." in got) != ("{self." in wanted):  # a field may hold what the argument gives
        return may_follow(got, wanted) or not is_promised(got + wanted) or same(got, wanted)
    if ("{" in got) != ("{" in wanted):
        return re.search(_VALUE, wanted) is None or same(got, wanted)
    if re.search(_OF_OTHERS, got) or re.search(_OF_OTHERS, wanted):
        return True
    return (not (got.isdigit() or wanted.isdigit()) and _sort(got) != _sort(wanted)) or same(got, wanted)


def after_any_round(got: str, wanted: str) -> str:
    """What a loop leaves of `[1] | [2] | [Any]`, where a size that depends on an argument is asked for: `[Any]`.

    The others are what it makes in no round and in one, for which the argument may be 0 and 1.

    >>> after_any_round("ndarray[Float, 1, n] | ndarray[Float, Any, n]", "ndarray[Float, {steps}+1, n]")
    'ndarray[Float, Any, n]'
    >>> after_any_round("ndarray[Float, n] | ndarray[Float, ...]", "ndarray[Float, n+{steps}]")
    'ndarray[Float, ...]'
    """
    texts, asked = split(got, "|"), read(wanted)
    if unknown := [text for text in texts if _is_of_any_shape(read(text))]:
        known = [read(text) for text in texts if text not in unknown]
        return " | ".join(unknown) if all(_differs_by_arguments(member, asked) for member in known) else got
    members = [read(text) for text in texts]
    ranks = {len(member.arguments) for member in (*members, asked)}
    if len(members) < 2 or len(ranks) > 1 or any(member.name not in ARRAY_NAMES for member in members):
        return got
    axes = range(1, len(asked.arguments))
    differ = [at for at in axes if len({member.arguments[at] for member in members}) > 1]
    if not differ or not all("{" in asked.arguments[at] for at in differ):
        return got
    last = [text for text in texts if all(read(text).arguments[at] == "Any" for at in differ)]
    return " | ".join(last) or got


def _is_of_any_shape(member: Text) -> bool:
    return member.name in ARRAY_NAMES and (not member.arguments or bool(_ANY_SHAPE & {*member.arguments[1:]}))


def _differs_by_arguments(member: Text, asked: Text) -> bool:
    """Whether an array has another size than is asked for only where that depends on an argument."""
    if member.name not in ARRAY_NAMES or len(member.arguments) != len(asked.arguments):
        return False
    sizes = zip(member.arguments[1:], asked.arguments[1:], strict=True)
    return all(x == y or "{" in y or _UNKNOWN & {x, y} for x, y in sizes)


def uncompared(got: str, wanted: str, same: Same = same_text) -> str:
    """Two sizes of compatible types that were not held against each other: "m and {k}"; empty where there are none."""
    for x, y in zip(arrays_in(got), arrays_in(wanted), strict=False):
        for p, q in zip(x[1:], y[1:], strict=False) if len(x) == len(y) else ():
            p, q = re.sub(_LITERAL, r"\1", p), re.sub(_LITERAL, r"\1", q)
            if p != q and not (_ANY_SHAPE | _UNKNOWN) & {p, q} and not same(p, q):
                return f"{p} and {q}"
    return ""


def _sort(axis: str) -> frozenset[str]:
    return frozenset(re.findall(r"@(\w+)", without_free(axis)))


def elements_fit(got: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """Whether the elements of one array may be those of another."""
    return _subtype(got[:1], wanted[:1])


def _subtype(got: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    x, y = _dtype(got), _dtype(wanted)
    return x is None or y is None or issubclass(x, y)


def _dtype(arguments: tuple[str, ...]) -> type[dtypes.DType] | None:
    found = getattr(dtypes, _short(arguments[0]), None) if arguments else None
    return found if isinstance(found, type) and issubclass(found, dtypes.DType) else None


def item_given(got: str, wanted: str) -> str:
    """What a starred argument gives to a parameter that is an array.

    >>> item_given("*list[ndarray[Float, n]]", "ndarray[Float, d]")
    'ndarray[Float, n]'
    """
    listed = re.fullmatch(r"\*[\w.]+\[(.*)\]", got, re.DOTALL)
    of_one = listed is not None and not got.startswith("*tuple[") and len(split(listed[1], ",")) == 1
    return listed[1] if listed is not None and of_one and re.match(_ARRAY, wanted) else got


def carry_shapes(got: str, wanted: str) -> bool:
    """Whether two types can differ in a shape: both hold Tensors, or are of one class whose arguments are sizes."""
    heads = {read(member).name for member in split(got, "|")} & {read(member).name for member in split(wanted, "|")}
    if re.search(_ARRAY, got) and re.search(_ARRAY, wanted):
        return bool(heads) or ("def " in got and "def " in wanted)
    return bool(heads & {"Linear", "Params", "Sequential", "SymInt"}) or (
        bool(heads) and any(re.search(_LITERAL, member.partition("[")[2]) for member in (got, wanted))
    )


def holds_axes(message: str) -> bool:
    """Whether a message shows an array of ours: a Tensor, or a numpy array with an axis that numpy does not write.

    >>> holds_axes("numpy.ndarray[tuple[n, Any], numpy.dtype[Any]]"), holds_axes("ndarray[tuple[int, ...], dtype[Any]]")
    (True, False)
    """
    if "tl_dsl." in message or "SymInt" in message or "Tensor[" in message:
        return True
    axes = (axis for match in re.finditer(_AXES, message) for axis in split(match[1], ","))
    return any(axis not in _NUMPY_AXES and not axis.startswith("_") for axis in axes)


_AXES: Final = r"\bndarray\[tuple\[([^\[\]]*)\]"
_NUMPY_AXES: Final = frozenset({"", "...", "()", "Any", "int", "Never"})


def lacks_a_member(got: str, wanted: str) -> bool:
    """Whether a member of the first type that is no array has no place in the second, whatever the shapes."""
    if "def " in got or "def " in wanted:
        return False
    missing = {read(member).name for member in split(got, "|")} - {read(member).name for member in split(wanted, "|")}
    return bool(missing - ARRAY_NAMES - {"Any"}) and "|" in got


def is_scalar_for_array(got: str = "", wanted: str = "") -> bool:
    """Whether a scalar of numpy, or a Python number, is given where an array with a shape is asked for."""
    scalars = ("float64", "float32", "float16", "floating", "signedinteger", "unsignedinteger", "float", "int")
    return read(got).name in scalars and read(wanted).name == "ndarray" and len(read(wanted).arguments) > 0


def differs_in(got: str, wanted: str) -> str:
    """The code of what differs between two types that hold Tensors."""
    for x, y in zip(arrays_in(got), arrays_in(wanted), strict=False):
        if not _subtype(x[:1], y[:1]) and _shapes(x[1:], y[1:]):
            return "tensor-dtype"
    return "tensor-shape"


def arrays_in(text: str) -> list[tuple[str, ...]]:
    """The arguments of each array in a type: its elements, then its axes."""
    text = as_arrays(text)
    return [tuple(split(text[match.end() : closing(text, match.end())], ",")) for match in re.finditer(_ARRAY, text)]


def closing(text: str, start: int) -> int:
    """Where the bracket that was opened before `start` closes."""
    depth = 1
    for at in range(start, len(text)):
        depth += (text[at] == "[") - (text[at] == "]")
        if not depth:
            return at
    return len(text)


_COMPREHENSION: Final = r"\w+ comprehension has incompatible type (.*); expected (.*)"
"""The one message of mypy that shows types without quotes."""
_OF_SHAPES: Final = r"\b([A-Z]\w*|ndarray)\["


def all_quoted(message: str) -> list[str]:
    """What a message quotes: names and types."""
    match = re.match(_COMPREHENSION, message)
    return list(match.groups()) if match else re.findall(r'"([^"]*)"', message)


def quoted(message: str) -> list[str]:
    """The quoted types of a message that hold shapes."""
    found = all_quoted(message)
    return found if re.match(_COMPREHENSION, message) else [text for text in found if re.search(_OF_SHAPES, text)]


def holds_arrays(text: str) -> bool:
    """Whether there are arrays in a type."""
    return re.search(_ARRAY, text) is not None


def readable(message: str) -> str:
    """`tl_dsl.tensor.Tensor[tl_dsl.dtypes.Float, n]` as `Tensor[Float, n]`; a bare Tensor as such."""
    message = re.sub(r"\b(\w+)@[\w<>]+:\1\b", r"\1", message)  # mypy tells apart names that two functions have
    message = as_arrays(re.sub(r"\btl_(?:dsl|checker)\.(?:\w+\.)*(?=[A-Z])", "", message))
    message = with_bare_sizes(message)
    message = re.sub(r"\*tuple\[(Any|int|Never), \.\.\.\]", "...", message)
    message = re.sub(r"\bTensor\[[^\[\]]*\]", lambda match: match[0].replace("Never", "Any"), message)
    message = message.replace("ndarray[Any, ...]", "ndarray")
    return message.replace("Tensor[Any, ...]", "Tensor")


def written_out(message: str) -> str:
    """A message in which an array without axes says so: `Tensor[Float]` may be read as one of any shape.

    >>> written_out('got "Tensor[Float] | Tensor[Float, d]"')
    'got "Tensor[Float, ()] | Tensor[Float, d]"'
    """
    return re.sub(r"\b(Tensor|ndarray)\[(\w+)\]", r"\1[\2, ()]", message)


def with_ints(message: str) -> str:
    """A message of mypy's that is not about arrays, with ints whose values are known as the ints that they are.

    >>> with_ints('Unsupported operand types for * ("None" and "SymInt[{n}//10]")')
    'Unsupported operand types for * ("None" and "int")'
    """
    of_arrays = re.search(r"\b(Tensor|ndarray)\b", message)
    return message if of_arrays or message.startswith("Revealed") else re.sub(r"SymInt\[[^\[\]]*\]", "int", message)


def with_bare_sizes(message: str) -> str:
    """Literals among type arguments as numbers.

    >>> with_bare_sizes('"numpy.ndarray[tuple[n, Literal[3]], numpy.dtype[Any]]"')
    '"numpy.ndarray[tuple[n, 3], numpy.dtype[Any]]"'
    """
    return re.sub(
        r"\b(?!Literal)\w+\[[^\[\]]*Literal[^\"]*\]", lambda match: re.sub(_LITERAL, r"\1", match[0]), message
    )


def as_arrays(text: str) -> str:
    """numpy's arrays in the form of Tensors.

    >>> as_arrays("numpy.ndarray[tuple[n, 3], numpy.dtype[numpy.floating[Any]]]")
    'ndarray[Float, n, 3]'
    """
    parts, at = [], 0
    for match in re.finditer(_NUMPY, text):
        end = closing(text, match.end())
        arguments = split(text[match.end() : end], ",")
        if match.start() < at or len(arguments) != 2 or not arguments[0].startswith("tuple["):
            continue
        axes = _run(arguments[0][6:-1])
        parts += [text[at : match.start()], f"ndarray[{_elements(arguments[1])}{axes and ', '}{axes}]"]
        at = end + 1
    return "".join([*parts, text[at:]])


def _run(axes: str) -> str:
    """The axes in a tuple; any number of them as `...`, none as nothing."""
    return {"Any, ...": "...", "int, ...": "...", "()": ""}.get(axes, axes)


def _elements(dtype: str) -> str:
    """`dtype[floating[_32Bit]]` as Float32."""
    inner = re.sub(r"\b[\w.]+\.(?=\w)", "", dtype)
    inner = inner[6:-1] if inner.startswith("dtype[") else inner
    if inner in ("float64", "complex128"):
        return inner.title()
    if inner == "floating[Any] | integer[Any]":
        return "Real"
    match = re.fullmatch(r"(\w+)\[(.*)\]", inner)
    name = NUMPY_CLASSES.get(match[1]) if match else None
    if match is None or name is None:
        return inner
    bits = re.findall(r"_(\d+)Bit", match[2])
    return f"{name}{max(map(int, bits))}" if bits else name
