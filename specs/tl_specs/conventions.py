"""Every convention at a kink or an edge, in one table: what all modes must answer, exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tl_specs.registry import PRIMITIVE_SPECS, SPECS
from tl_specs.spec import Kinks, Spec


@dataclass(frozen=True)
class Convention:
    """One row: an operation (of graphs, or public), where, and what is answered there."""

    op: str
    primitive: bool
    kinks: Kinks


def conventions() -> Iterator[Convention]:
    """All rows.

    >>> next(f"{row.op} at {row.kinks.where}: {row.kinks.rule}" for row in conventions())
    'abs at x = 0: derivative 0'
    """
    tables: list[tuple[bool, Mapping[str, Spec]]] = [(True, PRIMITIVE_SPECS), (False, SPECS)]
    for primitive, specs in tables:
        for op, spec in specs.items():
            for kinks in spec.kinks:
                yield Convention(op, primitive, kinks)
