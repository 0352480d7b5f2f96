"""Cases of kept traces: whatever the code of a model reads may change, and the next derivative knows.

Where code reads only what can be watched (`watched`), a repeated call must run none of it: a trace that is never kept
is slow, one that is kept too long is wrong.
"""

from __future__ import annotations

import linecache
import sys
import types
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np

from tl_checker.gradients.entry_points import unwatched, watched
from tl_checker.gradients.entry_points.cases import Array, Case, counted, counting, forgotten, refused
from tl_checker.gradients.entry_points.cases import engine as tl
from tl_dsl import Module
from tl_dsl.autodiff.traces import Traces
from tl_dsl.errors import ArgumentError
from tl_dsl.pytree import Static

MODELS = {
    "factor: ": """class Model(Base):
    def factor(self, x):
        return """,
    "output: ": """class Model(Base):
    def __call__(self, x): return """,
}
"""What stands for the lines of `watched` that begin so."""


@dataclass(frozen=True)
class Reading:
    """What code reads, its source, a change, and the derivatives before and after it."""

    what: str
    source: str
    change: str = ""
    before: float = 2.0
    after: float = 8.0


def readings(text: str) -> Iterator[Reading]:
    """The blocks of `watched` and `unwatched`.

    >>> readings("## a number: 2, 4\\nN = 1.0\\nfactor: N\\nchange: N = 2.0").__next__().after
    4.0
    """
    for block in text.split("## ")[1:]:
        title, *lines = block.splitlines()
        what, _, numbers = title.partition(": ")
        source = [_written_out(line) for line in lines if not line.startswith("change: ")]
        change = "".join(line.removeprefix("change: ") for line in lines if line.startswith("change: "))
        before, after = map(float, numbers.split(", ")) if numbers else (2.0, 8.0)
        yield Reading(what, "\n".join(source), change, before, after)


def _written_out(line: str) -> str:
    start = next((start for start in MODELS if line.startswith(start)), "")
    return MODELS[start] + line.removeprefix(start) if start else line


ENTRIES = ("grad_x", "value_and_grad_x", "vjp_input")
"""The entry points that are asked, in turn."""


def trace_cases() -> Iterator[Case]:
    """All of them."""
    kept_ones, others = list(readings(watched.READINGS)), list(readings(unwatched.READINGS))
    for number, reading in enumerate((*kept_ones, *others)):
        entry = ENTRIES[number % (len(ENTRIES) if reading.after == 8.0 and "loss =" not in reading.source else 2)]
        kept = number < len(kept_ones)
        wanted = [reading.before, reading.before, reading.after] if kept else [reading.before, reading.after]
        wanted = [(value / 2) ** 0.5 if entry == "vjp_input" else value for value in wanted]  # f from 2f²
        asked = lambda r=reading, e=entry, k=kept: _asked(r, e, k)
        yield Case(entry, f"{reading.what} that {'changes' if reading.change else 'counts'}", asked, wanted)
    yield from _emptied()
    yield from _told_apart()
    yield from _kept_by_use()


def _asked(reading: Reading, entry: str, kept: bool) -> list[float]:
    """The derivatives before and after a change; where a trace is kept, also of a repeated call, which runs no code."""
    with _module(reading.source) as space:
        model = space["make"]() if "make" in space else space["Model"](tl.ones(1))
        loss = space.get("loss", tl.OutputLoss.mse())

        def derivative() -> float:
            return _derivative(entry, model, loss)

        found = [derivative()]
        if kept:
            again, ran = counted(derivative, space["__file__"])
            found.append(-1.0 if ran else again)  # a derivative that is none
        exec(reading.change, space)
        found.append(derivative())
        return found


def _derivative(entry: str, model: Any, loss: Any) -> float:
    params, one, zero = tl.init_params(model), tl.ones(1), tl.zeros(1)
    if entry == "vjp_input":
        return float(tl.vjp_input(model, params, one, one).item())
    found: Any = getattr(tl, entry)(model, loss, params, one, zero)
    return float((found[1] if entry == "value_and_grad_x" else found).item())


@contextmanager
def _module(source: str) -> Iterator[dict[str, Any]]:
    """The names of a module of that source, beside a package ``config`` with a module inside."""
    path = f"<{__name__} {abs(hash(source))}>"
    names = ("config", "config.inner", "config.other", "_entry_points_source")
    config, inner, other, own = modules = [types.ModuleType(name) for name in names]
    scale: Any = {"SCALE": 1.0, "LIST": [1.0], "HIDDEN": 1.0, "inner": inner, "other": other, "__path__": []}
    vars(config).update(scale)
    exec(compile("def scale(): return HIDDEN", path, "exec"), vars(config))
    vars(inner)["SCALE"], vars(other)["SCALE"] = 1.0, 2.0
    text = f"{watched.HEAD}\n{source}\n"
    vars(own)["__file__"] = path
    linecache.cache[path] = len(text), None, text.splitlines(keepends=True), path
    before = {name: sys.modules.get(name) for name in names}
    sys.modules.update(zip(names, modules, strict=True))
    try:
        exec(compile(text, path, "exec"), vars(own))
        yield vars(own)
    finally:
        del linecache.cache[path]
        for name, module in before.items():
            if module is None:
                del sys.modules[name]
            else:
                sys.modules[name] = module


