"""Cases of entry points: a call, and what it must give or refuse, exactly.

The numbers are small integers, so that floats, fractions and integers all compute them without rounding: answers are
compared by structure, element type, shape and every element, and nothing is near enough.
"""

from __future__ import annotations

import gc
import sys
import types
import weakref
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np

import tl_dsl as tl
from tl_checker.gradients.verdict import Finding, Row, Verdict, first_line
from tl_checker.gradients.wellformed import malformed
from tl_dsl import Tensor
from tl_dsl.errors import TlError
from tl_dsl.pytree import tree_flatten, tree_map

TARGET = "entry points"
LAYER = "programs"

Array = np.ndarray[Any, np.dtype[Any]]

engine: Any = tl
"""The language, for calls that its types forbid."""


@dataclass(frozen=True)
class Raises:
    """An error that is due, what it says that it got (anything for None), and what else stands in its text."""

    error: type[Exception]
    got: str | None = None
    says: tuple[str, ...] = ()


@dataclass(frozen=True)
class Case:
    """What an entry point is asked, in words; the call; and what it must give, with arrays for tensors."""

    entry: str
    what: str
    call: Callable[..., Any]
    wanted: Any


def row_of(case: Case) -> Row:
    """The row of a case: FAIL where the answer is another one than is due."""
    items = max(1, sum(y.size for y in tree_flatten(case.wanted)[0] if isinstance(y, (np.ndarray, np.generic))))
    row = Row(TARGET, case.entry, LAYER, comparisons=items, nonzero=items)
    wrong = _wrong(case)
    if not wrong:
        return row
    return row._replace(verdict=Verdict.FAIL, findings=(Finding(f"{case.what}: {wrong}"),))


def _wrong(case: Case) -> str:
    """What is wrong with an answer; empty where nothing is."""
    try:
        found = case.call()
    except Exception as error:  # whatever it is: it is compared
        return _wrong_error(error, case.wanted)
    if isinstance(case.wanted, Raises):
        return f"gives {found!r:.80} where a {case.wanted.error.__name__} is due"
    return difference(found, case.wanted)


def _wrong_error(error: Exception, wanted: Any) -> str:
    told = f"raises {type(error).__name__}: {first_line(error)}"
    if not isinstance(wanted, Raises):
        return told
    if type(error) is not wanted.error:
        return f"{told}, not {wanted.error.__name__}"
    got = error.got if isinstance(error, TlError) else str(error)
    missing = [text for text in wanted.says if text not in str(error)]
    if missing:
        return f"{told}, without a word of {missing[0]}"
    return "" if wanted.got in (None, got) else f"{told}, and that it got {got!r}, not {wanted.got!r}"


def difference(found: Any, wanted: Any) -> str:
    """How an answer differs from what is due, where arrays stand for tensors; empty when it does not.

    >>> difference(tl.tensor([1.0, 2.0]), np.array([1.0, 2.0]))
    ''
    >>> difference((tl.tensor(1.0),), (np.float64(2.0),))
    '[0] is 1.0, not 2.0'
    """
    if isinstance(wanted, (np.ndarray, np.generic)):
        return _difference_of_arrays(found, np.asarray(wanted))
    if type(found) is not type(wanted):
        return f" is a {type(found).__name__}, not a {type(wanted).__name__}"
    if isinstance(wanted, dict):
        if found.keys() != wanted.keys():
            return f" has keys {list(found)}, not {list(wanted)}"
        return next((f"[{k!r}]{told}" for k in wanted if (told := difference(found[k], wanted[k]))), "")
    if isinstance(wanted, (tuple, list)):
        if len(found) != len(wanted):
            return f" has {len(found)} entries, not {len(wanted)}"
        pairs = enumerate(zip(found, wanted, strict=True))
        return next((f"[{k}]{told}" for k, (x, y) in pairs if (told := difference(x, y))), "")
    return "" if found == wanted else f" is {found!r}, not {wanted!r}"


def _difference_of_arrays(found: Any, wanted: Array) -> str:
    if not isinstance(found, Tensor) or not isinstance(found._value, np.ndarray):
        return f" is {found!r:.80}, not a tensor that is known"
    got = found.numpy()
    if (got.dtype, got.shape) != (wanted.dtype, wanted.shape):
        return f" is {got.dtype}{list(got.shape)}, not {wanted.dtype}{list(wanted.shape)}"
    same = np.array_equal(got, wanted) and (got.dtype != object or all(map(_alike, got.flat, wanted.flat)))
    return "" if same else f" is {got.tolist()}, not {wanted.tolist()}"


def _alike(x: Any, y: Any) -> bool:
    """Whether two exact numbers are of one kind: a fraction and an integer are."""
    return isinstance(x, (int, Fraction)) is isinstance(y, (int, Fraction))


