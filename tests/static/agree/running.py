"""Running programs under jaxtyping and beartype, each function by itself with all its sizes."""

from __future__ import annotations

import contextlib
import functools
import math
import re
import resource
import sys
import types
import warnings
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from beartype import beartype
from jaxtyping import jaxtyped

import tl_dsl as tl
from tests.static.agree.of_values import is_of_values
from tests.static.agree.program import Array, Class, Function, Parameter, Program, for_running, prelude
from tests.static.agree.sizes import Sizes, assignments, value
from tl_dsl.typed import typed

FILE = "<program>"
MODULE = "agree_program"
ELEMENTS = 300_000
"""Programs whose arrays grow beyond this are not drawn."""
MEMORY = 4 << 30
"""Bytes that a run may take: with sizes it was not drawn for, a program may ask for more than the machine has."""
OPEN_RUNS = ((2,), (), (3, 2))
RETURNED = re.compile(r"checking the return value of (?:\w+\.)*?((?:C\w*\.)?\w+)\.\n|^the result of ([\w.]+) must")


@dataclass(frozen=True)
class Failure:
    """A run that failed: where, and with which sizes of the function that was run and of the one that failed."""

    sizes: Sizes
    lines: frozenset[int]
    text: str
    runner: str
    """The function that was run."""
    inner: Sizes | None = None
    """The sizes in the function where it failed, when another one was run."""


@dataclass
class Execution:
    """What happened in all runs of a program."""

    failures: list[Failure] = field(default_factory=list)
    seen: dict[int, list[tuple[Sizes, tuple[int, ...]]]] = field(default_factory=dict)
    """The shapes of variables at the ends of lines."""
    passed: list[tuple[str, Sizes]] = field(default_factory=list)
    """The functions and sizes of the runs that did not fail."""
    runs: int = 0
    broken: str = ""
    """Why the program could not be defined at all."""


@functools.lru_cache(maxsize=2)
def _prelude(library: str) -> dict[str, Any]:
    names: dict[str, Any] = {}
    exec(prelude(library), names)
    return names


@functools.lru_cache(maxsize=4096)
def numbers(shape: tuple[int, ...], dtype: str, small: bool) -> np.ndarray[Any, Any]:
    """The elements of an argument: positive floats, valid indices, or booleans."""
    count = math.prod(shape)
    if dtype.startswith("Int"):
        return np.zeros(shape, np.int64)
    if dtype.startswith("Bool"):
        return np.asarray(np.arange(count).reshape(shape) % 2 == 0)
    kind = np.float32 if dtype == "Float32" or (dtype == "Float" and small) else np.float64
    return (0.6 + 0.5 * np.cos(np.arange(count) ** 2)).reshape(shape).astype(kind)


def concrete(axes: tuple[str, ...], sizes: Sizes, owner: str) -> tuple[int, ...]:
    """A shape that satisfies the axes of an annotation."""
    shape: list[int] = []
    for place, axis in enumerate(axes):
        salt = sizes.number + place + len(owner)
        if axis == "...":
            shape += OPEN_RUNS[salt % len(OPEN_RUNS)]
        elif axis.startswith("_"):
            shape.append(2 + salt % 3)
        elif axis.startswith("*"):
            shape += sizes.runs[axis[1:]]
        elif axis.startswith("#"):
            shape.append(1 if salt % 3 == 0 else value(axis[1:], sizes.names))
        else:
            shape.append(value(axis.partition("=")[2] or axis, sizes.names))
    return tuple(shape)


def array(spec: Array, sizes: Sizes, name: str, library: str) -> Any:
    """An argument for an annotation."""
    made = numbers(concrete(spec.axes, sizes, name), spec.dtype, (sizes.number + len(name)) % 2 == 1)
    return tl.tensor(made) if library == "tl" else made.copy()


def argument(parameter: Parameter, sizes: Sizes, program: Program, names: dict[str, Any]) -> Any:
    """A value for a parameter."""
    match parameter.kind:
        case "int":
            return sizes.values[parameter.name]
        case "flag":
            return sizes.flag
        case "optional" if not sizes.given:
            return None
        case "object":
            owner = program.classes()[parameter.owner]
            return names[owner.name](*(argument(f, sizes, program, names) for f in owner.fields))
        case "callable":
            return names[parameter.owner]
    assert parameter.array is not None
    return array(parameter.array, sizes, parameter.name, program.library)