def _emptied() -> Iterator[Case]:
    """What code reads is taken away: it raises what it would raise at once."""
    gone = """
## a cell
def made(c): return lambda: c
h = made(1.0)
factor: h()
change: del h.__closure__[0].cell_contents
## a name
N = 1.0
factor: N
change: del N
## an attribute of a module
import config
factor: config.SCALE
change: del config.SCALE
"""
    for reading in readings(gone):
        error = AttributeError if "module" in reading.what else NameError
        asked = lambda r=reading: _asked(r, "grad_x", kept=True)
        yield refused("grad_x", f"{reading.what} that is taken away", error, asked)


def _told_apart() -> Iterator[Case]:
    """Calls that follow each other: other losses, models, entry points, shapes and types; each has its own trace."""
    x: Array = counting(1, 2)
    sizes = [tl.tensor(x), tl.tensor(x[:1]), tl.tensor(x.astype(np.float32)), tl.tensor(x)]

    def losses() -> list[Any]:
        model: Any = tl.nn.Sequential(tl.square)
        params, found = tl.init_params(model), []
        for _ in range(2):
            for loss in (
                tl.OutputLoss.mse("sum"),
                tl.OutputLoss.mse("mean"),
                tl.OutputLoss(_product),
                tl.OutputLoss.mse("sum"),
            ):
                for name in ("grad_x", "grad_target"):
                    found.append(getattr(tl, name)(model, loss, params, sizes[0], sizes[0]))
        return found

    y = x * x - x
    once = [4 * x * y, -2 * y, 2 * x * y, -y, 2 * x * x, x * x, 4 * x * y, -2 * y]
    yield Case("grad_x", "one loss after the other", losses, once * 2)

    def models() -> list[Any]:
        loss, found = tl.OutputLoss(_product), []
        for _ in range(2):
            for layers in ((tl.square,), (tl.square, tl.square), (), (tl.neg,)):
                model: Any = tl.nn.Sequential(*layers)
                found.append(tl.grad_x(model, loss, tl.init_params(model), sizes[0], sizes[0]))
        return found

    yield Case("grad_x", "one model after the other", models, [2 * x * x, 4 * x**4, x, -x] * 2)

    def inputs() -> list[Any]:
        model: Any = tl.nn.Sequential(tl.square)
        params = tl.init_params(model)
        return [tl.vjp_input(model, params, z, z) for z in sizes * 2]

    wanted = [2 * x * x, 2 * x[:1] ** 2, (2 * x * x).astype(np.float32), 2 * x * x]
    yield Case("vjp_input", "one input after the other", inputs, wanted * 2)

    def structures() -> list[Any]:
        loss, found = tl.OutputLoss(_product), []
        for _ in range(2):
            for scale in (1, 2, 1.0, True, 0.0, -0.0):
                model = _Scaled(scale)
                found.append(tl.grad_x(model, loss, tl.init_params(model), sizes[0], sizes[0]))
        return found

    yield Case("grad_x", "one static field after the other", structures, [x * k for k in (1, 2, 3, 4, 5, 6)] * 2)

    def weights() -> list[Any]:
        model: Any = tl.nn.Identity()
        params, found = tl.init_params(model), []
        for _ in range(2):
            for weight in (1, 2, 1.0, True, 0.0, -0.0):
                found.append(tl.grad_x(model, tl.OutputLoss(_Weighted(weight)), params, sizes[0], sizes[0]))
        return found

    yield Case("grad_x", "one equal loss after the other", weights, [x * k for k in (1, 2, 3, 4, 5, 6)] * 2)
    unhashed: Any = tl.OutputLoss(_Unhashed())
    identity: Any = tl.nn.Identity()
    params = tl.init_params(identity)
    yield refused(
        "grad_x",
        "a loss that has no hash",
        ArgumentError,
        lambda: tl.grad_x(identity, unhashed, params, sizes[0], sizes[0]),
        "unhashable type: '_Unhashed'",
    )


def _product(output: Any, target: Any) -> Any:
    return tl.sum(output * target)


class _Unhashed:
    __hash__ = None  # type: ignore[assignment]

    def __call__(self, output: Any, target: Any) -> Any:
        return tl.sum(output * target)

    def __eq__(self, other: object) -> bool:
        return self is other


class _Scaled(Module):
    """A factor that depends on the type and sign of a number, too."""

    scale: Any

    def __call__(self, x: Any) -> Any:
        """The input times that factor."""
        return x * _factor(self.scale)


