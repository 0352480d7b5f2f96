"""The command `tl verify`: what it finds, what it says, and its exit codes."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from tl_checker.cli import main
from tl_checker.gradients.planting import planted_fault

GOOD = """
import tl_dsl as tl
from jaxtyping import Float
from tl_dsl import Tensor, nn

class Scale(tl.Module):
    factor: Float[Tensor, "n"]

    def __call__(self, x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n"]:
        return tl.tanh(x * self.factor)

layer = nn.Linear(2, 1, key=0)

def energy(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(tl.tanh(x) * x)

def plain(x):
    return x

def label(x: Float[Tensor, "n"]) -> str:
    return str(x.shape)

def of_a_model(model: Scale, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return model(x)

class Pair(tl.Module):
    scale: Float[Tensor, "n"]

    def __call__(self, x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return self.scale * x * y

class Table(tl.Module):
    rows: Float[Tensor, "n"]

class Sized(tl.Module):
    size: int

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    yield tmp_path
    for name in [name for name, module in sys.modules.items() if str(tmp_path) in str(getattr(module, "__file__", ""))]:
        del sys.modules[name]


def tl(*arguments: str) -> Result:
    """The command in this process, where planted faults are."""
    jobs = () if "--jobs" in arguments else ("--jobs", "1")
    return CliRunner().invoke(main, ["verify", *arguments, *jobs])


def unwrapped(text: str) -> str:
    return " ".join(text.split())


def write(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_text(text)
    return name


def test_a_module_is_verified(folder: Path) -> None:
    result = tl(write(folder, "good.py", GOOD), "--verbose")
    assert result.exit_code == 0, result.output
    said = unwrapped(result.stdout)
    for name in ("Scale with mse", "layer with mse", "energy", "grad_params", "hvp_params", "hessian", "params.factor"):
        assert name in said
    for skipped in SKIPPED:
        assert skipped in said
    assert "FAIL" not in said


SKIPPED = (
    "plain: a function is verified at inputs drawn from its annotations, and plain lacks some",
    "label does not return floating tensors",
    "Sized is not made of arrays alone",
    "of_a_model takes arguments that cannot be drawn (model: Scale)",
    "Pair: the entry points of models take models of one input (2 inputs)",
    "Table: Table cannot be called",
)


def test_the_table_is_short(folder: Path) -> None:
    lines = tl(write(folder, "good.py", GOOD)).stdout.splitlines()
    assert [line.split()[-5] for line in lines if line.startswith(("Scale with mse", "energy"))] == ["PASS", "PASS"]
    assert len(lines) < 40


def test_one_thing_of_a_module_by_dotted_name(folder: Path) -> None:
    write(folder, "pack/__init__.py", "")
    write(folder, "pack/models.py", GOOD)
    result = tl("pack.models:energy")
    assert result.exit_code == 0 and "energy" in result.stdout and "Scale" not in result.stdout
    assert tl("pack/models.py:energy").stdout == result.stdout


def test_equal_seeds_give_equal_output(folder: Path) -> None:
    target = write(folder, "good.py", GOOD) + ":energy"
    five, again, six = (tl(target, "--verbose", "--seed", seed).stdout for seed in "556")
    assert five == again != six


def test_findings_exit_with_1_and_name_the_operation(folder: Path) -> None:
    target = write(folder, "good.py", GOOD)
    with planted_fault("tanh", relative=1e-6):
        result = tl(target)
    assert result.exit_code == 1
    assert "FAIL  Scale: the jvp rule of tanh in operand 0 is wrong" in result.stdout
    assert "good.py:10, in __call__" in result.stdout and "1.0e-6" in result.stdout
    assert "layer with mse" in result.stdout and "FAIL  layer" not in result.stdout


def test_inconclusive_exits_with_1_unless_it_is_allowed(folder: Path) -> None:
    text = GOOD + '\ndef nowhere(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:\n    return tl.log(-x * x)\n'
    target = write(folder, "nowhere.py", text) + ":nowhere"
    result = tl(target)
    assert result.exit_code == 1 and "INCONCLUSIVE" in result.stdout and "no arguments could be drawn" in result.stdout
    assert tl(target, "--allow-inconclusive").exit_code == 0


USAGE = {
    "no target": ([], ["say what to verify"]),
    "unknown file": (["goood.py"], ["there is no file 'goood.py'; did you mean good.py?"]),
    "unknown module": (["goods"], ["there is no module 'goods'; did you mean good.py?"]),
    "unknown name": (["good.py:enrgy"], ["good.py has no 'enrgy'; did you mean energy?"]),
    "no annotations": (["good:plain"], ["no annotation of x, return", "try: annotate it", "[tensor-annotation]"]),
    "no tensors": (["good:label"], ["label does not return floating tensors", "[tensor-annotation]"]),
    "not a model": (["good:nn"], ["nn of good is a module"]),
    "cannot be drawn": (["good:of_a_model"], ["got: model: Scale", "[tensor-annotation]"]),
    "several inputs": (["good:Pair"], ["models of one input", "[tensor-argument]"]),
    "cannot be made": (["good:Sized"], ["make an object at module level", "[tensor-argument]"]),
    "fails to import": (["broken.py"], ["importing broken.py failed at", "broken.py:2", "ZeroDivisionError: division"]),
    "no syntax": (["garbled"], ["importing garbled failed at", "garbled.py:1", "SyntaxError"]),
    "needs what is missing": (["lonely"], ["importing lonely failed", "No module named 'not_installed'"]),
    "leaves": (["leaves.py"], ["importing leaves.py failed", "SystemExit: 3"]),
    "nothing there": (["empty.py"], ["there is nothing to verify in empty.py"]),
    "unknown operation": (["--ops", "xp"], ["no operation is called 'xp'; did you mean exp?"]),
}


@pytest.mark.parametrize("case", USAGE)
def test_usage_errors_exit_with_2_and_say_why(folder: Path, case: str) -> None:
    write(folder, "good.py", GOOD)
    write(folder, "broken.py", "import math\nmath.sqrt(1 / 0)\n")
    write(folder, "garbled.py", "x = = 1\n")
    write(folder, "lonely.py", "import not_installed\n")
    write(folder, "leaves.py", "raise SystemExit(3)\n")
    write(folder, "empty.py", "x = 1\n")
    arguments, said = USAGE[case]
    result = tl(*arguments)
    assert result.exit_code == 2, result.output
    for text in said:
        assert text in result.stderr
    assert not result.stdout and "Traceback" not in result.stderr


def test_operations_are_a_table() -> None:
    result = tl("--ops", "exp", "relu", "less", "--quick", "--verbose")
    assert result.exit_code == 0, result.output
    rows = [line.split() for line in result.stdout.splitlines() if line]
    assert ["exp", "x", "PASS"] in [row[:3] for row in rows] and ["less", "NO", "DERIV."] in [row[:3] for row in rows]
    assert "relu: x = 0: derivative 0" in result.stdout and "relu (graph)" in result.stdout
    assert all(len(line) <= 80 for line in result.stdout.splitlines())


def test_a_planted_rule_is_found_among_the_operations() -> None:
    with planted_fault("exp", relative=1e-12):
        result = tl("--ops", "exp")
    assert result.exit_code == 1 and "FAIL  exp" in result.stdout and "1.0e-12" in result.stdout