def define(program: Program, source: str | None = None) -> dict[str, Any]:
    """The program's names, with every function and method checked."""
    names = dict(_prelude(program.library), __name__=MODULE, _check=_check, _seen=lambda line, value: None)
    module = sys.modules.setdefault(MODULE, types.ModuleType(MODULE))
    vars(module).update(names)
    exec(compile(source or for_running(program), FILE, "exec", dont_inherit=True), names)
    for definition in program.definitions:
        names[definition.name] = checked(definition, names[definition.name])
    return names


def checked(definition: Function | Class, defined: Any) -> Any:
    """A function under jaxtyping and beartype; methods see the axes of their fields, too."""
    if isinstance(definition, Function):
        return jaxtyped(defined, typechecker=beartype)
    fields = tuple((f.name, defined.__annotations__[f.name]) for f in definition.fields if f.array is not None)
    if definition.base != "tl.Module":
        defined._annotated_fields = lambda: fields
    if definition.base == "NamedTuple":
        return defined
    defined = typed(defined)
    return jaxtyped(defined, typechecker=beartype) if definition.base == "dataclass" else defined


def _check(found: Any, annotation: Any) -> None:
    if not isinstance(found, annotation):
        raise TypeError(f"a local annotation does not hold: {getattr(found, 'shape', found)} is not {annotation}")


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """Values do not matter here, and are not printed: messages hold every argument of a call that fails."""
    printed = tl.Tensor.__repr__
    tl.Tensor.__repr__ = lambda tensor: f"Tensor{list(tensor.shape)}"  # type: ignore[method-assign]
    short = np.printoptions(threshold=2, edgeitems=1)
    try:
        with short, np.errstate(all="ignore"), warnings.catch_warnings(), tl.config(domain="ignore"):
            warnings.simplefilter("ignore")
            yield
    finally:
        tl.Tensor.__repr__ = printed  # type: ignore[method-assign]


@contextlib.contextmanager
def limited() -> Iterator[None]:
    """What needs too much memory raises MemoryError."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def execute(program: Program, *, sizes: Callable[[Collection[str]], list[Sizes]] = assignments) -> Execution:
    """Run every function of a program with every choice of sizes."""
    execution = Execution()
    try:
        names = define(program)
    except Exception as error:
        execution.broken = f"{type(error).__name__}: {error}"
        return execution
    owners, source = program.owners(), for_running(program)
    with quiet(), limited():
        for function in program.functions():
            for choice in sizes(function.kinds):
                execution.runs += 1
                own = {i for i, owner in enumerate(owners) if owner == _named(function)}
                names["_seen"] = functools.partial(_note, execution.seen, choice, own)
                try:
                    _call(function, choice, program, names)
                    execution.passed.append((_named(function), choice))
                except Exception as error:
                    if not is_of_values(error, source, FILE):
                        execution.failures.append(_failure(error, function, choice, program))
    return execution


def _note(seen: dict[int, Any], sizes: Sizes, own: set[int], line: int, found: Any) -> None:
    if line in own and hasattr(found, "shape"):
        seen.setdefault(line, []).append((sizes, found.shape))


def _call(function: Function, sizes: Sizes, program: Program, names: dict[str, Any]) -> Any:
    arguments = [argument(p, sizes, program, names) for p in function.parameters]
    if not function.owner:
        return names[function.name](*arguments)
    owner = program.classes()[function.owner]
    itself = argument(Parameter("self", "object", owner=owner.name), sizes, program, names)
    return getattr(itself, function.name)(*arguments)


def _failure(error: Exception, function: Function, sizes: Sizes, program: Program) -> Failure:
    """Where a run failed: the last line of the program that was reached, or the result of a function."""
    where, inner = None, None
    trace = error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == FILE:
            where, inner = trace.tb_lineno - 1, trace.tb_frame
        trace = trace.tb_next
    text = f"{type(error).__name__}: {_short(str(error))}"
    returned = RETURNED.search(str(error))
    owners, lines = program.owners(), [line.text.strip() for line in program.lines()]
    if returned is not None:
        name = returned[1] or returned[2]
        places = {i for i, line in enumerate(lines) if owners[i] == name and line.startswith("return")}
        return Failure(sizes, frozenset(places), text, _named(function), None if _named(function) == name else sizes)
    own = where is None or owners[where] == _named(function)
    where_inner = None if own or inner is None else sizes
    return Failure(sizes, frozenset([] if where is None else [where]), text, _named(function), where_inner)


def _named(function: Function) -> str:
    return f"{function.owner}.{function.name}" if function.owner else function.name


def _short(text: str) -> str:
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("[")]
    kept = [line for line in lines if line.startswith(("Type-check", "The problem", "Expected", "  got"))]
    return "; ".join([lines[0] if lines else "", *kept[:3]])[:300]
