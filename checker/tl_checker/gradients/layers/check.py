"""What the layers check: an operation at the points of its specification, and the rows that say what was found."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from random import Random
from typing import Any

import numpy as np
from tl_specs import Array, Kinks, Sample, Spec

from tl_checker.gradients.balls import Objects, exactly, precision
from tl_checker.gradients.depth import Depth
from tl_checker.gradients.derivatives import Around, jacobian
from tl_checker.gradients.derived import NESTINGS, Arrays, Derived, Known
from tl_checker.gradients.far import EXTREME, far
from tl_checker.gradients.quotients import value
from tl_checker.gradients.subject import Operation, Subject, subject_at
from tl_checker.gradients.taylor import Taylor
from tl_checker.gradients.verdict import Finding, Row, Verdict, first_line, require_nonzero
from tl_dsl import Tensor


@dataclass(frozen=True, eq=False)
class Case:
    """An operation at one sample. What several layers need is made once."""

    operation: Operation
    sample: Sample
    active: tuple[int, ...]
    seed: str
    depth: Depth
    known: Known

    @property
    def rng(self) -> Random:
        """A generator that starts anew, for every layer the same."""
        return Random(self.seed)

    @cached_property
    def subject(self) -> Subject:
        """The functions of the active operands."""
        return subject_at(self.operation, self.sample, self.active)

    @cached_property
    def computed(self) -> Tensor:
        """The engine's value, on floats."""
        return self.subject.engine(*self.subject.primals_as_tensors())

    @cached_property
    def points(self) -> list[Objects]:
        """The active operands, exactly."""
        return [exactly(x) for x in self.subject.primals]

    @cached_property
    def result(self) -> Objects:
        """The reference's value."""
        with precision(self.depth.bits[0]):
            return value(self.subject.primal, self.points)

    @cached_property
    def jacobian(self) -> list[Objects]:
        """The reference's Jacobian in each active operand, by power series."""
        with precision(self.depth.bits[0]):
            return jacobian(self.subject.primal, self.points, self.result.shape, Taylor())

    @cached_property
    def derived(self) -> Derived:
        """The graphs of the derivatives, traced at float64."""
        return Derived(self.subject, self.result.shape, known=self.known)

    @cached_property
    def at(self) -> Around:
        """The point itself, with directions."""
        with precision(self.depth.bits[0]):
            return Around.of(self.subject, self.derived, self.rng, Taylor(), 0)

    def curved(self, name: str) -> tuple[str, bool]:
        """The key of a derivative of ⟨u, f⟩, or of ⟨u, f²⟩ where the second derivatives of f are zero in an operand."""
        return name, self._flat

    def inputs(self, name: str) -> list[Objects]:
        """What a derivative of that name takes: the point, and its directions."""
        at, nestings = self.at, {one: [self.at.u, *self.at.v] for one in NESTINGS[:3]}
        more: dict[str, list[Objects]] = {"pullback": [at.u], "pushforward": at.v, "hessian": [at.u]}
        return [*at.points, *(more | nestings | {NESTINGS[3]: [*at.v, *at.w]}).get(name, [])]

    def exact(self, name: str, squared: bool = False) -> Arrays:
        """A derivative there, in balls of the first precision; of f² where it is to be squared."""
        if (name, squared) not in self._exact:
            with precision(self.depth.bits[0]):
                self._exact[name, squared] = self.derived[name, squared].exact(self.inputs(name))
        return self._exact[name, squared]

    @cached_property
    def _exact(self) -> dict[tuple[str, bool], Arrays]:
        return {}

    @cached_property
    def _flat(self) -> bool:
        blocks = self.exact("hessian")
        n = len(self.points)
        return any(all(z == 0 for y in blocks[k * n : (k + 1) * n] for z in y.reshape(-1)) for k in range(n))

    @cached_property
    def single(self) -> Case | None:
        """The same in single precision; None where the sample's numbers are not exact in it."""
        operands = [x for x in self.sample.operands if isinstance(x, Array) and kind(x) == "f"]
        if any(float(np.float32(z)) != z for x in operands for z in x.items):
            return None
        return _Single(self.operation, self.sample, self.active, self.seed, self.depth, self.known, self)


@dataclass(frozen=True, eq=False)
class _Single(Case):
    double: Case

    @cached_property
    def subject(self) -> Subject:
        return subject_at(self.operation, self.sample, self.active, np.float32)

    @cached_property
    def result(self) -> Objects:
        return self.double.result

    @cached_property
    def jacobian(self) -> list[Objects]:
        return self.double.jacobian

    @cached_property
    def derived(self) -> Derived:
        return Derived(self.subject, self.result.shape, self.computed.dtype, self.known)


