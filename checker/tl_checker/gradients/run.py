"""Running entry points at their points, and naming the operation at fault where one fails."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial

from tl_checker.gradients.composition import (
    compilation_at_fault,
    simplification_at_fault,
    transform_at_fault,
)
from tl_checker.gradients.custom import rule_rows, settled
from tl_checker.gradients.depth import STANDARD, Depth
from tl_checker.gradients.entries import ENTRY_LAYERS, AtKink, Entry, Point, run_on_floats
from tl_checker.gradients.judging import Watch, judge
from tl_checker.gradients.locate import FLOAT_KERNELS, RULES, RULES_OF_RULES, Culprit, culprits, inaccurate
from tl_checker.gradients.nesting import THIRD
from tl_checker.gradients.program import ReferenceProgram
from tl_checker.gradients.rule_points import Located, rows_elsewhere
from tl_checker.gradients.silent import STEPPED, silent_leaves
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict, merge_rows, require_nonzero
from tl_dsl.errors import ReverseOnlyError
from tl_dsl.graph import Graph

Progress = Callable[[str], None]


def quiet(text: str) -> None:
    """No progress is shown."""


BACKWARDS = {"grad", "value_and_grad", "vjp", "jacrev", "hvp", "hessian", "hessian in other ways", "hvp_params"}
"""Entry points that go through reverse mode alone where they must."""

LOCATED = 3
"""So many operations at fault are named at most."""


@dataclass(frozen=True)
class Work:
    """Entry points of one target at one point, and the graph whose derivatives they take.

    ``reproduction`` is a program that verifies the target there; ``names`` are those of what is moved, leaf by leaf.
    ``also`` are places where nothing but rules of the user's own is judged: other sizes, and float32.
    """

    target: str
    entries: Sequence[Entry]
    point: Point
    graph: Graph
    reproduction: str = ""
    names: Sequence[str] = ()
    also: Sequence[Located] = ()


def judged_everywhere(
    work: Sequence[Work],
    progress: Progress = quiet,
    depth: Depth = STANDARD,
    watch: Watch | None = None,
    layers: Collection[str] = ENTRY_LAYERS,
) -> Report:
    """The rows of all of it, brought together by entry point and argument; a zero count fails."""
    rows: list[Row] = []
    refused: dict[tuple[str, str], list[str]] = {}
    for one in work:
        reference = one.point.reference
        at = reference.arrays, reference.wrt, one.point.label
        found = rule_rows(one.target, one.graph, *at)
        if not any(row.verdict is Verdict.FAIL for row in found):
            for place in (Located(one.graph, *at, is_met=True), *one.also):
                found += rows_elsewhere(one.target, place)
        for entry in one.entries:
            progress(f"{one.target}: {entry.name}")
            try:
                found += judge(one.target, entry, one.point, depth, watch, layers)
            except ReverseOnlyError as error:
                if entry.name in BACKWARDS:
                    finding = Finding(f"forward mode is refused: {error.rule}", one.point.label)
                    found.append(
                        Row(one.target, entry.name, "balls", "", entry.mode, Verdict.FAIL, findings=(finding,))
                    )
                refused.setdefault((one.target, error.rule), []).append(entry.name)
            except AtKink as error:
                finding = Finding(f"a branch is ambiguous: {error}", one.point.label)
                found.append(
                    Row(one.target, entry.name, "balls", "", entry.mode, Verdict.INCONCLUSIVE, findings=(finding,))
                )
        rows += _located(one, found)
    skipped = [_refusal(target, rule, entries) for (target, rule), entries in refused.items()]
    silent = _silent(work)
    reasons = [(target.split(" with ")[0], name, why) for (target, name), why in silent.items() if why]
    skipped += [f"{target}: derivatives in {name}, {why}" for target, name, why in dict.fromkeys(reasons)]
    merged = [settled(row) for row in merge_rows(rows)]
    checked = [row if (row.target, row.argument) in silent else require_nonzero(row) for row in merged]
    return Report(tuple(checked), tuple(skipped))


def _silent(work: Sequence[Work]) -> dict[tuple[str, str], str]:
    """By target and name, the arguments in which only zeros can be compared, at any point, and why.

    Rows of several arguments together are among them, without a reason. Where nothing moves the results, or the target
    of a loss alone does, nothing is verified: then zeros are a failure.
    """
    found: dict[tuple[str, str], str] = {}
    for target in dict.fromkeys(one.target for one in work):
        first, *others = [silent_leaves(one.graph, one.names) for one in work if one.target == target]
        own = {name: why for name, why in first.items() if all(name in other for other in others)}
        names = next(one.names for one in work if one.target == target)
        if own.keys() >= {*names} - {"target"}:
            own = {name: why for name, why in own.items() if why != STEPPED}
        for together, several in (("all arguments", names), ("params", [x for x in names if x.startswith("params.")])):
            own |= {together: ""} if own and own.keys() >= {*several} else {}
        found |= {(target, name): why for name, why in own.items()}
    return found


def _refusal(target: str, rule: str, entries: Sequence[str]) -> str:
    """What was not verified, since it is not there."""
    return f"{target}: {rule}, so these were not verified: {', '.join(dict.fromkeys(entries))}"


def _located(work: Work, rows: list[Row]) -> list[Row]:
    """The rows with what is at fault in the findings of those that failed."""
    failed = {row.layer for row in rows if _is_open(row)}
    if not failed:
        return rows
    found, transform = _at_fault(work.point.reference, failed)
    if found:
        return [_named(row, found) if _is_open(row) else row for row in rows]
    return [_composed(work, row, transform, rows) if _is_open(row) else row for row in rows]


def _is_open(row: Row) -> bool:
    """Whether a row failed, and does not say yet what is at fault."""
    return row.verdict is Verdict.FAIL and not any(finding.operation for finding in row.findings)


def _at_fault(reference: ReferenceProgram, failed: set[str]) -> tuple[list[Culprit], str]:
    """The operations, or else the transform that is wrong: what others rest on comes first."""
    search = partial(culprits, reference.graph, reference.arrays, reference.wrt)
    if failed == {"floats"}:
        return search(FLOAT_KERNELS), ""
    found = search(RULES)
    transform = "" if found else transform_at_fault(reference, first_order=True)
    if not found and not transform:
        found = search(RULES_OF_RULES)
    if not found and not transform:
        transform = transform_at_fault(reference, first_order=False)
    return found, transform


RIGHT = "every operation's own rule is right at this point"


def _composed(work: Work, row: Row, transform: str, rows: Sequence[Row]) -> Row:
    """The row with the transform that is at fault, where every operation is right: else it is the entry point."""
    wrong_before = {one.layer for one in rows if one.entry == row.entry and one.verdict is Verdict.FAIL}
    if "balls" not in wrong_before:
        transform = _rewriting(work, row.entry, simplified="simplified" in wrong_before)
    told = f"the fault lies in {transform or _entry_or_rule(work.graph, row.entry)}: {RIGHT}"
    findings = [dataclasses.replace(f, operation=told, reproduction=work.reproduction) for f in row.findings]
    return row._replace(findings=tuple(findings))


def _entry_or_rule(graph: Graph, entry: str) -> str:
    """The entry point; of third order, a rule of the user's as well, whose derivatives are judged up to the first."""
    rules = dict.fromkeys(repr(node.params["call"]) for node in graph.nodes if node.op.call)
    if not rules or entry not in THIRD:
        return f"the entry point {entry}"
    return f"the second derivative of the rule of {' or '.join(rules)}, or in the entry point {entry}"


def _rewriting(work: Work, name: str, *, simplified: bool) -> str:
    """What turns the right graph of an entry point into a wrong program."""
    entry = next(entry for entry in work.entries if entry.name == name)
    try:
        run = run_on_floats(entry)
    except Exception as error:  # the entry point raises on floats alone
        return f"running {name} on floats ({type(error).__name__})"
    if simplified:
        return simplification_at_fault(run.graph, run.arrays) or "simplification"
    return compilation_at_fault(run.graph, run.arrays) or "compilation"


def _named(row: Row, found: list[Culprit]) -> Row:
    findings = tuple(
        dataclasses.replace(
            finding,
            operation=f"{culprit}; in `{culprit.line}`",
            source=culprit.source,
            reproduction=culprit.reproduction,
        )
        for finding in row.findings[:1]
        for culprit in found[:LOCATED]
    )
    row = row._replace(findings=findings + row.findings[1:])
    return inaccurate(row) if all(culprit.is_rounding for culprit in found) else row
