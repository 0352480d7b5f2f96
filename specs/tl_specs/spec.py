"""What a specification of an operation consists of: its primal, its domain, its kinks and the points to try it at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from random import Random
from typing import Any

from tl_specs.array import Array

Params = dict[str, Any]
Primal = Callable[..., Array]


@dataclass(frozen=True)
class Sample:
    """A point to try an operation at. Operands that are no Arrays (a shape, a number) are passed as they are.

    The items of Arrays are floats (each exactly the real number that it says), ints or bools.
    """

    label: str
    operands: tuple[Any, ...]
    params: Params = field(default_factory=dict)


@dataclass(frozen=True)
class Domain:
    """What every item of one operand must satisfy at a sample; `holds(item, sample)` decides it for exact numbers."""

    operand: int
    sentence: str
    holds: Callable[[Any, Sample], bool]


@dataclass(frozen=True)
class KinkPoint:
    """Operands exactly at a kink, and the whole Jacobian that convention gives there.

    `jacobian[operand]` has the output's axes, then that operand's; its items are exact (Fraction, or ±inf). So has
    `curvature[operand, other]` with the axes of both, each pair in both orders; where there is none for a pair, what
    is answered is constant: second derivatives are 0, but for those beside an infinite slope, which do not exist.
    """

    operands: tuple[Any, ...]
    jacobian: dict[int, Array]
    params: Params = field(default_factory=dict)
    curvature: dict[tuple[int, int], Array] = field(default_factory=dict)


@dataclass(frozen=True)
class ValuePoint:
    """Operands at the edge of a formula, and the value that convention gives there."""

    operands: tuple[Any, ...]
    value: Array
    params: Params = field(default_factory=dict)


@dataclass(frozen=True)
class Kinks:
    """Where an operation is not differentiable, and what every mode answers there.

    Without points there is nothing to answer: at a jump the operation has no derivative (an engine says 0).
    """

    where: str
    rule: str
    points: tuple[KinkPoint, ...] = ()
    values: tuple[ValuePoint, ...] = ()


@dataclass(frozen=True)
class Spec:
    """The meaning of one operation.

    `differentiable` names the operands that carry derivatives; for a variadic operation (a public one that takes a
    list of tensors, which come here one by one) they are all operands. A spec that `creates` needs to be told the
    scalar by the keyword `like`, any value of that scalar.
    """

    primal: Primal
    differentiable: tuple[int, ...]
    samples: Callable[[Random], list[Sample]]
    domain: tuple[Domain, ...] = ()
    kinks: tuple[Kinks, ...] = ()
    variadic: bool = False
    creates: bool = False

    def active(self, at: Sample | KinkPoint | ValuePoint) -> tuple[int, ...]:
        """The operands of a sample that carry derivatives: those Arrays of floats that may, where the result is real.

        >>> from tl_specs import SPECS
        >>> SPECS["mul"].active(Sample("by a number", (Array((1,), [0.5]), 3.0)))
        (0,)
        """
        which = range(len(at.operands)) if self.variadic else self.differentiable
        inside = [i for i in which if i < len(at.operands)]
        found = tuple(i for i in inside if isinstance(at.operands[i], Array) and not _discrete(at.operands[i].items))
        return () if found and _discrete(self.primal(*at.operands, **at.params).items) else found

    def outside(self, sample: Sample) -> str | None:
        """The sentence of the domain that a sample breaks, or None.

        >>> from tl_specs import SPECS
        >>> SPECS["log"].outside(Sample("at zero", (Array((1,), [0.0]),)))
        'log x needs x > 0'
        """
        for rule in self.domain:
            if rule.operand < len(sample.operands):
                operand = sample.operands[rule.operand]
                items = operand.items if isinstance(operand, Array) else [operand]
                if not all(rule.holds(item, sample) for item in items):
                    return rule.sentence
        return None


def _discrete(items: Sequence[Any]) -> bool:
    return bool(items) and isinstance(items[0], bool | int)


def diagonal(*slopes: Any) -> Array:
    """The Jacobian of an elementwise operation on a vector, from its slopes.

    >>> diagonal(1, 2).tolist()
    [[Fraction(1, 1), Fraction(0, 1)], [Fraction(0, 1), Fraction(2, 1)]]
    """
    return table([[slope if i == j else 0 for j in range(len(slopes))] for i, slope in enumerate(slopes)])


def diagonal_curvature(*slopes: Any) -> Array:
    """The second derivatives of an elementwise operation on vectors, from those of each item.

    >>> diagonal_curvature(5).tolist()
    [[[Fraction(5, 1)]]]
    """
    places = range(len(slopes))
    return table([[[slopes[i] if i == j == k else 0 for k in places] for j in places] for i in places])


def table(rows: Any) -> Array:
    """A table of exact numbers: fractions, and infinities as floats."""
    return Array.of(rows).map(lambda z: z if isinstance(z, float) else Fraction(z))


def vector(*items: Any) -> Array:
    """A vector of these items."""
    return Array((len(items),), list(items))
