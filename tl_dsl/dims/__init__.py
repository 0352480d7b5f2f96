"""Sizes of axes: integers, polynomials over named axes, and the unknown."""

from tl_dsl.dims.assumptions import Assumption, assume, assume_division, collect_assumptions
from tl_dsl.dims.bounds import as_size, at_least, lower_bound
from tl_dsl.dims.dim import (
    UNKNOWN,
    Axis,
    Dim,
    OneOr,
    Unknown,
    atoms,
    dim_of,
    evaluate,
    exact_div,
    made_before,
    one_or,
    product,
    same,
    size,
    split_quotient,
    substitute,
    terms_of,
)
from tl_dsl.dims.knowledge import knowing

__all__ = [
    "Assumption",
    "Axis",
    "Dim",
    "OneOr",
    "UNKNOWN",
    "Unknown",
    "as_size",
    "assume",
    "assume_division",
    "at_least",
    "atoms",
    "collect_assumptions",
    "dim_of",
    "evaluate",
    "exact_div",
    "knowing",
    "lower_bound",
    "made_before",
    "one_or",
    "product",
    "same",
    "size",
    "split_quotient",
    "substitute",
    "terms_of",
]
