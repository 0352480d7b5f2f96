"""Types and values: shapes and element types, balls, floats and integers, at every sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from tl_specs import Ambiguous, Array, Sample, Undefined

import tl_dsl as tl
from tl_checker.gradients.balls import precision
from tl_checker.gradients.compare import compare
from tl_checker.gradients.floats import Accuracy, float_values
from tl_checker.gradients.layers.check import Case, OperationCheck, kind, told
from tl_checker.gradients.layers.infinite import POINTS, at_infinities
from tl_checker.gradients.quotients import value
from tl_checker.gradients.subject import subject_at
from tl_checker.gradients.verdict import Finding, Row, Verdict, merge_rows
from tl_dsl.errors import AmbiguousError, DifferentiationError, DomainError, DTypeError, ScalarError

Told = Callable[[OperationCheck, Case], list[Row]]


def each(check: OperationCheck, cases: list[Case], layer: str, rows_of: Told) -> list[Row]:
    """The rows of all cases brought together; what raises is a finding."""
    rows: list[Row] = []
    for case in cases:
        try:
            rows += rows_of(check, case)
        except (Ambiguous, AmbiguousError) as error:
            row = check.row(layer, None, "")
            rows.append(check.failed(row, case.sample.label, told(error), Verdict.INCONCLUSIVE))
        except Exception as error:  # whatever an operation raises at a point of its domain is a finding
            rows.append(check.failed(check.row(layer, None, ""), case.sample.label, told(error)))
    return list(merge_rows(rows))


def accuracy_row(row: Row, found: Accuracy, case: Case, target: str = "") -> Row:
    """The row with what was found of floats."""
    findings: tuple[Finding, ...] = ()
    verdict, at, target = Verdict.PASS, case.sample.label, target or case.operation.target
    if found.wrong:
        verdict = Verdict.INACCURATE if found.poor else Verdict.FAIL
        findings = (Finding(found.wrong, at, target),)
    elif found.unknown:
        what = f"{found.unknown} of {found.comparisons} values have no finite reference"
        verdict, findings = Verdict.INCONCLUSIVE, (Finding(what, at, target),)
    return row._replace(
        verdict=verdict,
        comparisons=found.comparisons,
        nonzero=found.nonzero,
        ulps=found.ulps,
        findings=findings,
    )


def values(check: OperationCheck) -> list[Row]:
    """Values on balls and on float64; what is no float must be equal."""
    rows = each(check, check.valued, "values", _values) + each(check, check.extreme, "values", _extreme)
    rows += each(check, [case for case in check.cases if case.active][:POINTS], "values", at_infinities)
    rows = list(merge_rows(rows))
    return [row if row.comparisons else check.settled(row) for row in rows]


def _values(check: OperationCheck, case: Case) -> list[Row]:
    row, subject = check.row("values", None, "float64"), case.subject
    got = np.asarray(case.computed)
    if got.dtype.kind == "f" and subject.primals:
        found = float_values(subject, case.computed, case.result, case.depth.bits[0])
        return [accuracy_row(row, found, case), _ball_row(check, case)]
    return [_equal_row(check, row, got, subject.primal(*_operands(case), like=0.0), case.sample.label)]


def _extreme(check: OperationCheck, case: Case) -> list[Row]:
    """Floats of both precisions, where only what is too large for them may overflow."""
    rows = []
    for one in (case, case.single):
        if one is not None and one.subject.primals:
            with tl.config(domain="ignore"):
                found = float_values(one.subject, one.computed, one.result, one.depth.bits[0])
            rows.append(accuracy_row(check.row("values", None, str(one.subject.primals[0].dtype)), found, one))
    return rows


def _operands(case: Case) -> list[Any]:
    return [case.sample.operands[k] for k in case.active]


def _equal_row(check: OperationCheck, row: Row, got: np.ndarray[Any, Any], wanted: Array, at: str) -> Row:
    if got.shape != wanted.shape:
        return check.failed(row, at, f"shape {list(got.shape)}, not {list(wanted.shape)}")
    items = zip(got.reshape(-1).tolist(), wanted.items, strict=True)
    wrong = [(a, b) for a, b in items if a != got.dtype.type(b)]
    count = max(1, got.size)
    row = row._replace(comparisons=count, nonzero=count)
    if not wrong:
        return row
    failed = check.failed(row, at, f"{len(wrong)} values differ: {wrong[0][0]}, the reference {wrong[0][1]}")
    return failed._replace(comparisons=count, nonzero=count)


def _ball_row(check: OperationCheck, case: Case) -> Row:
    """At the first precision at which the balls are narrow."""
    row = check.row("values", None, "balls")
    for bits in case.depth.bits:
        with precision(bits):
            (got,) = case.derived["value"].exact(case.points)
            wanted = case.result if bits == case.depth.bits[0] else value(case.subject.primal, case.points)
            if got.shape != wanted.shape:
                return check.failed(row, case.sample.label, f"shape {list(got.shape)}, not {list(wanted.shape)}")
            tally = compare(got, wanted)
        if tally.narrow or tally.disagreement is not None:
            break
    row = row._replace(comparisons=tally.comparisons, nonzero=tally.nonzero)
    if tally.disagreement is not None:
        return check.failed(row, case.sample.label, f"value {tally.disagreement}")
    if not tally.narrow:
        return check.failed(row, case.sample.label, "the balls of the value are wide", Verdict.INCONCLUSIVE)
    return row._replace(bound=tally.bound)


def types(check: OperationCheck) -> list[Row]:
    """Shapes and element types: of values, and of derivatives in both modes; float32 stays float32."""
    rows = each(check, check.valued, "types", _value_types)
    rows += each(check, check.cases, "types", _derivative_types)
    return [row if row.comparisons else check.settled(row) for row in merge_rows(rows)]


Type = tuple[tuple[int, ...], tuple[str, ...]]


def _value_types(check: OperationCheck, case: Case) -> list[Row]:
    rows = []
    expected = case.subject.primal(*_operands(case), like=0.0)
    for dtype in (np.float64, np.float32) if case.active else (np.float64,):
        subject = case.subject if dtype is np.float64 else subject_at(case.operation, case.sample, case.active, dtype)
        computed = case.computed if dtype is np.float64 else subject.engine(*subject.primals_as_tensors())
        got = np.asarray(computed)
        kinds = (_kind_of(case.sample, expected, dtype),) if expected.items else (str(got.dtype),)
        pairs: list[tuple[Type, Type]] = [((got.shape, (str(got.dtype),)), (expected.shape, kinds))]
        rows.append(_type_row(check, case, f"value, {np.dtype(dtype)}", pairs))
    return rows


def _kind_of(sample: Sample, result: Array, dtype: type[np.floating[Any]]) -> str:
    """The element type of a result: what a parameter names, else that of the operands and what the reference gives."""
    if any(isinstance(x, Array) and not x.items for x in sample.operands):
        return str(np.dtype(dtype))  # a sum of no floats is 0 in the reference, which says nothing of its type
    named = sample.params.get("dtype") or next((x for x in sample.operands[1:] if isinstance(x, str)), None)
    if named is not None:
        return str(np.dtype(named))
    return str(np.dtype({"f": dtype, "i": np.int64, "b": np.bool_}[kind(result)]))


def _derivative_types(check: OperationCheck, case: Case) -> list[Row]:
    rows = []
    for one in (case, case.single if case in check.heavy else None):
        if one is None:
            continue
        ((result, out),) = _outputs(one, "value")
        own = [(x.shape, str(x.dtype)) for x in one.subject.primals]
        wanted: dict[str, list[Type]] = {
            name: [((*result, *shape), (dtype, *out)) for shape, dtype in own] for name in ("jacrev", "jacfwd")
        }
        wanted |= {"pullback": [(s, (d,)) for s, d in own], "pushforward": [(result, out)]}
        for name, right in wanted.items():
            pairs = list(zip(_outputs(one, name), right, strict=True))
            rows.append(_type_row(check, case, f"{name}, {one.subject.primals[0].dtype}", pairs))
    return rows


def _outputs(case: Case, name: str) -> list[Type]:
    return [(y.shape, (str(y.dtype),)) for y in case.derived[name].graph.outputs]


def _type_row(check: OperationCheck, case: Case, mode: str, pairs: list[tuple[Type, Type]]) -> Row:
    row = check.row("types", None, mode)
    for (shape, (dtype,)), (right, allowed) in pairs:
        if shape != right or dtype not in allowed:
            what = f"{mode} is {dtype}{list(shape)}, not {allowed[0]}{list(right)}"
            return check.failed(row, case.sample.label, what)
    return row._replace(comparisons=len(pairs), nonzero=len(pairs))


def integers(check: OperationCheck) -> list[Row]:
    """Kernels on integers, as the reference has them; what needs real numbers takes them as float64, or refuses.

    Integers come into graphs by public operations only, so those alone are tried.
    """
    if not check.operation.public:
        return []
    rows = each(check, [c for c in check.valued if c.active], "integers", _integers)
    return [row if row.comparisons or row.verdict is not Verdict.PASS else _refused(row) for row in rows]


def _refused(row: Row) -> Row:
    return row._replace(note="integers: refused")


def _integers(check: OperationCheck, case: Case) -> list[Row]:
    row, spec = check.row("integers", None, ""), check.spec
    whole = {k: case.sample.operands[k].map(lambda z: max(-4, min(4, round(2 * z)))) for k in case.active}
    operands = [whole.get(k, x) for k, x in enumerate(case.sample.operands)]
    real = [x.map(float) if k in whole else x for k, x in enumerate(operands)]
    sample = Sample(case.sample.label, tuple(real), case.sample.params)
    if spec.outside(sample):
        return []
    held = subject_at(case.operation, Sample("", tuple(operands), case.sample.params), ())
    rows = []
    for width in (np.int64, np.int32):
        engine = subject_at(case.operation, sample, case.active).engine
        arrays = [tl.tensor(np.asarray(whole[k].items, width).reshape(whole[k].shape)) for k in case.active]
        try:
            got = np.asarray(engine(*arrays))
            compiled = np.asarray(tl.compile(engine)(*arrays))
        except (DTypeError, DifferentiationError, DomainError, ScalarError):
            return [row]
        if compiled.dtype != got.dtype or not np.array_equal(compiled, got, equal_nan=True):
            return [check.failed(row, case.sample.label, f"compiled, {width.__name__}s give another result")]
        rows.append(_integer_row(check, case, row, got, width, held.primal, engine, real))
    return rows


def _integer_row(
    check: OperationCheck,
    case: Case,
    row: Row,
    got: np.ndarray[Any, Any],
    width: type[np.integer[Any]],
    primal: Callable[..., Array],
    engine: Callable[..., Any],
    real: list[Any],
) -> Row:
    try:
        wanted = primal(like=0)
    except Undefined:  # no integers: the function of the real numbers
        floats = [np.asarray(real[k].items, float).reshape(real[k].shape) for k in case.active]
        with tl.config(domain="ignore"):
            right = np.asarray(engine(*map(tl.tensor, floats)))
        return _same_row(check, row, got, right, case.sample.label)
    return _equal_row(check, row, got, wanted, case.sample.label)


def _same_row(check: OperationCheck, row: Row, got: np.ndarray[Any, Any], right: np.ndarray[Any, Any], at: str) -> Row:
    if got.dtype != right.dtype or got.shape != right.shape or not np.array_equal(got, right, equal_nan=True):
        return check.failed(row, at, "on integers it gives another result than on the same numbers as float64")
    return row._replace(comparisons=got.size, nonzero=int(np.count_nonzero(got)))


def singles(check: OperationCheck) -> Iterator[Case]:
    """The cases in single precision, where their numbers are exact in it."""
    return (case.single for case in check.heavy if case.single is not None)