@dataclass(frozen=True)
class _Weighted:
    """A loss with such a factor."""

    weight: Any

    def __call__(self, output: Any, target: Any) -> Any:
        """The product times that factor."""
        return tl.sum(output * target) * _factor(self.weight)


def _factor(number: Any) -> int:
    """Another one for each of 1, 2, 1.0, True, 0.0 and -0.0, by code that a kept trace is good for."""
    told = str(number)
    if isinstance(number, float):
        return 3 if told == "1.0" else 5 if told == "0.0" else 6
    return 4 if told == "True" else int(number)


def _kept_by_use() -> Iterator[Case]:
    """A store of two traces: the one that was not used for longest goes; captured values are not kept."""
    rows: list[tuple[str, list[int], int]] = [
        ("aa", [1, 1], 1), ("aba", [1, 2, 1], 2), ("abcba", [1, 2, 3, 2, 4], 2), ("abaca", [1, 2, 1, 3, 1], 2),
        ("abacb", [1, 2, 1, 3, 4], 2), ("ooo", [1, 2, 3], 0), ("oaoa", [1, 2, 3, 2], 1), ("abca", [1, 2, 3, 4], 2),
        ("abab", [1, 2, 1, 2], 2),
    ]  # fmt: skip
    for keys, numbers, left in rows:
        yield Case("kept traces", f"keys {keys}", lambda k=keys: _answered(k), (numbers, left))
    kinds = [tl.ones(1), tl.ones(2), tl.ones(1, dtype=tl.float32), tl.ones(1)]
    shapes = lambda: _answered("aaaa", [kinds[k] for k in (0, 1, 0, 1)])
    yield Case("kept traces", "shapes", shapes, ([1, 2, 1, 2], 2))
    types = lambda: _answered("aaaa", [kinds[k] for k in (0, 2, 0, 3)])
    yield Case("kept traces", "element types", types, ([1, 2, 1, 1], 2))
    outside = tl.tensor([5.0])

    keep = Traces(2)
    called = lambda x: keep.call((), lambda: tl.square, [x])
    yield Case("kept traces", "arguments are not kept", lambda: forgotten(lambda: tl.ones(2) + 0, called), True)

    yield Case("kept traces", "one made anew is the last used", _made_anew, [True, True, True, True, False, True])

    def cleared() -> list[int]:
        traces = Traces(2)
        traces.call((), lambda: tl.square, [outside])
        before = len(traces)
        traces.clear()
        return [before, len(traces)]

    yield Case("kept traces", "forgotten", cleared, [1, 0])

    def while_traced() -> list[float]:
        """What a function changes while it is traced makes its trace worthless."""
        traces, found = Traces(2), []
        for _ in range(3):
            found.append(float(traces.call((Static(_counting),), lambda: _counting, [tl.ones(())]).item()))
        return found

    def fresh() -> list[float]:
        _counting.number = 0.0
        return while_traced()

    yield Case("kept traces", "what changes itself", fresh, [1.0, 2.0, 3.0])
    key: Any = ([],)
    unhashed = lambda: Traces(2).call(key, lambda: tl.square, [outside])
    yield refused("kept traces", "a key that has no hash", ArgumentError, unhashed, "unhashable type: 'list'")


def _made_anew() -> list[bool]:
    """Which calls trace: that of a once more, since what it reads changed; then c comes, for which b goes and not a."""
    traces = Traces(2)

    def reading() -> Any:
        def f(x: Any) -> Any:
            return x * read.number

        read: Any = f
        read.number = 1.0
        return read

    def traced(f: Any) -> bool:
        made = []

        def make() -> Any:
            made.append(f)
            return f

        traces.call((Static(f),), make, [tl.ones(())])
        return bool(made)

    a, b, c = reading(), reading(), reading()
    found = [traced(a), traced(b)]
    a.number = 2.0
    return found + [traced(f) for f in (a, c, a, b)]


def _answered(keys: str, values: Any = None) -> tuple[list[int], int]:
    """The number of the trace that answers each call, and how many are kept; of the key o one reads from outside."""
    traces, outside, made = Traces(2), tl.tensor([5.0]), 0

    def number_of(key: str, x: Any) -> int:
        def make() -> Callable[..., Any]:
            nonlocal made
            made += 1
            number = float(made)
            return lambda z: tl.max(z * 0 + number) + (tl.sum(outside) * 0 if key == "o" else 0)

        return int(traces.call((key,), make, [x]).item())

    numbers = [number_of(key, tl.ones(1) if values is None else values[k]) for k, key in enumerate(keys)]
    return numbers, len(traces)


def _count(x: Any) -> Any:
    _counting.number += 1.0
    return x * _counting.number


_counting: Any = _count
"""A function that counts how often it runs, as its own attribute."""
