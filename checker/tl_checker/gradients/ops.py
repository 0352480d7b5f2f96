"""`tl verify --ops`: every operation and primitive of the engine, at the points of its specification."""

from __future__ import annotations

from collections.abc import Iterable
from random import Random

from tl_specs import Sample

from tl_checker.gradients.depth import STANDARD, Depth
from tl_checker.gradients.far import far
from tl_checker.gradients.layers import BY_LAYER, OperationCheck, spread
from tl_checker.gradients.run import Progress, quiet
from tl_checker.gradients.subject import Operation, operations
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict, merge_rows

LAYERS = tuple(BY_LAYER)
"""What `verify_ops` checks, layer by layer."""


def verify_ops(
    names: Iterable[str] | None = None,
    *,
    seed: int = 0,
    depth: Depth = STANDARD,
    layers: Iterable[str] = LAYERS,
    samples: int | None = None,
    progress: Progress = quiet,
) -> Report:
    """Verify operations (all of them by default) by name; ``samples`` limits how many points each is tried at.

    Errors: KeyError for a name that neither the engine nor the specifications know.

    >>> verify_ops(["tanh"], samples=2).verdict.value
    'PASS'
    """
    report = Report()
    for operation in chosen_operations(names):
        report += verify_operation(operation, seed=seed, depth=depth, layers=tuple(layers), samples=samples)
        progress(operation.target)
    return report


def verify_named(
    one: tuple[str, bool], seed: int = 0, depth: Depth = STANDARD, layers: tuple[str, ...] = LAYERS
) -> Report:
    """One operation, public or in graphs, by its name: work that can be sent to another process."""
    name, public = one
    operation = next(o for o in operations() if (o.name, o.public) == (name, public))
    return verify_operation(operation, seed=seed, depth=depth, layers=layers)


def chosen_operations(names: Iterable[str] | None) -> list[Operation]:
    """The operations of these names, public and in graphs; all of them for None. Errors: KeyError."""
    known = operations()
    if names is None:
        return known
    wanted = list(names)
    unknown = sorted(set(wanted) - {operation.name for operation in known})
    if unknown:
        raise KeyError(f"no operation is called {', '.join(unknown)}")
    return [operation for operation in known if operation.name in wanted]


def verify_operation(
    operation: Operation,
    *,
    seed: int = 0,
    depth: Depth = STANDARD,
    layers: tuple[str, ...] = LAYERS,
    samples: int | None = None,
) -> Report:
    """One operation, layer by layer, at points that are drawn as often as the depth says."""
    spec = operation.spec
    if spec is None or not operation.exists:
        what = "it has no specification" if spec is None else "the engine has no such operation"
        finding = Finding(f"{what}, so nothing of it was verified")
        return Report((Row(operation.target, "", "specification", verdict=Verdict.FAIL, findings=(finding,)),))
    points = [sample for draw in range(depth.draws) for sample in spec.samples(Random(f"{seed} {draw}"))]
    outside = [f"{operation.target}, {s.label}: {reason}" for s in points if (reason := spec.outside(s))]
    inside = [s for s in points if not spec.outside(s)]
    inside += far(spec, inside)
    limit = depth.points if samples is None else samples
    check = OperationCheck(operation, spec, seed, spread(inside, limit), depth)
    rows: list[Row] = []
    for layer in layers:
        found = BY_LAYER[layer](check)
        rows += found if found or not _expected(check, layer) else [_nothing(check, layer)]
    return Report(merge_rows(rows), tuple(outside + _left_out(check, inside)))


def _expected(check: OperationCheck, layer: str) -> bool:
    """Whether a layer has something to compare for this operation."""
    if layer in ("types", "values"):
        return True
    if layer == "first order":
        return bool(check.samples)
    if layer in ("float32", "integers"):
        return False  # samples may not be exact in single precision, operations may refuse integers
    if layer == "kinks":
        return any(kinks.points or kinks.values for kinks in check.spec.kinks)
    return bool(check.cases)


def _nothing(check: OperationCheck, layer: str) -> Row:
    return check.failed(check.row(layer, None, ""), "", "the layer compared nothing")


def _left_out(check: OperationCheck, inside: list[Sample]) -> list[str]:
    """How many points were left out, of everything and of the dear layers."""
    few, dear = len(inside) - len(check.samples), len(check.cases) - len(check.heavy)
    target = check.operation.target
    found = [f"{target}: {few} points left out"] if few else []
    return found + ([f"{target}: {dear} points left out of second order, algebra, purity and programs"] if dear else [])
