"""The plugin for pytest, in runs of its own."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

pytest_plugins = ["pytester"]

HEAD = """
import pytest
import tl_dsl as tl
from jaxtyping import Float
from tl_dsl import Tensor

@tl.custom_jvp
def cube(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return x * x * x

@cube.defjvp
def cube_jvp(primals, tangents):
    return cube(*primals), FACTOR * primals[0] * primals[0] * tangents[0]

class Scale(tl.Module):
    factor: Float[Tensor, "n"]

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * self.factor

def plain(x):
    return x * x
"""

PASSING = """
def test_of_a_function(verify_gradients):
    report = verify_gradients(cube, depth="quick")
    assert report.clean() and report.rows[0].target == "cube"

def test_of_a_class_and_a_model(verify_gradients):
    verify_gradients(Scale, depth="quick")
    model = Scale(tl.tensor([1.0, 2.0]))
    verify_gradients(model, loss=tl.OutputLoss.mse(), x=tl.ones(2), labels=tl.zeros(2), depth="quick")

def test_of_arguments_given(verify_gradients):
    verify_gradients(plain, draws=[(tl.tensor([2.0, 3.0]),)], seed=2, depth="quick")

@pytest.mark.gradients(depth="quick")
@pytest.mark.parametrize("size", [1, 2])
def test_marked(size):
    return Scale(tl.ones(size) * 1.5)
"""

FAILING = """
def test_wrong(verify_gradients):
    verify_gradients(cube, depth="quick")

@pytest.mark.gradients(depth="quick")
def test_marked():
    return cube

@pytest.mark.gradients
def test_of_nothing():
    pass

def test_without_annotations(verify_gradients):
    verify_gradients(plain)

def test_unknown_depth(verify_gradients):
    verify_gradients(cube, depth="deeper")

def test_option_of_models(verify_gradients):
    verify_gradients(cube, loss=tl.OutputLoss.mse())
"""


def run(pytester: pytest.Pytester, text: str, factor: str) -> pytest.RunResult:
    pytester.makepyfile(HEAD.replace("FACTOR", factor) + text)
    return pytester.runpytest_inprocess("-p", "no:xdist", "-p", "no:cacheprovider", "--strict-markers")


def test_the_package_brings_the_plugin() -> None:
    (found,) = entry_points(group="pytest11", name="tl_gradients")
    assert found.value == "tl_checker.pytest_plugin"


def test_right_gradients_pass(pytester: pytest.Pytester) -> None:
    run(pytester, PASSING, "3").assert_outcomes(passed=5)


def test_wrong_ones_fail_with_the_message_of_the_command(pytester: pytest.Pytester) -> None:
    result = run(pytester, FAILING, "3.0000001")
    result.assert_outcomes(failed=6)
    said = " ".join(" ".join(result.outlines).split())
    head = "FAIL  cube: the jvp rule of cube (custom_jvp) in argument x is wrong"
    assert sum(line.startswith(head) for line in result.outlines) == 2  # pytest's summary may say it again
    assert f"{' '.join(head.split())} line: test_" in said
    assert "in cube_jvp" in said and "relative error 2^-24.8 ≈ 3.3e-8" in said and "1 target: 1 FAIL." in said
    assert "a test marked gradients returns a model or a function to verify; this one returns None" in said
    assert "the gradients of plain cannot be verified" in said and "[tensor-annotation]" in said
    assert "depth is one of quick, standard, deep" in said
    assert "verify_gradients of a function has no option loss" in said
    assert "pytest_plugin.py" not in said


def test_the_projects_settings_are_defaults(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml("[tool.tl.verify]\nquick = true\nseed = 5\n")
    text = "def test(verify_gradients):\n    print(verify_gradients(cube).notes)\n"
    run(pytester, text, "3").assert_outcomes(passed=1)
    pytester.makepyprojecttoml("[tool.tl.verify]\nsede = 5\n")
    result = run(pytester, text, "3")
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*has no option 'sede'; did you mean seed?*"])
