"""Rules of the user's own, held against the derivatives of the functions that they replace.

The specification of a call is the graph of its function, run by the specifications of what it is made of: a rule is
compared with nothing of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import Any

import numpy as np
from flint import arb
from tl_specs import Ambiguous

from tl_checker.gradients.balls import Objects, dot, precision
from tl_checker.gradients.compare import Tally, compare
from tl_checker.gradients.derivatives import dense
from tl_checker.gradients.instruction import Floats, Instruction, as_balls, instruction_at
from tl_checker.gradients.pulling import cotangents
from tl_checker.gradients.rule_error import wrong_entry
from tl_checker.gradients.rule_linearity import linearity_fault
from tl_checker.gradients.verdict import Finding, Row, Verdict, first_line
from tl_dsl.autodiff.custom_calls import CUSTOM_VJP, CUSTOM_VJP_TANGENT, Call
from tl_dsl.errors import AmbiguousError, TlError
from tl_dsl.evaluate import Values, interpret
from tl_dsl.graph import Graph, Node
from tl_dsl.op import trace
from tl_dsl.transform.batch import batch
from tl_dsl.transform.jvp import jvp

BITS = (256, 512, 1024, 2048)

RULE = "rule of "
"""What entries of rules begin with."""


def rule_rows(target: str, graph: Graph, inputs: Sequence[Floats], wrt: int, label: str) -> list[Row]:
    """A row for the value of each rule of the user's that a graph uses, and for each argument of it."""
    rows: list[Row] = []
    try:
        calls = calls_in(graph, inputs, wrt)
    except Exception as error:  # what the rule returns does not fit, or it raises
        return [_failed(Row(target, "rules", "balls"), _said(error), label, None)]
    for node, operands in calls:
        one = instruction_at(node, operands)
        assert one is not None
        call: Call = node.params["call"]
        row = Row(target, f"{RULE}{call!r}", "balls", mode=node.op.name)
        try:
            tallies = _sharp_tallies(one, Random(f"{target} {label}"))
        except (Ambiguous, AmbiguousError) as error:
            finding = Finding(f"a branch is ambiguous: {first_line(error)}", label)
            rows.append(row._replace(verdict=Verdict.INCONCLUSIVE, findings=(finding,)))
        except Exception as error:  # a rule that raises where its function does not is wrong
            rows.append(_failed(row, _said(error), label, None))
        else:
            found = [_row(row, one, tally, operand, label) for tally, operand in tallies]
            rows += found if any(x.verdict is Verdict.FAIL for x in found) else _linear(found, one, label)
    return rows


def _linear(rows: list[Row], one: Instruction, label: str) -> list[Row]:
    """The rows of a rule, and that it is not linear where it is not."""
    with precision(BITS[0]):
        fault = linearity_fault(one, Random(label))
    if fault is None or fault.operand is None:
        return rows
    call: Call = one.params["call"]
    row = rows[0]._replace(argument=call.rules.arguments[fault.operand], comparisons=1, nonzero=1)
    return [*rows, _failed(row, fault.error, label, None)]


def settled(row: Row) -> Row:
    """A rule of the user's that is zero in an argument, as the function is: constant in it, which is no failure."""
    constant = row.verdict is Verdict.PASS and row.comparisons and not row.nonzero
    if not constant or not row.entry.startswith(RULE):
        return row
    return row._replace(verdict=Verdict.NOT_DIFFERENTIABLE, note="constant in it: the derivative is 0")


def _row(row: Row, one: Instruction, tally: Tally | str, operand: int | None, label: str) -> Row:
    call: Call = one.params["call"]
    name = "value" if operand is None else call.rules.arguments[operand]
    row = row._replace(argument=name)
    if isinstance(tally, str):
        return _failed(row, tally, label, call)
    counted = row._replace(comparisons=tally.comparisons, nonzero=tally.nonzero)
    if tally.disagreement is not None:
        if operand is None:
            what = f"the value of the rule of {call!r} is not its function's: {tally.disagreement}"
            return _failed(counted, what, label, call)
        with precision(BITS[0]):
            told, expression = wrong_entry(one, operand)
        what = f"{told or tally.disagreement}" + (f"; as {expression}" if expression else "")
        return _failed(counted, what, label, None)
    if not tally.narrow:
        finding = Finding(f"the balls are 2^{tally.bound:.0f} wide, {tally.undefined} undefined", label)
        return counted._replace(verdict=Verdict.INCONCLUSIVE, findings=(finding,))
    return counted._replace(bound=tally.bound)


