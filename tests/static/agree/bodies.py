"""Drawing the body of a function: every line is run with all sizes as it is drawn, and kept when it works."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from tests.static.agree.fitting import Fitter
from tests.static.agree.program import Array, Class, Function, Line, Parameter, Program, Statement
from tests.static.agree.running import ELEMENTS, argument
from tests.static.agree.sizes import Sizes, assignments, is_revealing
from tests.static.agree.templates import TEMPLATES, Template

KINDS = {"f": "Float", "i": "Int", "b": "Bool"}
TRIES = 14


def kind_of(value: Any) -> str:
    """f, i or b for arrays, g for numpy's scalars, n for ints, o for objects; empty for what is not used further."""
    if isinstance(value, np.generic):
        return "g"
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return str(value.dtype.kind)
    if isinstance(value, int) and not isinstance(value, bool):
        return "n"
    return "o" if type(value).__name__.startswith("C") else ""


@dataclass
class Body:
    """A function in the making: its variables under each choice of sizes, None where a run has failed."""

    rng: random.Random
    program: Program
    globals: dict[str, Any]
    parameters: tuple[Parameter, ...]
    itself: Class | None = None
    choices: list[Sizes] = field(default_factory=list)
    envs: list[dict[str, Any] | None] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    count: int = 0
    operations: list[str] = field(default_factory=list)
    unwritten: bool = False
    """Whether a value has a shape that no annotation can say."""

    def __post_init__(self) -> None:
        self.choices = assignments({p.kind for p in self.parameters})
        for sizes in self.choices:
            env = {p.name: argument(p, sizes, self.program, self.globals) for p in self.parameters}
            if self.itself is not None:
                whole = Parameter("self", "object", owner=self.itself.name)
                env["self"] = argument(whole, sizes, self.program, self.globals)
            self.envs.append(env)
        self.variables = [p.name for p in self.parameters if p.kind in ("array", "int")]
        if self.itself is not None:
            self.variables += [f"self.{f.name}" for f in self.itself.fields if f.kind == "array"]

    @property
    def library(self) -> str:
        return self.program.library

    # -- what is known of variables

    def alive(self) -> list[int]:
        return [i for i, env in enumerate(self.envs) if env is not None]

    def values(self, name: str) -> dict[int, Any]:
        """A variable's value in every run that goes on."""
        found = {}
        for i in self.alive():
            whole: Any = self.envs[i]
            for part, rest in [name.partition(".")[::2]]:
                whole = whole[part]
                whole = getattr(whole, rest) if rest else whole
            found[i] = whole
        return found

    def of_kind(self, kinds: str) -> list[str]:
        """The variables of a kind, the recent ones more often."""
        first = self.alive()[0]
        found = []
        for name in self.variables:
            whole: Any = self.envs[first]
            head, _, rest = name.partition(".")
            value = getattr(whole[head], rest) if rest else whole[head]
            if kind_of(value) in kinds:
                found.append(name)
        return found + found[-3:]

    # -- running

    def attempt(self, code: str, within: list[int] | None = None) -> dict[int, Any] | None:
        """The value of an expression in every run; None when it fails for sizes that do not agree by chance."""
        compiled = compile(code, "<drawn>", "eval")
        found: dict[int, Any] = {}
        died = []
        for i in self.alive() if within is None else within:
            try:
                value = eval(compiled, self.globals, self.envs[i])
                if getattr(value, "size", 0) > ELEMENTS:
                    return None
                found[i] = value
            except Exception:
                if is_revealing(self.choices[i]):
                    return None
                died.append(i)
        for i in died:
            self.envs[i] = None
        return found or None

    def assign(self, name: str, values: dict[int, Any]) -> None:
        for i, value in values.items():
            env = self.envs[i]
            if env is not None:
                env[name] = value
        if name not in self.variables:
            self.variables.append(name)

    def fresh(self, prefix: str = "t") -> str:
        self.count += 1
        return f"{prefix}{self.count}"

    # -- code

    def expression(self, depth: int = 0) -> str:
        """An expression of a random operation, which may fail."""
        rows = TEMPLATES[self.library]
        template: Template = self.rng.choices(rows, [row.weight for row in rows])[0]
        self.operations.append(template.operation)
        return re.sub(r"\{(\w)\}", lambda match: self.fill(match[1], depth), template.code)

    def fill(self, hole: str, depth: int) -> str:
        rng = self.rng
        match hole:
            case "a" | "c":
                return str(rng.choice([-1, -1, 0, 0, 1, 1, -2, 2]))
            case "w":
                return str(rng.choice([1, 2, 2, 3, 4]))
            case "p":
                order = list(range(rng.choice([2, 2, 3, 3, 4])))
                rng.shuffle(order)
                return f"({', '.join(map(str, order))})"
            case "s" | "u":
                return self.size()
            case "i":
                found = self.of_kind("i")
                if found and rng.random() < 0.7:
                    return rng.choice(found)
                shape = rng.choice(["3", "(2, 3)", f"({self.size()},)"])
                return f"{self.library}.zeros({shape}, dtype={self.library}.int64)"
            case "q":
                found = self.of_kind("b")
                return rng.choice(found) if found and rng.random() < 0.8 else f"({self.fill('x', 1)} > 0.5)"
        if depth == 0 and rng.random() < 0.12:
            return f"({self.expression(depth + 1)})"
        return rng.choice(self.of_kind("f") or [f"{self.library}.ones((2, 3))"])

    def size(self) -> str:
        """An int."""
        rng = self.rng
        arrays = self.of_kind("fib")
        ints = self.of_kind("n")
        choices = [str(rng.choice([1, 2, 3, 4, 6]))]
        if arrays:
            one = rng.choice(arrays)
            choices += [f"len({one})", f"{one}.shape[0]", f"{one}.shape[-1]", f"{one}.shape[{rng.choice([1, -2])}]"]
            choices += [f"{one}.size"] if rng.random() < 0.3 else []
        choices += ints * 2
        text = rng.choice(choices)
        if rng.random() < 0.25 and not text.isdigit():
            text += rng.choice([" * 2", " + 1", " // 2", " - 1", " + 3", f" * {rng.choice(choices)}"])
        return text

    # -- fitting

    def fitter(self, exclude: frozenset[str] = frozenset()) -> tuple[Fitter, list[int], str]:
        arrays = [p.array for p in self.parameters if p.array is not None]
        if self.itself is not None:
            arrays += [f.array for f in self.itself.fields if f.array is not None]
        axes = [axis for a in arrays for axis in a.axes]
        bound = [a.partition("=")[0] for a in axes if re.fullmatch(r"[a-z](=\w+)?", a)]
        bound += [f"{{{p.name}}}" for p in self.parameters if p.kind == "int"]
        optional = [a[1:] for a in axes if a.startswith("#")]
        runs = [i for i in self.alive() if is_revealing(self.choices[i])]
        fitter = Fitter(dict.fromkeys(bound), [self.choices[i] for i in runs], dict.fromkeys(optional))
        return fitter, runs, "b" if "*b" in axes else ""

    def accepts(self, values: dict[int, Any]) -> bool:
        """Whether an annotation can say the shape of a value; others are drawn seldom."""
        fitter, runs, run = self.fitter()
        shapes = [values[i].shape for i in runs if i in values]
        if len(shapes) < len(runs) or fitter.shape(shapes, run) is not None:
            return True
        if self.rng.random() < 0.97:
            return False
        self.unwritten = True
        return True

    def annotation(self, name: str) -> Array | None:
        """An annotation that the variable satisfies."""
        fitter, runs, run = self.fitter()
        values = self.values(name)
        kinds = {kind_of(values[i]) for i in runs}
        if len(kinds) != 1 or (kind := kinds.pop()) not in KINDS:
            return None
        if self.library == "np" and any(values[i].shape == () for i in runs):
            return None  # a scalar of numpy is no array
        axes = fitter.shape([values[i].shape for i in runs], run)
        return None if axes is None else Array(KINDS[kind], axes)


def simple(line: str, kind: str, operations: list[str], reveal: str = "") -> Statement:
    """A statement of one line."""
    return Statement((Line(line, reveal),), kind, tuple(operations))


def returning(function: Function) -> str:
    """The text after `return` in the last line."""
    return function.statements[-1].lines[-1].text.strip().removeprefix("return ")
