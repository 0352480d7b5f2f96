"""What a random program is: functions and classes as lines of text that know what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Array:
    """`Float[Tensor, "n m"]`."""

    dtype: str
    axes: tuple[str, ...]

    def text(self, array: str) -> str:
        return f'{self.dtype}[{array}, "{" ".join(self.axes)}"]'


@dataclass(frozen=True)
class Parameter:
    """A parameter, or a field of a class."""

    name: str
    kind: str
    """array, optional, int, flag, object, callable."""
    array: Array | None = None
    owner: str = ""
    """The class of an object, or the function that a Callable was taken from."""
    text: str = ""
    """The annotation, when it is not that of an array."""

    def annotation(self, array: str) -> str:
        written = self.text or (self.array.text(array) if self.array is not None else "")
        if self.kind == "optional":
            return f"{written} | None = None"
        return {"int": "int", "flag": "bool"}.get(self.kind, written)


@dataclass(frozen=True)
class Line:
    """A line of a body."""

    text: str
    reveal: str = ""
    """A variable whose type mypy is asked for at the end of the line."""
    check: tuple[str, str] = ("", "")
    """A variable and its annotation, which is held against its value when the program runs."""


@dataclass(frozen=True)
class Statement:
    """What is dropped as a whole when a program shrinks."""

    lines: tuple[Line, ...]
    kind: str
    operations: tuple[str, ...] = ()


@dataclass(frozen=True)
class Function:
    """A function, or a method when it has an owner."""

    name: str
    parameters: tuple[Parameter, ...]
    statements: tuple[Statement, ...]
    returns: str
    owner: str = ""
    unwritten: bool = False
    """Whether it holds a value whose shape no annotation can say."""

    @property
    def kinds(self) -> frozenset[str]:
        """The kinds of its parameters."""
        return frozenset(p.kind for p in self.parameters)

    def lines(self, array: str) -> list[Line]:
        arguments = [f"{p.name}: {p.annotation(array)}" for p in self.parameters]
        indent = "    " if self.owner else ""
        if self.owner:
            arguments.insert(0, "self")
        head = Line(f"{indent}def {self.name}({', '.join(arguments)}) -> {self.returns}:")
        body = [line for statement in self.statements for line in statement.lines]
        return [head, *(replace(line, text=f"{indent}    {line.text}") for line in body)]


@dataclass(frozen=True)
class Class:
    """A class with annotated fields."""

    name: str
    base: str
    """`tl.Module`, `dataclass` or `NamedTuple`."""
    fields: tuple[Parameter, ...]
    methods: tuple[Function, ...]

    def lines(self, array: str) -> list[Line]:
        head = [Line("@dataclass"), Line(f"class {self.name}:")]
        if self.base != "dataclass":
            head = [Line(f"class {self.name}({self.base}):")]
        head += [Line(f"    {f.name}: {f.annotation(array)}") for f in self.fields]
        return head + [line for method in self.methods for line in method.lines(array)]


@dataclass(frozen=True)
class Program:
    """Definitions in order; each function is run by itself, with sizes of its own."""

    library: str
    """`tl` or `np`."""
    definitions: tuple[Function | Class, ...]
    fault: str = ""
    """What was planted, when something was."""
    open_axes: bool = False
    """Whether annotations leave axes open (`...`, `_`) or cannot say a shape, so that to lose it is no fault."""

    @property
    def array(self) -> str:
        return "Tensor" if self.library == "tl" else "np.ndarray"

    def functions(self) -> Iterator[Function]:
        for definition in self.definitions:
            if isinstance(definition, Class):
                yield from definition.methods
            else:
                yield definition

    def classes(self) -> dict[str, Class]:
        return {d.name: d for d in self.definitions if isinstance(d, Class)}

    def lines(self) -> list[Line]:
        return [line for definition in self.definitions for line in definition.lines(self.array)]

    def owners(self) -> list[str]:
        """For each line, the function that it belongs to: `f` or `C.f`; empty for the head of a class."""
        found: list[str] = []
        for definition in self.definitions:
            if isinstance(definition, Function):
                found += [definition.name] * len(definition.lines(self.array))
                continue
            inner = [f"{m.owner}.{m.name}" for m in definition.methods for _ in m.lines(self.array)]
            found += [""] * (len(definition.lines(self.array)) - len(inner)) + inner
        return found


PRELUDE = """\
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, Float, Float32, Float64, Int, Num, Shaped
"""
PRELUDE_TL = "\nimport tl_dsl as tl\nfrom tl_dsl import Tensor\n"


def prelude(library: str) -> str:
    """The imports at the top of a file of programs."""
    return PRELUDE + (PRELUDE_TL if library == "tl" else "")


def for_mypy(program: Program) -> list[str]:
    """The program as mypy sees it."""
    return [line.text + (f"; reveal_type({line.reveal})" if line.reveal else "") for line in program.lines()]


def for_running(program: Program) -> str:
    """The program as it runs, line for line the same: local annotations are checked, too."""
    lines = []
    for number, line in enumerate(program.lines()):
        variable, annotation = line.check
        checks = f"; _check({variable}, {annotation})" if variable else ""
        lines.append(line.text + checks + (f"; _seen({number}, {line.reveal})" if line.reveal else ""))
    return "\n".join(lines) + "\n"


def for_reading(program: Program) -> str:
    """The program as it can be pasted, with the imports that it needs."""
    body = "\n".join(line.text for line in program.lines()) + "\n"
    lines = []
    for line in prelude(program.library).splitlines():
        if not line:
            continue
        head, _, names = line.rpartition("import ")
        used = [name for name in names.split(", ") if re.search(rf"\b{name.split(' as ')[-1]}\b", body)]
        lines += [f"{head}import {', '.join(used)}"] if used else []
    return "\n".join([*lines, body])