def counted(call: Callable[[], Any], path: str) -> tuple[Any, int]:
    """The answer of a call, and how many functions of that file it ran."""
    ran = 0

    def count(frame: types.FrameType, event: str, argument: Any) -> None:
        nonlocal ran
        ran += event == "call" and frame.f_code.co_filename == path

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        answer = call()
    finally:
        sys.setprofile(before)
    return answer, ran


def forgotten(make: Callable[[], Tensor], call: Callable[[Tensor], Any]) -> bool:
    """Whether nothing keeps the array of a tensor after a call with it, but for what the call gave."""
    x = make()
    array = weakref.ref(x.numpy())
    answer = call(x)
    del x
    gc.collect()
    return answer is not None and array() is None


def counting(first: int, *shape: int, dtype: Any = np.float64) -> Array:
    """An array of consecutive whole numbers."""
    return np.arange(first, first + int(np.prod(shape, dtype=int))).astype(dtype).reshape(shape)


def as_tensors(tree: Any) -> Any:
    """A tree with tensors for its arrays."""
    return tree_map(lambda x: tl.tensor(x) if isinstance(x, np.ndarray) else x, tree)


def as_fractions(x: Any) -> Any:
    """An array of floats as one of fractions; integers and truth values stay what they are."""
    if not isinstance(x, (np.ndarray, np.generic)) or x.dtype.kind != "f":
        return x
    exact = np.empty(x.shape, object)
    exact[...] = np.vectorize(Fraction, otypes=[object])(x) if x.size else exact
    return exact


def as_single(x: Any) -> Any:
    """An array of floats in single precision."""
    return x.astype(np.float32) if isinstance(x, (np.ndarray, np.generic)) and x.dtype.kind == "f" else x


Function = Callable[..., Any]

ARRAYS, FRACTIONS, SINGLE = "of arrays", "of fractions", "in single precision"


def everywhere(
    entry: str, what: str, f: Function, args: tuple[Any, ...], wanted: Any, but: tuple[str, ...] = ()
) -> Iterator[Case]:
    """f at arguments with arrays for tensors: as it is, of arrays, fractions and single floats, and inside of the rest.

    Inside of a program, which must be well formed, it is called twice, and inside of a batch other arguments stand
    before these. ``but`` names what f does not take: ARRAYS, FRACTIONS or SINGLE.
    """
    tensors = as_tensors(args)
    yield Case(entry, what, lambda: f(*tensors), wanted)
    if ARRAYS not in but:
        yield Case(entry, f"{what}, {ARRAYS}", lambda: f(*args), wanted)
    for name, cast in ((FRACTIONS, as_fractions), (SINGLE, as_single)):
        if name not in but:
            kind = tree_map(cast, args)
            yield Case(entry, f"{what}, {name}", lambda kind=kind: f(*as_tensors(kind)), tree_map(cast, wanted))
    yield Case(entry, f"{what}, in a program", lambda: _in_a_program(f, tensors), wanted)
    narrow = as_tensors(args if SINGLE in but else tree_map(as_single, args))
    yield Case(entry, f"{what}, the form of the program", lambda: malformed(tl.compile(f).graph(*narrow)), "")
    yield Case(entry, f"{what}, in a batch", lambda: _in_a_batch(f, args), wanted)


def inside_of_modes(entry: str, what: str, f: Function, args: tuple[Any, ...], wanted: Any) -> Iterator[Case]:
    """The value of f inside of forward and reverse mode, and along tangents of its own."""
    tensors = as_tensors(args)
    yield Case(entry, f"{what}, in forward mode", lambda: tl.jvp(f, tensors, tensors)[0], wanted)
    yield Case(entry, f"{what}, in reverse mode", lambda: tl.vjp(f, *tensors)[0], wanted)
    yield Case(entry, f"{what}, in linearize", lambda: tl.linearize(f, *tensors)[0], wanted)


def _in_a_program(f: Function, args: Any) -> Any:
    program = tl.compile(f)
    program(*args)
    return program(*args)


def _in_a_batch(f: Function, args: Any) -> Any:
    """The second of two examples; what is no array is no part of the batch."""
    arrays = [x for x in tree_flatten(args)[0] if isinstance(x, np.ndarray)]
    pairs = [tl.tensor(np.stack((x - x if x.dtype.kind == "f" else x, x))) for x in arrays]

    def of_arrays(*arrays: Tensor) -> Any:
        given = iter(arrays)
        return f(*tree_map(lambda x: next(given) if isinstance(x, np.ndarray) else x, args))

    return tree_map(lambda y: y[1], tl.vmap(of_arrays)(*pairs))


def refused(
    entry: str, what: str, error: type[Exception], call: Callable[..., Any], got: str | None = None, *says: str
) -> Case:
    """A call that must raise, what the error must say that it got, and what else."""
    return Case(entry, what, call, Raises(error, got, says))


def rows_of(cases: Iterable[Case]) -> Iterator[Row]:
    """The rows of several cases."""
    return map(row_of, cases)
