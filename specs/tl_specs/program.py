"""Running a graph, given as plain data, on arrays of any scalar: one primal after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from tl_specs.array import Array, Shape
from tl_specs.registry import PRIMITIVE_SPECS
from tl_specs.series import Series, ball
from tl_specs.spec import Params


@dataclass(frozen=True)
class Instruction:
    """One operation of a graph on values by their numbers; `shape` is what its result must have (None: any)."""

    op: str
    operands: tuple[int, ...]
    params: Params = field(default_factory=dict)
    shape: Shape | None = None


@dataclass(frozen=True)
class Program:
    """Values 0 to n_inputs - 1 are the inputs; each instruction makes the next; `outputs` are numbers of values."""

    n_inputs: int
    instructions: tuple[Instruction, ...]
    outputs: tuple[int, ...]


def interpret(program: Program, inputs: Sequence[Array], like: Any = None) -> list[Array]:
    """The outputs of the program at these inputs. Constants are made in the scalar of `like`, or else of the inputs.

    >>> doubled = Program(1, (Instruction("add", (0, 0), shape=(2,)),), (1,))
    >>> interpret(doubled, [Array.of([1.0, 2.0])])
    [Array(shape=(2,), items=[2.0, 4.0])]
    """
    if len(inputs) != program.n_inputs:
        raise ValueError(f"the program takes {program.n_inputs} inputs, not {len(inputs)}")
    values = evaluate(program, inputs, like)
    return [values[number] for number in program.outputs]


def evaluate(program: Program, inputs: Sequence[Array], like: Any = None) -> list[Array]:
    """Every value of the program, inputs first: what `interpret` computes on the way."""
    scalar = scalar_of(inputs) if like is None else like
    values = list(inputs)
    for instruction in program.instructions:
        values.append(run(instruction, [values[number] for number in instruction.operands], scalar))
    return values


def run(instruction: Instruction, operands: Sequence[Array], like: Any = 0.0) -> Array:
    """The result of one instruction on these operands."""
    if instruction.op not in PRIMITIVE_SPECS:
        raise KeyError(f"no primitive is called {instruction.op!r}")
    spec = PRIMITIVE_SPECS[instruction.op]
    told = {"like": like} if spec.creates else {}
    result = spec.primal(*operands, **instruction.params, **told)
    if instruction.shape is not None and result.shape != instruction.shape:
        raise ValueError(f"{instruction.op} gives shape {result.shape}, where the graph says {instruction.shape}")
    return result


def scalar_of(inputs: Sequence[Array]) -> Any:
    """A scalar of the kind that the inputs hold; the constants that go with series are balls."""
    for x in inputs:
        for item in x.items[:1]:
            if isinstance(item, Series):
                return ball(0)
            if not isinstance(item, bool | int):
                return item
    return 0.0