@dataclass(frozen=True)
class OperationCheck:
    """An operation, its specification, and the samples to try it at: ``heavy`` of them for the dear layers."""

    operation: Operation
    spec: Spec
    seed: int
    samples: list[Sample]
    depth: Depth
    known: Known = field(default_factory=dict)

    @cached_property
    def cases(self) -> list[Case]:
        """The samples with operands that carry derivatives."""
        pairs = zip(self.samples, self._active, strict=True)
        return [self._case(s, active, k) for k, (s, active) in enumerate(pairs) if active]

    @cached_property
    def heavy(self) -> list[Case]:
        """Those for the dear layers."""
        return spread(self.cases, self.depth.heavy)

    @cached_property
    def valued(self) -> list[Case]:
        """All samples, as functions of every operand of floats."""
        return [self._case(s, floats(s), k) for k, s in enumerate(self.samples)]

    @cached_property
    def extreme(self) -> list[Case]:
        """A point so far out that exponentials overflow, as a function of every operand of floats."""
        inside = [s for s in self.samples if not self.spec.outside(s)]
        return [self._case(s, floats(s), k) for k, s in enumerate(far(self.spec, inside, EXTREME))]

    @cached_property
    def constant(self) -> list[Sample]:
        """The samples without operands that carry derivatives."""
        return [s for s, active in zip(self.samples, self._active, strict=True) if not active]

    @cached_property
    def _active(self) -> list[tuple[int, ...]]:
        return [self.spec.active(s) for s in self.samples]

    @cached_property
    def _arguments(self) -> list[str]:
        """What the operands are called, of the sample that has most."""
        count = max((len(sample.operands) for sample in self.samples), default=0)
        return [self.operation.argument(k) for k in range(count)]

    @property
    def jump(self) -> Kinks | None:
        """What the specification says of an operation that moves in jumps only."""
        return next((kinks for kinks in self.spec.kinks if kinks.rule.startswith("a jump")), None)

    def _case(self, sample: Sample, active: tuple[int, ...], number: int) -> Case:
        seed = f"{self.seed} {self.operation.target} {number}"
        return Case(self.operation, sample, active, seed, self.depth, self.known)

    def complete(self, rows: list[Row], layer: str, modes: tuple[str, ...]) -> list[Row]:
        """The rows, with a failed one for each operand and mode that has none: nothing is left out in silence."""
        operands = {k for case in self.cases for k in case.active}
        wanted = {self.row(layer, k, mode).key: self.row(layer, k, mode) for k in sorted(operands) for mode in modes}
        if any(row.verdict is Verdict.FAIL and not row.argument for row in rows):
            return rows  # the operation itself failed, and says so
        found = {row.key for row in rows}
        return rows + [require_nonzero(row) for key, row in wanted.items() if key not in found]

    def row(self, layer: str, argument: int | None, mode: str, verdict: Verdict = Verdict.PASS) -> Row:
        """A row about one operand, or about none, without counts."""
        name = "" if argument is None else self._arguments[argument]
        return Row(self.operation.target, self.operation.name, layer, name, mode, verdict)

    def failed(self, row: Row, at: str, what: str, verdict: Verdict = Verdict.FAIL) -> Row:
        """The row with one finding."""
        return row._replace(verdict=verdict, findings=(Finding(what, at, self.operation.target),))

    def settled(self, row: Row) -> Row:
        """Zeros alone verify nothing, but for an operation whose specification says that it moves in jumps only."""
        if row.verdict is Verdict.PASS and not row.nonzero and self.jump:
            note = f"{self.jump.where}: {self.jump.rule}"
            return row._replace(verdict=Verdict.NOT_DIFFERENTIABLE, note=note)
        return require_nonzero(row)


def spread(items: list[Any], count: int | None) -> list[Any]:
    """Some of them, from all over the list; all for None.

    >>> spread([0, 1, 2, 3, 4], 3)
    [0, 2, 4]
    """
    if count is None or count >= len(items):
        return items
    return [items[k * (len(items) - 1) // max(count - 1, 1)] for k in range(count)]


def floats(sample: Sample) -> tuple[int, ...]:
    """The operands that are arrays of floats."""
    return tuple(k for k, x in enumerate(sample.operands) if isinstance(x, Array) and kind(x) == "f")


def kind(x: Array) -> str:
    """The kind of numbers, in numpy's letters; an empty array counts as one of floats."""
    return "f" if not x.items or isinstance(x.items[0], float) else "b" if isinstance(x.items[0], bool) else "i"


def told(error: Exception) -> str:
    """An exception in one line."""
    return f"{type(error).__name__}: {first_line(error)}"
