"""Finding the operation at fault: the rules of each instruction of a graph, and of its derivatives, one by one.

The rules are looked at in the order in which they rest on each other: kernels, on which everything is built; the jvp
rules of the graph and the transpose rules of its tangents, which make first derivatives; the rules of those, which make
second ones; the derivatives of rules; batching rules. The first of these levels with a fault has the culprit. When none
has, the fault lies in what puts the rules together.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from random import Random
from typing import Any

from tl_checker.gradients.balls import precision
from tl_checker.gradients.instruction import Floats, Instruction
from tl_checker.gradients.reproduce import of_rule
from tl_checker.gradients.rule_linearity import linearity_fault
from tl_checker.gradients.rules import (
    RuleFault,
    batch_fault,
    cotangent_fault,
    float_fault,
    kernel_fault,
    pulled_fault,
    pulled_slope_fault,
    slope_fault,
    tangent_fault,
    transposed_slope_fault,
)
from tl_checker.gradients.scene import Met, Scene
from tl_checker.gradients.shrink import shrunk
from tl_checker.gradients.verdict import Row, Verdict
from tl_dsl.autodiff.custom_calls import CUSTOM_VJP, Call
from tl_dsl.graph import Graph

BITS = 400

ROUNDED = -44.0
"""An error of a user's rule below 2 to this power is that of a constant rounded to float64, made a little larger."""

ROUNDING = (
    "so small an error is that of a constant rounded to float64: write it exactly, as Fraction(1, 3), or "
    "the same number in the function and in its rule"
)


@dataclass(frozen=True)
class Culprit:
    """An operation whose rule is wrong at the operands that it met, the line of the graph, and the user's line."""

    instruction: Instruction
    fault: RuleFault
    line: str
    source: str
    check: Callable[[Instruction], RuleFault | None] = field(compare=False, repr=False)

    @cached_property
    def smallest(self) -> tuple[Instruction, RuleFault]:
        """The instruction at the smallest operands that show the fault, and the fault there."""
        return shrunk(self.instruction, self.fault, self.check)

    @cached_property
    def reproduction(self) -> str:
        """A program to paste that shows it there."""
        return of_rule(*self.smallest)

    @property
    def is_rounding(self) -> bool:
        """Whether it is a rule of the user's, wrong by no more than rounding."""
        error = self.fault.relative
        return self.instruction.op.call and error is not None and error < ROUNDED

    @property
    def operation(self) -> str:
        """The primitive's name; for a function with a rule of its own, that function's."""
        op = self.instruction.op
        return f"{self.instruction.params['call']!r} ({op.name})" if op.call else op.name

    def __str__(self) -> str:
        operand = f" in {self._named(self.fault.operand)}" if self.fault.operand is not None else ""
        place = f" ({self.fault.place})" if self.fault.place else ""
        return f"the {self.fault.rule} of {self.operation}{operand} is wrong{place}: {self.fault.error}"

    def _named(self, operand: int) -> str:
        if not self.instruction.op.call:
            return f"operand {operand}"
        call: Call = self.instruction.params["call"]
        return f"argument {call.rules.arguments[operand]}"


Check = Callable[[Met], RuleFault | None]


def inaccurate(row: Row) -> Row:
    """A row of rules that are wrong by no more than rounding."""
    findings = tuple(dataclasses.replace(f, what=f"{f.what}; {ROUNDING}") for f in row.findings)
    return row._replace(verdict=Verdict.INACCURATE, findings=findings)


def culprits(graph: Graph, inputs: Sequence[Floats], wrt: int, levels: Levels | None = None) -> list[Culprit]:
    """The operations at fault in a traced graph at these inputs, of which the first ``wrt`` are differentiated.

    ``levels`` (by default `RULES` and `RULES_OF_RULES`) say what is looked at. Empty when the rules are right: then the
    fault lies in what puts them together.
    """
    scene = Scene(graph, inputs, wrt)
    with precision(BITS):
        for level in (*RULES, *RULES_OF_RULES) if levels is None else levels:
            found: list[Culprit] = []
            for part, check in level:
                try:
                    met = part(scene)
                except Exception:  # some rule of a level below does not even fit: that level, or the composition, tells
                    continue
                found += _faults(met, check)
            if found:
                return found
    return []


def tangents(met: Met) -> RuleFault | None:
    """What is wrong with the rule for tangents of an instruction that was met, or with a user's for reverse mode."""
    if met.instruction.op is CUSTOM_VJP:
        return pulled_fault(met.instruction, _rng(met)) or _linear(met)
    return tangent_fault(met.instruction, _rng(met)) or _linear(met)


def _linear(met: Met) -> RuleFault | None:
    """Whether a rule of the user's is linear in what it is given; those of operations are transposed, and told so."""
    return linearity_fault(met.instruction, _rng(met)) if met.instruction.op.call else None


def _cotangents(met: Met) -> RuleFault | None:
    return cotangent_fault(met.instruction, _rng(met), met.linear)


def _slopes(met: Met) -> RuleFault | None:
    if met.instruction.op is CUSTOM_VJP:
        return pulled_slope_fault(met.instruction, _rng(met))
    return slope_fault(met.instruction, _rng(met)) or transposed_slope_fault(met.instruction, _rng(met), met.linear)


def _kernels(met: Met) -> RuleFault | None:
    if met.instruction.op.call:
        return None  # it has the kernels of what is inside
    return kernel_fault(met.instruction)


def _batches(met: Met) -> RuleFault | None:
    return (
        batch_fault(met.instruction) if met.instruction.op.batch is not None and not met.instruction.op.call else None
    )


def _float_kernels(met: Met) -> RuleFault | None:
    if met.instruction.op.call:
        return None
    return float_fault(met.instruction)


Levels = tuple[tuple[tuple[Callable[[Scene], list[Met]], Check], ...], ...]

RULES: Levels = (
    ((lambda scene: scene.values, _kernels),),
    ((lambda scene: scene.pushed, _kernels),),
    ((lambda scene: scene.primal, tangents), (lambda scene: scene.pushed, _cotangents)),
    ((lambda scene: scene.pulled_and_pushed, _kernels),),
    ((lambda scene: scene.pushed, tangents), (lambda scene: scene.pulled, tangents),
     (lambda scene: scene.pulled_and_pushed, _cotangents)),
)  # fmt: skip
"""Kernels and rules, each run by itself."""

RULES_OF_RULES: Levels = (
    ((lambda scene: scene.primal, _slopes), (lambda scene: scene.pulled_and_pushed, _slopes)),
    ((lambda scene: scene.pulled_and_pushed, _batches),),
)
"""What needs a transform to be looked at: derivatives of rules, and batching rules."""

FLOAT_KERNELS: Levels = (
    ((lambda scene: scene.values, _float_kernels),),
    ((lambda scene: scene.pulled_and_pushed, _float_kernels),),
)
"""Kernels on floats."""


def _faults(met: Sequence[Met], check: Check) -> list[Culprit]:
    """One culprit for each operation, rule and operand."""
    found: dict[Any, Culprit] = {}
    for one in met:
        fault = check(one)
        if fault is not None:
            key = one.instruction.op.name, str(one.instruction.params.get("call")), fault.rule, fault.operand
            found.setdefault(key, Culprit(one.instruction, fault, one.line, one.source, partial(_again, one, check)))
    return list(found.values())


def _again(met: Met, check: Check, instruction: Instruction) -> RuleFault | None:
    """The same check at other operands."""
    return check(dataclasses.replace(met, instruction=instruction))


def _rng(met: Met) -> Random:
    return Random(f"{met.instruction.op.name} {met.line}")
