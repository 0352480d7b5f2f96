"""Graphs run node by node on any scalars, calls of custom rules and captured values included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tl_checker.gradients.balls import exactly
from tl_dsl.evaluate import interpret
from tl_dsl.graph import Graph
from tl_dsl.transform.inline import inlined


def plain(graph: Graph, arrays: Sequence[Any]) -> tuple[Graph, list[Any]]:
    """The graph of values alone, without calls, and its inputs, captured values among them."""
    closed, captured = graph.closed
    return inlined(closed), [*arrays, *[np.asarray(x) for x in captured]]


def values_of(graph: Graph, arrays: Sequence[Any]) -> list[Any]:
    """The outputs of a graph."""
    return interpret(*plain(graph, arrays))


def exact_values_of(graph: Graph, arrays: Sequence[Any]) -> list[Any]:
    """The outputs of a graph at floats, in balls."""
    return values_of(graph, [exactly(x) if x.dtype.kind == "f" else x for x in arrays])
