"""Sums of products over labelled axes: the definition of einsum, and what follows from it."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from random import Random
from typing import Any

from tl_specs.array import Array, Shape, wrap
from tl_specs.draw import reals, wide
from tl_specs.reduction import total
from tl_specs.spec import Sample, Spec

Label = str | int


def einsum(subscripts: str, *operands: Array) -> Array:
    """out[result labels] = Σ over all other labels of the product of the operands at their labels.

    The axes of `...` are labelled by numbers, the last one -1; there, an axis of size 1 is read at 0. Without an arrow
    the result has `...` first and then the letters that stand once, in alphabetical order.

    >>> einsum("ij,jk->ik", Array.of([[1, 2]]), Array.of([[3], [4]])).items
    [11]
    """
    left, arrow, right = subscripts.replace(" ", "").partition("->")
    parts = left.split(",")
    if len(parts) != len(operands):
        raise ValueError(f"{subscripts} describes {len(parts)} operands, not {len(operands)}")
    names = [_labels(part, len(x.shape)) for part, x in zip(parts, operands, strict=True)]
    sizes = _sizes(names, operands)
    dots = sorted(label for label in sizes if isinstance(label, int))
    letters = left.replace(",", "").replace(".", "")
    if arrow:
        before, ellipsis, after = right.partition("...")
        result: list[Label] = [*before, *(dots if ellipsis else []), *after]
    else:
        result = [*dots, *sorted(letter for letter in set(letters) if letters.count(letter) == 1)]
    if len(set(result)) != len(result) or not set(dots) <= set(result):
        raise ValueError(f"the result of {subscripts} lacks an axis or has one twice")
    summed = [label for label in sizes if label not in result]
    items = []
    for at in itertools.product(*(range(sizes[label]) for label in result)):
        place = dict(zip(result, at, strict=True))
        terms = []
        for inner in itertools.product(*(range(sizes[label]) for label in summed)):
            full = place | dict(zip(summed, inner, strict=True))
            terms.append(_product([_item(x, own, full) for x, own in zip(operands, names, strict=True)]))
        items.append(total(terms))
    return Array(tuple(sizes[label] for label in result), items)


def _labels(part: str, rank: int) -> list[Label]:
    before, ellipsis, after = part.partition("...")
    count = rank - len(before) - len(after)
    if count < 0 or (count and not ellipsis):
        raise ValueError(f"{part} does not label {rank} axes")
    return [*before, *range(-count, 0), *after]


def _sizes(names: Sequence[Sequence[Label]], operands: Sequence[Array]) -> dict[Label, int]:
    sizes: dict[Label, int] = {}
    for own, x in zip(names, operands, strict=True):
        for label, n in zip(own, x.shape, strict=True):
            if isinstance(label, int) and 1 in (n, sizes.get(label, 1)):
                sizes[label] = sizes.get(label, 1) if n == 1 else n
            elif sizes.setdefault(label, n) != n:
                raise ValueError(f"{label} has the sizes {sizes[label]} and {n}")
    return sizes


def _item(x: Array, own: Sequence[Label], at: dict[Label, int]) -> Any:
    return x[tuple(0 if n == 1 else at[label] for label, n in zip(own, x.shape, strict=True))]


def _product(factors: Sequence[Any]) -> Any:
    value = factors[0]
    for factor in factors[1:]:
        value = value * factor
    return value


def tensordot(x: Array, y: Array, *, axes: Any = 2) -> Array:
    """Σ over pairs of axes (the last so many of x with the first so many of y) of the products.

    >>> tensordot(Array.of([[1, 2]]), Array.of([[3], [4]]), axes=1).items
    [11]
    """
    if isinstance(axes, int):
        pairs = [(len(x.shape) - axes + k, k) for k in range(axes)]
    else:
        first, second = ([side] if isinstance(side, int) else side for side in axes)
        pairs = [(wrap(a, len(x.shape)), wrap(b, len(y.shape))) for a, b in zip(first, second, strict=True)]
    left = [chr(ord("a") + k) for k in range(len(x.shape))]
    right = [chr(ord("A") + k) for k in range(len(y.shape))]
    for a, b in pairs:
        right[b] = left[a]
    kept = [label for label in left if label not in right] + [label for label in right if label not in left]
    return einsum(f"{''.join(left)},{''.join(right)}->{''.join(kept)}", x, y)


def outer(x: Array, y: Array) -> Array:
    """out[i, j] = x[i] y[j].

    >>> outer(Array.of([1, 2]), Array.of([3, 4])).tolist()
    [[3, 4], [6, 8]]
    """
    return einsum("i,j->ij", x, y)


EINSUMS: tuple[tuple[str, tuple[Shape, ...]], ...] = (
    *(("ij,jk->ik", ((2, 3), (3, 2))), ("ij,jk", ((2, 3), (3, 1))), ("ij,jk->ki", ((2, 2), (2, 2)))),
    *(("i,i", ((3,), (3,))), ("i,i->i", ((3,), (3,))), ("i,j->ji", ((2,), (3,))), (",i->i", ((), (3,)))),
    *(("ij->ji", ((2, 3),)), ("ij->", ((2, 3),)), ("ij->j", ((2, 3),)), ("ba", ((2, 3),)), ("ii", ((3, 3),))),
    *(("ii->i", ((3, 3),)), ("iij->ji", ((2, 2, 3),)), ("iii->i", ((2, 2, 2),)), ("ii,i->i", ((2, 2), (2,)))),
    *(("bij,bjk->bik", ((2, 2, 2), (2, 2, 1))), ("bij,bij->b", ((2, 2, 2), (2, 2, 2)))),
    *(("ij,k->j", ((2, 3), (2,))), ("ij,ij->ij", ((2, 2), (2, 2))), ("ijk,kj->i", ((2, 2, 3), (3, 2)))),
    *(("...ij,...jk->...ik", ((2, 1, 2), (2, 3))), ("...i,i", ((2, 3), (3,))), ("i...->...", ((3, 2),))),
    *(("...,...->...", ((2, 1), (3,))), ("...i,...i->...", ((2, 1, 2), (3, 2))), ("i...j->j...i", ((2, 2, 3),))),
    *(("ij,jk,kl->il", ((2, 3), (3, 2), (2, 1))), ("i,ij,j->", ((2,), (2, 3), (3,)))),
    *(("a,b,c->cab", ((2,), (2,), (2,))), ("ij,i,j->ij", ((2, 2), (2,), (2,)))),
    *(("ij, ij , i -> j", ((2, 2), (2, 2), (2,))), ("ij,j,j->i", ((2, 3), (3,), (3,)))),
)
_TENSORDOTS: tuple[tuple[Shape, Shape, Any], ...] = (
    *(((2, 3), (3, 2), 1), ((2, 3), (2, 3), 2), ((2,), (3,), 0), ((2, 3), (3, 2), ((1,), (0,)))),
    *(((2, 3), (2, 3), None),),
    *(((2, 3), (3, 2), ((0, 1), (1, 0))), ((2, 2, 3), (3, 2), ((2, 1), (0, 1))), ((2, 3), (2, 2), (0, -1))),
    *(((2, 2, 2), (2, 2, 1), ((-1,), (1,))),),
)


def _einsum_samples(rng: Random) -> list[Sample]:
    found = [Sample(f"{text} of {s}", (text, *[reals(rng, one) for one in s])) for text, s in EINSUMS]
    return [*found, Sample("wide", ("ij,jk->ik", wide(reals, rng, (2, 2)), wide(reals, rng, (2, 2))))]


def _tensordot_samples(rng: Random) -> list[Sample]:
    found = []
    for a, b, axes in _TENSORDOTS:
        params = {} if axes is None else {"axes": axes}
        found.append(Sample(f"{a} and {b} over {axes}", (reals(rng, a), reals(rng, b)), params))
    return found


def _outer_samples(rng: Random) -> list[Sample]:
    return [Sample(f"{n} by {m}", (reals(rng, (n,)), reals(rng, (m,)))) for n, m in ((2, 3), (1, 3), (3, 1), (2, 2))]


PRIMITIVES: dict[str, Spec] = {}
PUBLIC: dict[str, Spec] = {
    "einsum": Spec(einsum, (1, 2, 3), _einsum_samples),
    "tensordot": Spec(tensordot, (0, 1), _tensordot_samples),
    "outer": Spec(outer, (0, 1), _outer_samples),
}
