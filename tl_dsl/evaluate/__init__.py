"""Graph -> values: node by node on every element type, or compiled to straight-line numpy code."""

from __future__ import annotations

from tl_dsl.evaluate.cache import evaluate, prepared
from tl_dsl.evaluate.interpret import Step, Values, interpret
from tl_dsl.evaluate.program import Program, compile_graph

__all__ = ["Program", "Step", "Values", "compile_graph", "evaluate", "interpret", "prepared"]
