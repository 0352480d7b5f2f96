"""The tables of all operations, put together from the families."""

from __future__ import annotations

from tl_specs import (
    compare,
    contraction,
    control,
    creation,
    diagonals,
    elementwise,
    indexing,
    linear_algebra,
    manipulation,
    matrices,
    neural,
    rearrange,
    reduction,
    sorting,
)
from tl_specs.spec import Spec

FAMILIES = (
    *(elementwise, compare, linear_algebra, reduction, manipulation, indexing, creation, neural, control),
    *(rearrange, diagonals, contraction, sorting, matrices),
)

PRIMITIVE_SPECS: dict[str, Spec] = {name: spec for family in FAMILIES for name, spec in family.PRIMITIVES.items()}
SPECS: dict[str, Spec] = {name: spec for family in FAMILIES for name, spec in family.PUBLIC.items()}
