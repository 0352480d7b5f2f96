"""Whatever the code of a model reads may change, and the next derivative knows; usual models keep their trace."""

from __future__ import annotations

import dataclasses
import functools
import importlib
import math
import sys
import types
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from jaxtyping import Float
from tl_checker.gradients.entry_points.watched import HEAD

import tl_dsl as tl
from tl_dsl import Tensor, nn
from tl_dsl.autodiff.model import TRACES

MODEL = "\nclass Model(Base):\n    def factor(self, x):\n        return "

STALE: list[tuple[str, str, str]] = [
    # what the code reads, and a change after which the factor is 2 instead of 1
    ("a list", f"C = [1.0]{MODEL}C[0]", "C[0] = 2.0"),
    ("a dict", f"C = {{'a': 1.0}}{MODEL}C['a']", "C['a'] = 2.0"),
    ("a set", f"C = {{1.0}}{MODEL}sum(C)", "C.clear(); C.add(2.0)"),
    ("an array", f"N = np.ones(1){MODEL}float(N[0])", "N[0] = 2.0"),
    ("a number", f"N = 1.0{MODEL}N", "N = 2.0"),
    ("a tuple of lists", f"C = ([1.0],){MODEL}C[0][0]", "C[0][0] = 2.0"),
    ("a bound method", f"C = {{'a': 1.0}}\nget = C.get{MODEL}get('a')", "C['a'] = 2.0"),
    ("a default", "\nclass Model(Base):\n    def factor(self, x, c=[1.0]):\n        return c[0]",
     "Model.factor.__defaults__[0][0] = 2.0"),
    ("keyword defaults", f"def h(*, c=1.0): return c{MODEL}h()", "h.__kwdefaults__['c'] = 2.0"),
    ("code", f"def h(): return 1.0\ndef g(): return 2.0{MODEL}h()", "h.__code__ = g.__code__"),
    ("an attribute of a function", f"def h(): return h.c\nh.c = 1.0{MODEL}h()", "h.c = 2.0"),
    ("a list of a function", f"def h(): return h.c[0]\nh.c = [1.0]{MODEL}h()", "h.c[0] = 2.0"),
    ("a closure", f"def made():\n    c = [1.0]\n    return c, lambda: c[0]\nc, h = made(){MODEL}h()", "c[0] = 2.0"),
    ("a frozen dataclass",
     f"@dataclasses.dataclass(frozen=True)\nclass S:\n    c: list\ns = S([1.0]){MODEL}s.c[0]", "s.c[0] = 2.0"),
    ("an object", f"class S: c = 1.0\ns = S(){MODEL}s.c", "s.c = 2.0"),
    ("a class", f"class S: c = 1.0{MODEL}S.c", "S.c = 2.0"),
    ("a class attribute", "\nclass Model(Base):\n    c = [1.0]\n    def factor(self, x):\n        return self.c[0]",
     "Model.c[0] = 2.0"),
    ("a cache", f"@functools.lru_cache\ndef h(): return N\nN = 1.0{MODEL}h()", "N = 2.0; h.cache_clear()"),
    ("a name defined later", f"def h():\n    try: return N\n    except NameError: return 1.0{MODEL}h()", "N = 2.0"),
    ("a builtin", f"{MODEL[1:]}float(len(x.shape))", "len = lambda x: 2.0"),
    ("a method of a subclass", "\nclass Model(Base): pass", "Model.factor = lambda self, x: 2.0"),
    ("a base", "class Two(Base):\n    def factor(self, x): return 2.0\nclass Model(Base): pass",
     "Model.__bases__ = (Two,)"),
    ("a double underscore",
     "\nclass Model(Base):\n    def factor(self, x): return self * 1.0\n    def __mul__(self, x): return x",
     "Model.__mul__ = lambda self, x: x * 2.0"),
    ("a submodule", f"import config.inner{MODEL}config.inner.SCALE", "config.inner.SCALE = 2.0"),
    ("an alias of a module", f"import config.inner\ndef h():\n    m = config\n    return m.inner.SCALE{MODEL}h()",
     "config.inner.SCALE = 2.0"),
    ("getattr", f"import config.inner{MODEL}getattr(config.inner, 'SCALE')", "config.inner.SCALE = 2.0"),
    ("globals", f"N = 1.0{MODEL}globals()['N']", "N = 2.0"),
    ("a count", f"N = 0.0\ndef h():\n    global N\n    N += 1.0\n    return N{MODEL}h()", ""),
    ("an iterator", f"numbers = iter([1.0, 2.0]){MODEL}next(numbers)", ""),
    ("random numbers",
     f"import random\nr = random.Random(0)\nfirst = r.random(){MODEL}1.0 + float(r.random() == first)",
     "r.seed(0)"),
    ("keywords of a partial", f"h = functools.partial(lambda c: c, c=1.0){MODEL}h()", "h.keywords['c'] = 2.0"),
    ("an operation", f"pair = tl.square{MODEL}pair(1.0) if False else h(x)\nh = lambda x: 1.0", "h = lambda x: 2.0"),
]  # fmt: skip


