"""What is known of classes and their objects survives mypy's cache and its workers."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.static.mypy_run import run_mypy

LIBRARY = """\
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar
import numpy as np
from jaxtyping import Float
N = TypeVar("N", bound=int)
M = TypeVar("M", bound=int)
class Linear:
    def __init__(self, width: int, out: int) -> None:
        self.width = width
        self.w: Float[np.ndarray, "{width} {out}"] = np.zeros((width, out))
    def __call__(self, x: Float[np.ndarray, "b {self.width}"]) -> Float[np.ndarray, "b _"]:
        return x @ self.w
class Net(Linear):
    def __init__(self, n: int, hidden: int) -> None:
        super().__init__(n, hidden)
        self.last = Linear(hidden, 2)
@dataclass
class Data:
    x: Float[np.ndarray, "n d"]
    y: Float[np.ndarray, "n"]
class Grows:
    def __init__(self, x: Float[np.ndarray, "n d"]) -> None:
        self.x: Float[np.ndarray, "n d"] = x
        self.more = np.zeros(3)
    def grow(self) -> None:
        self.x = np.concatenate([self.x, self.x])
        self.more = np.zeros(4)
class Square(Generic[N, M]):
    w: Float[np.ndarray, "N M"]
    def __init__(self, n: N, m: M) -> None:
        self.w = np.zeros((n, m))
data = Data(np.zeros((5, 3)), np.zeros(5))
net = Net(7, 8)
square = Square(2, 3)
"""
USER = """\
from jaxtyping import Float
import numpy as np
from library import Data, Grows, Linear, Net, Square, data, net, square
reveal_type(data.x)
Data(np.zeros((5, 3)), np.zeros(4))
reveal_type(Linear(3, 4).w)
reveal_type(Linear(3, 4).width)
Linear(3, 4)(np.zeros((2, 4)))
reveal_type(net.w)
reveal_type(net.last.w)
reveal_type(Net(5, 6).last.w)
grows = Grows(np.zeros((2, 3)))
reveal_type(grows.x)
reveal_type(grows.more)
reveal_type(square)
reveal_type(Square(4, 5).w)
class Wider(Net):
    def wrong(self) -> None:
        self.w @ self.w
        self.last.w + self.w
def two(a: Data, b: Data) -> None:
    reveal_type(a.x)
    a.x + b.x
    Data(a.x, a.x[0])
"""


@pytest.fixture
def project(tmp_path: Path) -> list[Path]:
    (tmp_path / "library.py").write_text(LIBRARY)
    (tmp_path / "user.py").write_text(USER)
    return [tmp_path / "library.py", tmp_path / "user.py"]


def test_cold_warm_and_changed_say_the_same(project: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "run"
    cold = run_mypy(project, cache)
    for text in ('ndarray[Float, 5, 3]"', 'ndarray[Float, 7, 8]"', 'ndarray[Float, 8, 2]"', 'ndarray[Float, 6, 2]"'):
        assert text in cold
    assert cold.count("error:") == 4 and "Square[Literal[2], Literal[3]]" in cold and "tuple[Any, Any]" in cold
    assert run_mypy(project, cache) == cold
    project[1].write_text(USER + "# the library now comes from the cache\n")
    assert run_mypy(project, cache) == cold
    project[0].write_text(LIBRARY + "# the library is read again\n")
    assert run_mypy(project, cache) == cold
    assert run_mypy(project, tmp_path / "json", "--no-fixed-format-cache") == cold


def test_a_changed_class_is_seen(project: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "run"
    run_mypy(project, cache)
    # Of another length, too: for mypy a file of the same second and size is the same file.
    project[0].write_text(LIBRARY.replace("super().__init__(n, hidden)", "super().__init__(hidden, n)") + "# changed\n")
    changed = run_mypy(project, cache)
    assert 'ndarray[Float, 8, 7]"' in changed and changed == run_mypy(project, tmp_path / "cold")


def test_parallel_says_the_same(project: list[Path], tmp_path: Path) -> None:
    one = run_mypy(project, tmp_path / "one")
    assert sorted(run_mypy(project, tmp_path / "two", "-n", "2").splitlines()) == sorted(one.splitlines())
