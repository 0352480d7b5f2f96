"""Points far from zero, where a specification has none: a rule that is wrong for large operands only is wrong there."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence

from tl_specs import Array, Sample, Spec

FAR = 10.0
"""An operand that no sample takes beyond this is tried further out."""

EXTREME = 1000.0
"""Where exponentials overflow, in float64 too."""


def far(spec: Spec, samples: Sequence[Sample], limit: float = FAR) -> list[Sample]:
    """One sample more, with every operand beyond the limit that is not so anywhere; none where the domain ends before.

    The largest element comes to lie within four times the limit.

    >>> from tl_specs import SPECS
    >>> near = Sample("near", (Array((2,), [0.5, -3.0]),))
    >>> [sample.operands[0].items for sample in far(SPECS["neg"], [near])]
    [[4.0, -24.0]]
    >>> [sample.operands[0].items for sample in far(SPECS["neg"], [near], EXTREME)]
    [[256.0, -1536.0]]
    >>> far(SPECS["neg"], [Sample("far", (Array((1,), [-11.0]),))])
    []
    """
    near = [(sample, active) for sample in samples if (active := spec.active(sample))]
    furthest: dict[int, float] = {}
    for sample, active in near:
        for k in active:
            furthest[k] = max(furthest.get(k, 0.0), _size(sample.operands[k]))
    stretched = [k for k, size in furthest.items() if size <= limit]
    for sample, active in near:
        own = [k for k in stretched if k in active and _size(sample.operands[k]) > 0]
        if not own:
            continue
        for several in (own, *[[k] for k in own]):
            moved = _moved(sample, several, limit)
            if not spec.outside(moved):
                return [moved]
    return []


def _size(x: Array) -> float:
    return max((abs(item) for item in x.items), default=0.0)


def _moved(sample: Sample, which: Sequence[int], limit: float) -> Sample:
    """The sample with these operands times a power of two each, so that nothing is rounded."""
    operands = list(sample.operands)
    for k in which:
        shift = math.frexp(limit)[1] + 1 - math.frexp(_size(operands[k]))[1]
        operands[k] = operands[k].map(lambda item, shift=shift: math.ldexp(item, shift))
    return dataclasses.replace(sample, label=f"{sample.label}, far out", operands=tuple(operands))
