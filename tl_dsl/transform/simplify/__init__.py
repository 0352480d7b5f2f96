"""A graph in simplest form: Graph -> Graph with the same inputs, outputs and values.

What a rule may do: merge constants exactly, share equal instructions, leave out what repeats, and move factors and
signs outwards. Every rule holds for every element type, exact scalars included. Results change by rounding only, as far
as constants and sums are reassociated. A product with a runtime zero is kept, since nan passes through it; only zeros
that are there by construction (off the diagonal of an identity) are left out.
"""

from __future__ import annotations

from tl_dsl.graph import Graph
from tl_dsl.transform.simplify import arithmetic, layout, products
from tl_dsl.transform.simplify.concat import join_parts
from tl_dsl.transform.simplify.rewriter import Rewriter, Rules

__all__ = ["RULES", "simplified_by", "simplify"]

RULES: Rules = {
    "add": (arithmetic.add_rule,),
    "sub": (arithmetic.sub_rule,),
    "neg": (arithmetic.neg_rule,),
    "mul": (arithmetic.mul_rule,),
    "div": (arithmetic.div_rule,),
    "reshape": (layout.reshape_rule, arithmetic.linear_factors("reshape")),
    "permute_dims": (layout.permute_dims_rule, arithmetic.linear_factors("permute_dims")),
    "broadcast_to": (layout.broadcast_to_rule,),
    "slice": (layout.slice_rule, arithmetic.linear_factors("slice")),
    "embed": (layout.embed_rule,),
    "concat": (layout.concat_rule,),
    "astype": (layout.astype_rule,),
    "where": (layout.where_rule,),
    "greater": (layout.greater_rule,),
    "max": (layout.extremum_rule,),
    "min": (layout.extremum_rule,),
    "stop_gradient": (layout.stop_gradient_rule,),
    "sum": (products.sum_rule, arithmetic.linear_factors("sum")),
    "matmul": (arithmetic.matmul_factors, products.matmul_rule),
}


def simplify(graph: Graph) -> Graph:
    """The same program in simplest form.

    >>> import numpy as np
    >>> from tl_dsl.op import trace
    >>> graph, _ = trace(lambda x: [x * 1 + 0 - (-x)], [((3,), np.dtype("float64"))])
    >>> print(simplify(graph))
    (a: float64[3]):
      b: float64[3] = full(fill_value=2, shape=(3,), dtype=float64)
      c: float64[3] = mul(a, b)
      return c
    """
    return simplified_by(RULES, graph)


def simplified_by(rules: Rules, graph: Graph) -> Graph:
    """The same program in the form that these rules give it."""
    simple = _rewritten(rules, graph)
    while (joined := join_parts(simple)) is not simple:
        simple = _rewritten(rules, joined)
    return simple


def _rewritten(rules: Rules, graph: Graph) -> Graph:
    return Rewriter(rules, products.note_diagonal).rebuild(graph)
