"""Where instructions come from: what a transform makes is attributed to the instruction that it derives from."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tl_dsl.graph import Builder, Graph, Node, Source
from tl_dsl.transform.batch import batch
from tl_dsl.transform.jvp import jvp
from tl_dsl.transform.linearize import linearize
from tl_dsl.transform.simplify import simplify
from tl_dsl.transform.transpose import transpose

Wrt = Sequence[int]


def labelled(graph: Graph) -> Graph:
    """The same program, each instruction with a source of its own."""
    builder = Builder()
    new: dict[int, Node] = {id(x): builder.input(x.shape, x.dtype) for x in graph.inputs}
    for number, node in enumerate(graph.nodes):
        operands = tuple([new[id(x)] for x in node.operands])
        new[id(node)] = builder.emit(node.op, operands, node.params, Source("labelled", number, node.op.name))
    return Graph(tuple([new[id(x)] for x in graph.inputs]), tuple([new[id(y)] for y in graph.outputs]))


def unattributed(made: Graph, graph: Graph) -> str:
    """What is wrong with the sources of a graph that was made of another; empty where each is one of that graph's.

    Zeros that stand for no derivative at all come from nowhere.
    """
    known = {node.source for node in graph.nodes}
    lost = [node for node in made.nodes if node.source not in known and node.op.name != "full"]
    return f"{lost[0].op.name} comes from {lost[0].source}, which is no place of the program" if lost else ""


def source_lost(graph: Graph, wrt: Wrt) -> str:
    """The transform that attributes an instruction to no place of the program, and what it is; empty for none."""
    graph = labelled(graph)
    for name, transform in TRANSFORMS.items():
        if wrong := unattributed(transform(graph, wrt), graph):
            return f"{name}: {wrong}"
    return ""


def _pulled(graph: Graph, wrt: Wrt) -> Graph:
    parts = linearize(graph, wrt)
    return transpose(parts.linear, parts.residuals)


TRANSFORMS: dict[str, Callable[[Graph, Wrt], Graph]] = {
    "jvp": jvp,
    "transpose": _pulled,
    "batch": lambda graph, wrt: batch(graph, 2, [True] * len(graph.inputs)),
    "simplify": lambda graph, wrt: simplify(graph),
}
"""What is applied to a program and the inputs to differentiate."""
