"""`tl verify` as projects use it: settings, processes, layers, formats for programs, and width."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner, Result
from tl_checker.cli import main
from tl_checker.gradients import judging
from tl_checker.gradients.balls import precision
from tl_checker.gradients.depth import QUICK
from tl_checker.gradients.entries import ENTRY_LAYERS
from tl_checker.gradients.models import verify_model
from tl_checker.gradients.planting import planted_fault
from tl_checker.gradients.units import OperationUnit, TargetUnit, verified, verified_everywhere
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict
from tl_checker.report.annotations import annotation
from tl_checker.report.problems import Problem, problems

from tl_dsl import nn

MODEL = """
import tl_dsl as tl
from jaxtyping import Float
from tl_dsl import Tensor

@tl.custom_jvp
def swish(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return x * tl.sigmoid(x)

@swish.defjvp
def swish_jvp(primals, tangents):
    (x,), (dx,) = primals, tangents
    y, s = swish(x), tl.sigmoid(x)
    return y, (y + s * (FACTOR - y)) * dx

def energy(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(swish(x) * x)

class Scale(tl.Module):
    factor: Float[Tensor, "n"]

    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return swish(x * self.factor)
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", list(sys.path))
    (tmp_path / "wrong.py").write_text(MODEL.replace("FACTOR", "1.0000001"))
    (tmp_path / "right.py").write_text(MODEL.replace("FACTOR", "1"))
    yield tmp_path
    for name in [name for name, module in sys.modules.items() if str(tmp_path) in str(getattr(module, "__file__", ""))]:
        del sys.modules[name]


def tl(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["verify", *arguments])


def test_equal_output_whatever_the_number_of_processes(folder: Path) -> None:
    targets = ("wrong.py:swish", "right.py:swish")
    with precision(400):  # which other programs may have set
        wrong = [tl(*targets, "--quick", "--format", "json", "--jobs", jobs) for jobs in ("1", "2")]
    assert wrong[0].exit_code == 1 and json.loads(wrong[0].stdout)["problems"]
    assert wrong[0].stdout == wrong[1].stdout
    ops = [tl("--ops", "abs", "neg", "square", "--quick", "--jobs", jobs).stdout for jobs in ("1", "2")]
    assert ops[0] == ops[1]


def test_a_wrong_rule_is_one_problem_with_the_line_of_the_rule(folder: Path) -> None:
    result = tl("wrong.py:swish", "wrong.py:Scale", "--quick", "--jobs", "1")
    assert result.exit_code == 1
    (block,) = re.findall(r"^FAIL  .*?(?=\n\n)", result.stdout, re.DOTALL | re.MULTILINE)
    said = " ".join(block.split())
    assert said.startswith(
        "FAIL swish: the jvp rule of swish (custom_jvp) in argument x is wrong line: wrong.py:11, in"
    )
    assert "also in: Scale" in said and "rule of swish (x), vjp (x), jvp (x)" in said
    assert tl("right.py:Scale", "--quick", "--jobs", "1").exit_code == 0


@pytest.mark.parametrize("more", [(), ("--verbose",)])
def test_80_columns(folder: Path, more: tuple[str, ...]) -> None:
    lines = tl("wrong.py:Scale", "right.py:energy", "--quick", "--jobs", "1", *more).stdout.splitlines()
    assert lines and max(map(len, lines)) <= 80


def test_only_one_layer(folder: Path) -> None:
    data = json.loads(tl("right.py:energy", "--only", "floats", "--format", "json").stdout)
    assert {check["layer"] for check in data["checks"]} == {"floats"}
    data = json.loads(tl("right.py:energy", "--format", "json").stdout)
    assert {check["layer"] for check in data["checks"]} == {*ENTRY_LAYERS}  # all that is judged is told
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(judging, "run_on_floats", lambda entry: pytest.fail("nothing needs floats"))
        report = verify_model(nn.Linear(2, 1, key=0), depth=QUICK, layers=["balls"])
    assert {row.layer for row in report.rows} == {"balls"} and report.clean()
    data = json.loads(tl("--ops", "exp", "--only", "values", "--only", "kinks", "--format", "json").stdout)
    assert {check["layer"] for check in data["checks"]} == {"values"}


SETTINGS: dict[str, tuple[str, list[str], int, str]] = {
    "targets": ('targets = "right.py:energy"\nquick = true', [], 0, "1 target: 1 PASS"),
    "the command line": ('targets = ["right.py"]\njobs = 1\nquick = true', ["wrong.py:energy"], 1, "1 target: 1 FAIL"),
    "hyphens": ("allow-inconclusive = true\nquick = true", ["right.py:energy"], 0, "1 PASS"),
    "format": ('format = "json"\nseed = 3\nquick = true', ["right.py:energy"], 0, '"seed": 3'),
    "unknown": ("sed = 3", ["right.py"], 2, "has no option 'sed'; did you mean seed?"),
    "kind": ('seed = "three"', ["right.py"], 2, "seed under [tool.tl.verify] is an integer, not 'three'"),
    "kind of a list": ("only = 3", ["right.py"], 2, "only under [tool.tl.verify] is a string or a list of strings"),
    "value": ('format = "xml"', ["right.py"], 2, "'xml' is not one of 'text', 'json', 'github'"),
    "no toml": ("seed = ", ["right.py"], 2, "pyproject.toml cannot be read"),
}  # fmt: skip


@pytest.mark.parametrize("case", SETTINGS)
def test_settings(folder: Path, case: str) -> None:
    text, arguments, code, said = SETTINGS[case]
    (folder / "pyproject.toml").write_text(f"[tool.tl]\nstrict_shapes = true\n[tool.tl.verify]\n{text}\n")
    result = tl(*arguments)
    assert result.exit_code == code, result.output
    assert said in result.output
    assert "Traceback" not in result.output


USAGE: dict[str, tuple[list[str], str]] = {
    "two depths": (["right.py", "--quick", "--deep"], "--quick and --deep are two depths"),
    "layer": (["right.py", "--only", "floots"], "models and functions is called 'floots'; did you mean floats"),
    "layer of operations": (["--ops", "--only", "balls"], "no layer of operations is called 'balls'"),
    "jobs": (["right.py", "--jobs", "-1"], "-1 is not in the range"),
}  # fmt: skip


@pytest.mark.parametrize("case", USAGE)
def test_usage(folder: Path, case: str) -> None:
    arguments, said = USAGE[case]
    result = tl(*arguments)
    assert result.exit_code == 2 and said in result.stderr and not result.stdout


CHECK = {
    "target": str, "entry": str, "layer": str, "argument": str, "mode": str, "verdict": str, "comparisons": int,
    "nonzero": int, "exact": bool, "error_below_log2": (float, type(None)), "ulps": (float, type(None)), "note": str,
    "findings": list,
}  # fmt: skip
PROBLEM = {"verdict": str, "target": str, "cause": str, "details": list, "places": list, "seen": list}
WHOLE = {
    "schema": int, "seed": int, "depth": str, "clean": bool, "verdict": str, "verdicts": dict, "comparisons": int,
    "nonzero": int, "checks": list, "problems": list, "digits": list, "not_checked": list, "chosen": list,
}  # fmt: skip


def has_form(value: Any, form: dict[str, Any]) -> bool:
    return list(value) == list(form) and all(isinstance(value[key], kind) for key, kind in form.items())


def test_json_has_the_documented_form(folder: Path) -> None:
    data = json.loads(tl("wrong.py:swish", "--quick", "--format", "json").stdout)
    assert has_form(data, WHOLE) and data["schema"] == 1 and data["clean"] is False and data["verdict"] == "FAIL"
    assert data["checks"] and all(has_form(check, CHECK) for check in data["checks"])
    assert data["problems"] and all(has_form(problem, PROBLEM) for problem in data["problems"])
    assert data["problems"][0]["places"][0] == {"file": "wrong.py", "line": 11, "function": "swish_jvp"}
    assert data["comparisons"] == sum(check["comparisons"] for check in data["checks"])
    assert sum(data["verdicts"].values()) == len(data["checks"])
    text = (Path(__file__).resolve().parent.parent / "docs" / "verify.md").read_text()
    for key in {*WHOLE, *CHECK, *PROBLEM}:
        assert f"`{key}`" in text, f"docs/verify.md says nothing of {key}"


def test_annotations_of_a_workflow(folder: Path) -> None:
    lines = tl("wrong.py:energy", "--quick", "--format", "github").stdout.splitlines()
    assert re.match(r"::error file=wrong\.py,line=11,title=tl verify%3A FAIL energy::the jvp rule of swish", lines[0])
    assert "%0Acalled at: wrong.py:17, in energy" in lines[0] and lines[-1].startswith("1 target: 1 FAIL.")
    odd = Problem(Verdict.INCONCLUSIVE, "a,b", "100%\nof it", (), (), ("x",))
    assert annotation(odd) == "::warning title=tl verify%3A INCONCLUSIVE a%2Cb::100%25%0Aof it%0Aseen in: x"


def test_at_data_of_ones_own(folder: Path) -> None:
    np.savez("data.npz", x=np.array([0.5, -2.0]), target=np.zeros(2), factor=np.array([1.0, 2.0]))
    result = tl("right.py:Scale", "--at", "data.npz")
    assert result.exit_code == 0, result.output
    lines = result.stdout.splitlines()
    assert lines[0].split()[:5] == ["gradient", "in", "shape", "digits", "right"] and max(map(len, lines)) <= 80
    assert lines[1].split()[:2] == ["params.factor", "[2]"] and float(lines[1].split()[2]) > 14
    data = json.loads(tl("right.py:Scale", "--at", "data.npz", "--format", "json").stdout)
    assert [one["name"] for one in data["digits"]] == ["params.factor", "x", "target"]
    np.savez("other.npz", y=np.zeros(2))
    for arguments, said in (
        (["right.py", "--at", "data.npz"], "--at takes one target, MODULE:NAME; got swish, energy, Scale"),
        (["right.py:energy", "--at", "other.npz"], "energy is verified at data for each of its arguments"),
        (["right.py:energy", "--at", "none.npz"], "No such file"),
        (["--ops", "exp", "--at", "data.npz"], "--at takes one target"),
    ):
        wrong = tl(*arguments)
        assert wrong.exit_code == 2 and said in wrong.stderr


def test_units_travel_and_a_failing_verifier_is_a_finding(folder: Path) -> None:
    import pickle

    unit = TargetUnit("right.py", "energy")
    assert pickle.loads(pickle.dumps(unit)) == unit
    report = verified(TargetUnit("nowhere.py", "energy"))
    assert (
        report.verdict is Verdict.INCONCLUSIVE and "the verifier failed: UsageError" in report.rows[0].findings[0].what
    )
    units = [OperationUnit(name, True) for name in ("abs", "neg")]
    assert [report.rows[0].target for report in verified_everywhere(units, 1)] == ["abs", "neg"]


def test_findings_of_one_cause_are_one_problem() -> None:
    def row(entry: str, *findings: Finding) -> Row:
        return Row("f", entry, "balls", "x", verdict=Verdict.FAIL, findings=findings)

    named = Finding(
        "[0] is 1", "n=2", "the jvp rule of exp in operand 0 is wrong (output [0]): 1, the reference 2", "a.py:3"
    )
    rows = (row("grad", named, Finding("[1] is 1", "n=3")), row("hvp", named), row("vmap", Finding("it raised")))
    first, second = problems(Report(rows))
    assert first.cause == "the jvp rule of exp in operand 0 is wrong" and first.seen == ("grad (x)", "hvp (x)")
    assert dict(first.details) == {"error": "1, the reference 2", "element": "output [0]", "at": "n=2"}
    assert second.cause == "it raised" and not second.places


def test_a_planted_fault_of_an_operation_is_named(folder: Path) -> None:
    with planted_fault("sigmoid", relative=1e-12):
        result = tl("right.py:energy", "--quick", "--jobs", "1")
    assert result.exit_code == 1 and "sigmoid" in result.stdout
