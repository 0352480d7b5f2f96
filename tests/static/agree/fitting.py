"""Annotations for values: expressions over the axes that give the sizes which were seen."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence

from tests.static.agree.sizes import Sizes, value


class Fitter:
    """Finds the expression of a size from what it was under several choices of sizes."""

    def __init__(self, names: Iterable[str], choices: Sequence[Sizes], optional: Iterable[str] = ()) -> None:
        self._choices = choices
        self._optional = tuple(optional)
        self._found = _values(tuple(names), tuple(tuple(sizes.names.items()) for sizes in choices))

    def axis(self, sizes: tuple[int, ...]) -> str | None:
        """The expression that has these values."""
        if len(set(sizes)) == 1 and (len(sizes) > 1 or sizes[0] < 5):
            return str(sizes[0])
        found = self._found.get(sizes)
        for name in self._optional if found is None else ():
            if all(s in (1, choice.axes[name]) for s, choice in zip(sizes, self._choices, strict=True)):
                return f"#{name}"
        return found

    def shape(self, shapes: Sequence[tuple[int, ...]], run: str = "") -> tuple[str, ...] | None:
        """The axes of an annotation for values of these shapes, `run` being the axes that a shape may hold."""
        ranks = {len(shape) for shape in shapes}
        if len(ranks) == 1:
            axes = [self.axis(tuple(sizes)) for sizes in zip(*shapes, strict=True)]
            if all(axis is not None for axis in axes):
                return tuple(axis for axis in axes if axis is not None)
        return self._with_run(shapes, run) if run else None

    def _with_run(self, shapes: Sequence[tuple[int, ...]], run: str) -> tuple[str, ...] | None:
        runs = [choice.runs[run] for choice in self._choices]
        rests = {len(shape) - len(axes) for shape, axes in zip(shapes, runs, strict=True)}
        if len(rests) != 1 or (rest := rests.pop()) < 0:
            return None
        for before in range(rest + 1):
            if any(shape[before : before + len(r)] != r for shape, r in zip(shapes, runs, strict=True)):
                continue
            left = [shape[:before] + shape[before + len(r) :] for shape, r in zip(shapes, runs, strict=True)]
            axes = [self.axis(tuple(sizes)) for sizes in zip(*left, strict=True)]
            if all(axis is not None for axis in axes):
                fitted = [axis for axis in axes if axis is not None]
                return (*fitted[:before], f"*{run}", *fitted[before:])
        return None


@functools.lru_cache(maxsize=1024)
def _values(names: tuple[str, ...], choices: tuple[tuple[tuple[str, int], ...], ...]) -> dict[tuple[int, ...], str]:
    """The simplest expression for each tuple of values."""
    given = [dict(choice) for choice in choices]
    found: dict[tuple[int, ...], str] = {}
    for text in _expressions(list(names)):
        found.setdefault(tuple(value(text, sizes) for sizes in given), text)
    return found


def _expressions(names: list[str]) -> list[str]:
    """From simple to involved: of equal values, the first is taken."""
    found = [*names]
    found += [f"{n}{c}" for n in names for c in ("+1", "-1", "+2", "-2", "+3", "+4", "-3", "+5")]
    found += [f"{c}*{n}" for n in names for c in (2, 3, 4, 6, 8)]
    found += [f"{n}//2" for n in names] + [f"({n}+1)//2" for n in names] + [f"{n}//3" for n in names]
    found += [f"{n}//4" for n in names]
    pairs = [(n, m) for i, n in enumerate(names) for m in names[i:]]
    found += [f"{c}{n}*{m}" for n, m in pairs for c in ("", "2*", "3*", "4*", "6*")]
    found += [f"{n}+{m}" for n, m in pairs if n != m]
    found += [f"{n}+{m}{c}" for n, m in pairs for c in ("+1", "-1", "+2", "+3") if n != m]
    found += [f"{n}-{m}" for n in names for m in names if n != m]
    found += [f"{c}*{n}{d}" for n in names for c in (2, 3) for d in ("+1", "-1", "+2", "-2", "+3")]
    found += [f"{c}*{n}+{m}" for n in names for m in names for c in (2, 3) if n != m]
    found += [f"({n}+1)*{m}" for n in names for m in names] + [f"({n}-1)*{m}" for n in names for m in names]
    found += [f"({n}+2)*{m}" for n in names for m in names]
    found += [f"{n}*{m}*{k}" for i, (n, m) in enumerate(pairs) for k in names if k >= m]
    found += [f"{n}*{m}+{k}" for n, m in pairs for k in names] + [f"{n}*{m}//2" for n, m in pairs]
    return found