def _failed(row: Row, what: str, label: str, call: Call | None) -> Row:
    """A failed row, with the rule named already where no search for the operation at fault would name it."""
    operation, source = ("", "") if call is None else (f"the rule of {call!r} is wrong", call.rules.place)
    return row._replace(verdict=Verdict.FAIL, findings=(Finding(what, label, operation, source),))


def _said(error: Exception) -> str:
    """What an exception says, in a line."""
    told = f"{type(error).__name__}: {first_line(error)}"
    if not isinstance(error, TlError):
        return told
    return told + "".join(f"; {name} {text}" for name, text in (("got", error.got), ("wanted", error.wanted)) if text)


def _sharp_tallies(one: Instruction, rng: Random) -> list[tuple[Tally | str, int | None]]:
    """What is compared, at the first precision that decides."""
    state = rng.getstate()
    for bits in BITS:
        rng.setstate(state)
        with precision(bits):
            tallies = rule_tallies(one, rng)
        if all(isinstance(t, str) or t.disagreement or t.sharp for t, _ in tallies):
            break
    return tallies


def rule_tallies(one: Instruction, rng: Random) -> list[tuple[Tally | str, int | None]]:
    """What is compared of a rule, or what does not fit: of its value first, then of its derivative in each operand."""
    found: list[tuple[Tally | str, int | None]] = [(value_tally(one), None)]
    u = dense(rng, one.value().shape)
    pulled = cotangents(one, u) if one.op is CUSTOM_VJP else {}
    for k in one.active:
        v = dense(rng, one.operands[k].shape)
        wanted = one.along(one.only(k, v))
        if one.op is CUSTOM_VJP:
            got, right = _scalar(dot(pulled[k], v)), _scalar(dot(u, wanted))
        else:
            tangent = one.tangent(one.only(k, v))
            got, right = np.asarray(tangent), wanted
        found.append((compare(got, right), k))
    return found


def _scalar(value: arb) -> Objects:
    single = np.empty((), object)
    single[()] = value
    return single


def value_tally(one: Instruction) -> Tally | str:
    """The value that the rule returns beside its tangents or residuals, which is the function's."""
    call: Call = one.params["call"]
    value = call.rules.value
    assert value is not None
    graph, captured = trace(lambda *xs: [value(list(xs))[one.params["output"]]], list(call.types))
    for size in reversed(call.sizes):
        graph = batch(graph, size, [True] * call.given + [False] * len(captured))
    got = interpret(graph, [*one.points[: call.given], *map(np.asarray, captured)])[0]
    wanted = as_balls(one.value())
    if got.shape != wanted.shape:
        return f"the value has shape {list(got.shape)}, not {list(wanted.shape)}"
    return compare(got, wanted)


class Steps(Values):
    """The values of a graph. A tangent that only a rule for reverse mode knows is any: rules are judged one by one."""

    def _run(self, node: Node, operands: list[Any]) -> Any:
        if node.op is not CUSTOM_VJP_TANGENT:
            return super()._run(node, operands)
        v = dense(Random(str(node.index)), node.shape)
        return np.array([float(z) for z in v.reshape(-1).tolist()], node.dtype).reshape(node.shape)


def calls_in(graph: Graph, inputs: Sequence[Floats], wrt: int) -> list[tuple[Node, list[Floats]]]:
    """The calls of functions with rules of their own in a graph and in its tangents, with the operands they met.

    A call of several results counts once for each.
    """
    if not any(node.op.call for node in graph.nodes):
        return []
    moved = [k for k in range(wrt) if graph.inputs[k].dtype.kind == "f"]
    both = jvp(graph, moved)
    tangents = both.inputs[len(graph.inputs) :]
    ones = [np.ones(x.shape, x.dtype) for x in tangents]
    closed, captured = both.closed
    found: dict[Any, tuple[Node, list[Floats]]] = {}
    for step in Steps(closed, [*inputs, *ones, *map(np.asarray, captured)]).steps():
        if step.node.op.call and step.node.dtype.kind == "f":
            operands = [np.asarray(x) for x in step.operands]
            key = (id(step.node.params["call"].rules.written), *[(x.shape, x.tobytes()) for x in operands])
            found.setdefault((*key, step.node.params["output"]), (step.node, operands))
    return list(found.values())