@pytest.fixture
def config(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    outer, inner = types.ModuleType("config"), types.ModuleType("config.inner")
    outer.inner, inner.SCALE = inner, 1.0  # type: ignore[attr-defined]
    outer.__path__ = []
    monkeypatch.setitem(sys.modules, "config", outer)
    monkeypatch.setitem(sys.modules, "config.inner", inner)
    yield


@pytest.mark.parametrize(("name", "source", "change"), STALE, ids=[row[0] for row in STALE])
def test_nothing_is_stale(
    name: str, source: str, change: str, config: None, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = "stale_" + name.replace(" ", "_")
    (tmp_path / f"{module}.py").write_text(f"{HEAD}\n{source}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    space = vars(importlib.import_module(module))
    model = space["Model"](tl.ones(1))

    def gradient() -> float:
        loss = tl.OutputLoss.mse()
        return float(tl.grad_x(model, loss, tl.init_params(model), tl.ones(1), tl.zeros(1)).item())

    assert gradient() == 2.0
    exec(change, space)
    assert gradient() == 8.0


SCALE = 2.0


@dataclasses.dataclass(frozen=True)
class Settings:
    scale: float


SETTINGS = Settings(2.0)


def scaled(x: Tensor, by: float = SCALE) -> Tensor:
    return x * by * math.sqrt(2.0) * np.pi * SETTINGS.scale


class Own(tl.Module):
    w: Float[Tensor, "n"]
    settings: Settings = SETTINGS
    repeats: int = 2

    @tl.typed
    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        if x.ndim != 1:
            raise ValueError(f"{x.ndim} axes")
        for _ in range(self.repeats):
            x = tl.relu(scaled(self.w * x)) if self.settings.scale > SCALE else tl.nn.mse_loss(x, x) + x
        return self.last(x)

    def last(self, x: Tensor) -> Tensor:
        return functools.reduce(lambda a, b: a + b, [x * k for k in range(2)])


class Derived(Own):
    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return super().__call__(x) * 2.0


KEPT: list[Callable[[], nn.Module]] = [
    lambda: nn.Sequential(nn.Linear(2, 3, key=0), nn.ReLU(), nn.Linear(3, 2, key=0), nn.Softmax()),
    lambda: Own(tl.ones(2)),
    lambda: Derived(tl.ones(2)),
    lambda: nn.Sequential(Own(tl.ones(2)), tl.tanh, scaled, lambda x: x * SCALE, functools.partial(tl.clip, min=0.0)),
]


@pytest.mark.parametrize("make", KEPT)
def test_usual_models_keep_their_trace(make: Callable[[], nn.Module]) -> None:
    loss = tl.OutputLoss(lambda y, t: tl.mean(tl.square(y - t) * SCALE))
    TRACES.clear()
    for _ in range(3):
        model = make()  # also a new object, if its functions are the same ones
        if not isinstance(model, nn.Sequential):
            tl.grad_params(model, loss, tl.init_params(model), tl.ones(2), tl.zeros(2))
    tl.grad_params(model, loss, tl.init_params(model), tl.ones(2), tl.zeros(2))
    assert len(TRACES) == 1
    (kept,) = TRACES._kept.values()
    assert kept.guard.holds() and not kept.call.values


def test_losses_that_compare_equal_are_told_apart() -> None:
    @dataclasses.dataclass(frozen=True)
    class Power:
        exponent: float

        def __call__(self, output: Tensor, target: Tensor) -> Tensor:
            return tl.sum(output) * (3.0 if math.copysign(1.0, self.exponent) > 0 else 5.0)

    model = nn.Identity()
    for exponent, wanted in [(0.0, 3.0), (-0.0, 5.0), (0.0, 3.0)]:
        gradient = tl.grad_x(model, tl.OutputLoss(Power(exponent)), tl.init_params(model), tl.ones(1), tl.ones(1))
        assert gradient.item() == wanted
