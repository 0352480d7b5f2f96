"""What derivatives satisfy whatever the function: laws between the engine's own results, in balls at the point itself.

The reference has no part in them: a law that is broken is a proof of an error, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial, reduce
from itertools import repeat
from operator import add
from typing import Any

import numpy as np
from flint import arb
from tl_specs import Ambiguous

from tl_checker.gradients.balls import Objects, combined, dot, objects, precision, widened
from tl_checker.gradients.compare import Tally, compare
from tl_checker.gradients.derivatives import LONGEST, zeros
from tl_checker.gradients.derived import NESTINGS, Arrays
from tl_checker.gradients.layers.check import Case, OperationCheck, told
from tl_checker.gradients.quotients import Quotients
from tl_checker.gradients.verdict import Finding, Row, Verdict, merge_rows
from tl_dsl.errors import AmbiguousError

SCALES = 40
"""Linearity is tried at 2^40 and -2^-40 times a vector."""


@dataclass(frozen=True)
class Law:
    """Two sides of a law for one operand (None: of all together)."""

    name: str
    argument: int | None
    left: np.ndarray[Any, Any]
    right: np.ndarray[Any, Any]


def algebra(check: OperationCheck) -> list[Row]:
    """Every law at every heavy point, a row for each law and operand."""
    rows = []
    for case in check.heavy:
        for laws in LAWS:
            try:
                with precision(case.depth.bits[0]):
                    rows += [_law_row(check, case, law) for law in laws(case)]
            except (Ambiguous, AmbiguousError) as error:
                row = check.row("algebra", None, "")
                rows.append(check.failed(row, case.sample.label, told(error), Verdict.INCONCLUSIVE))
            except Exception as error:  # a rule that raises is a wrong rule
                rows.append(check.failed(check.row("algebra", None, ""), case.sample.label, told(error)))
    return [check.settled(row) for row in merge_rows(rows)]


def _law_row(check: OperationCheck, case: Case, law: Law) -> Row:
    argument = None if law.argument is None else case.active[law.argument]
    row = check.row("algebra", argument, law.name)
    at = case.sample.label
    if law.left.shape != law.right.shape:
        return check.failed(row, at, f"shapes {list(law.left.shape)} and {list(law.right.shape)}")
    tally = compare(law.left, law.right)
    row = row._replace(comparisons=tally.comparisons, nonzero=tally.nonzero)
    if tally.disagreement is not None:
        what = f"{law.name} does not hold: {tally.disagreement}"
        return row._replace(verdict=Verdict.FAIL, findings=(Finding(what, at, check.operation.target),))
    if not tally.narrow:
        return check.failed(row, at, _wide(tally), Verdict.INCONCLUSIVE)
    return row._replace(bound=tally.bound)


def _wide(tally: Tally) -> str:
    return f"the balls are 2^{tally.bound:.0f} wide" + (f", {tally.undefined} undefined" if tally.undefined else "")


def adjoint(case: Case) -> Iterator[Law]:
    """⟨J v, u⟩ = ⟨v, Jᵀ u⟩."""
    at = case.at
    pulled = case.exact("pullback")
    for k, v in enumerate(at.v):
        (dy,) = case.derived["pushforward"].exact([*at.points, *at.only(at.v, k)])
        yield Law("⟨Jv, u⟩ = ⟨v, Jᵀu⟩", k, objects((), [dot(dy, at.u)]), objects((), [dot(v, pulled[k])]))


def linear(case: Case) -> Iterator[Law]:
    """Jᵀ and J take sums to sums, multiples to multiples, and zero to zero."""
    at = case.at
    other = objects(at.u.shape, [arb(1) / 8 + abs(z) for z in at.u.reshape(-1).tolist()])

    def pull(u: Objects) -> Arrays:
        return case.derived["pullback"].exact([*at.points, u])

    for left, right in _linearity(pull, at.u, other, case.exact("pullback")):
        yield from (Law("linear in the cotangent", k, a, b) for k, (a, b) in enumerate(zip(left, right, strict=True)))
    for k in range(len(at.points)):

        def push(v: Objects, k: int = k) -> Arrays:
            tangents = [v if j == k else zeros(x.shape) for j, x in enumerate(at.points)]
            return case.derived["pushforward"].exact([*at.points, *tangents])

        for left, right in _linearity(push, at.v[k], at.w[k], push(at.v[k])):
            yield from (Law("linear in the tangent", k, a, b) for a, b in zip(left, right, strict=True))


def _linearity(
    function: Callable[[Objects], Arrays], x: Objects, y: Objects, at_x: Arrays
) -> Iterator[tuple[Arrays, Arrays]]:
    at_y = function(y)
    for scale in (arb(2) ** SCALES, -(arb(2) ** -SCALES)):
        yield function(_times(x, scale)), [_times(z, scale) for z in at_x]
    yield function(combined(add, x, y)), [combined(add, a, b) for a, b in zip(at_x, at_y, strict=True)]
    yield function(zeros(x.shape)), [zeros(z.shape) for z in at_x]


def jacobians(case: Case) -> Iterator[Law]:
    """The Jacobian is the same by rows and by columns."""
    both = zip(case.exact("jacrev"), case.exact("jacfwd"), strict=True)
    return (Law("jacrev = jacfwd", k, a, b) for k, (a, b) in enumerate(both))


def held(case: Case) -> Iterator[Law]:
    """The Jacobian in an operand is the same where the others are not differentiated."""
    if len(case.points) == 1:
        return
    for name in ("jacrev", "jacfwd"):
        both = zip(case.exact(name), case.exact(f"{name} one by one"), strict=True)
        yield from (Law(f"{name} in one operand alone", k, a, b) for k, (a, b) in enumerate(both))


def second(case: Case) -> Iterator[Law]:
    """The Hessian is symmetric, with the products that the nestings give."""
    at, n = case.at, len(case.points)
    blocks = case.exact(*case.curved("hessian"))
    hessian = [blocks[k * n : (k + 1) * n] for k in range(n)]
    for k in range(n):
        for j in range(n):
            rank = at.points[j].ndim
            turned = np.moveaxis(hessian[j][k], range(rank), range(-rank, 0))
            yield Law("the Hessian is symmetric", k, hessian[k][j], turned)
    wanted = [
        reduce(partial(combined, add), [_product(hessian[k][j], at.v[j]) for j in range(n)], zeros(at.points[k].shape))
        for k in range(n)
    ]
    for mode in NESTINGS[:3]:
        products = case.exact(*case.curved(mode))
        yield from (
            Law(f"hessian · v = {mode}", k, a, b) for k, (a, b) in enumerate(zip(products, wanted, strict=True))
        )


def _times(x: Objects, scale: arb) -> Objects:
    return combined(lambda z: z * scale, x)


def _moved(x: Objects, v: Objects, step: arb) -> Objects:
    return combined(lambda a, b: a + b * step, x, v)


def _product(block: np.ndarray[Any, Any], v: Objects) -> Objects:
    outer = block.shape[: block.ndim - v.ndim]
    rows = block.reshape(int(np.prod(outer, dtype=int)), v.size)
    return objects(outer, [dot(row, v) for row in rows])


def slope(case: Case) -> Iterator[Law]:
    """The quotient of two gradients lies in the Hessian's product on the ball between."""
    at, quotients = case.at, Quotients(case.depth.step)
    radius = quotients.radius(LONGEST)
    boxes = [widened(x, radius) for x in at.points]
    ahead, behind = (
        case.derived[case.curved("pullback")].exact([*map(_moved, at.points, at.v, repeat(step)), at.u])
        for step in (quotients.h, -quotients.h)
    )
    products = case.derived[case.curved("forward over reverse")].exact([*boxes, at.u, *at.v])
    for k, product in enumerate(products):
        yield Law(
            "hvp = derivative of the gradient",
            k,
            product,
            combined(lambda a, b: (a - b) / (2 * quotients.h), ahead[k], behind[k]),
        )


LAWS: tuple[Callable[[Case], Iterator[Law]], ...] = (adjoint, linear, jacobians, held, second, slope)
