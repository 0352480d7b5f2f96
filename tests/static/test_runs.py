"""How the checker behaves in mypy: caches, settings, optional codes, ignores, faults of its own, foreign arrays."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.static.mypy_run import findings, run_mypy

PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))

LIBRARY = """\
from jaxtyping import Float
import tl_dsl as tl
from tl_dsl import Tensor, nn
Row = Float[Tensor, "7"]
Image = Float[Tensor, "c h w"]
def flipped(x: Image) -> Image:
    return x
def spread(x: Float[Tensor, "n"], y: Float[Tensor, "#n"]) -> None: ...
def grown(x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n+1"]:
    return tl.concat([x, tl.zeros_like(x[..., :1])], axis=-1)
class Scale(tl.Module):
    factor: Float[Tensor, "n"]
    def __call__(self, x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n"]:
        return x * self.factor
scale = Scale(tl.zeros(3))
net = nn.Sequential(nn.Linear(4, 8, key=0), nn.Linear(8, 2, key=1))
derivative = tl.grad(lambda x: tl.sum(x))
"""
USER = """\
import tl_dsl as tl
from library import Image, Row, Scale, flipped, grown, net, scale, spread
def use(row: Row) -> None:
    reveal_type(row)
def show(x: Image, y: Image) -> Image:
    reveal_type(flipped(x))
    return x.mT
reveal_type(show(tl.zeros((2, 3, 4)), tl.zeros((2, 3, 4))))
spread(tl.zeros(3), tl.zeros(2))
reveal_type(grown(tl.zeros((2, 3))))
reveal_type(scale(tl.zeros((5, 3))))
scale(tl.zeros((5, 4)))
reveal_type(net(tl.zeros(4)))
net(tl.zeros(5))
reveal_type(scale.factor)
"""


@pytest.fixture
def project(tmp_path: Path) -> list[Path]:
    (tmp_path / "library.py").write_text(LIBRARY)
    (tmp_path / "user.py").write_text(USER)
    return [tmp_path / "library.py", tmp_path / "user.py"]


def test_cold_and_warm_say_the_same(project: list[Path], tmp_path: Path) -> None:
    cache = tmp_path / "run"
    cold = run_mypy(project, cache)
    assert cold.count("error:") == 4
    assert all(t in cold for t in ("Tensor[Float, c, h, w]", "Tensor[Float, 2, 4]", "Tensor[Float, 5, 3]"))
    assert run_mypy(project, cache) == cold
    project[1].write_text(USER + "# changed: the library now comes from the cache\n")
    assert run_mypy(project, cache) == cold


def test_parallel_says_the_same(project: list[Path], tmp_path: Path) -> None:
    assert sorted(run_mypy(project, tmp_path / "two", "-n", "2").splitlines()) == sorted(
        run_mypy(project, tmp_path / "one").splitlines()
    )


def test_optional_codes_and_ignores(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "from jaxtyping import Float\n"
        "from tl_dsl import Tensor\n"
        'def f(x: Float[Tensor, "n m"], k: int) -> Float[Tensor, "n"]:\n'
        "    x.sum(axis=k)\n"
        "    x[5:]\n"
        "    x @ x  # type: ignore[tensor-shape]\n"
        "    return x[0]  # type: ignore[tensor-shape]\n"
    )
    run = tmp_path / "run"
    assert findings(run_mypy([program], run)) == []
    strict = findings(run_mypy([program], run, settings="[tool.tl]\nstrict_shapes = true\n"))
    assert [(f.line, f.code) for f in strict] == [(4, "tensor-shape-lost")]
    assumed = findings(run_mypy([program], run, "--enable-error-code", "tensor-shape-assumed"))
    assert [(f.line, f.code) for f in assumed] == [(5, "tensor-shape-assumed")]


def test_a_changed_setting_is_not_answered_from_the_cache(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        'from jaxtyping import Float\nfrom tl_dsl import Tensor\ndef f(x: Float[Tensor, "n"], k: int) -> None:\n'
        "    x.sum(axis=k)\n"
    )
    run = tmp_path / "run"
    assert run_mypy([program], run) == ""
    assert "tensor-shape-lost" in run_mypy([program], run, settings="[tool.tl]\nstrict_shapes = true\n")
    assert run_mypy([program], run) == ""
