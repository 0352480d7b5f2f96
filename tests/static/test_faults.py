"""A fault of the checker, planted in each hook: mypy goes on, and it is one finding, where it arose, under its code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.static.mypy_run import Finding, findings, run_mypy

PLANTED = str(Path(__file__).parent / "planted.py")
PROGRAM = """\
import tl_dsl as tl
from jaxtyping import Float
from tl_dsl import Tensor
Row = Float[Tensor, "7"]
class Scale(tl.Module):
    factor: Float[Tensor, "n"]
    def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
        return x * 2
def twice(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    return x
def use(x: Float[Tensor, "n"], s: Scale, k: int) -> None:
    twice(x)
    tl.exp(x)
    -x
    x + x
    x[0]
    x.mT
    x.shape
    s.factor
    k * 2
    len(x)
    tl.grad(twice)
    for row in x: pass
def wrong(x: Float[Tensor, "n"], y: Float[Tensor, "m"]) -> Float[Tensor, "n"]:
    return y
"""
FAULTS = {
    # what fails: the lines where it is told
    "analysis:Annotations.annotated": [6, 7, 9, 11, 24],
    "analysis:Annotations.named": [4],
    "analysis:note_class": [5],
    "analysis:bind_axes": [7, 9, 11, 24],
    "calls.calls:Calls.signature": [5, 12, 22],
    "calls.calls:Calls.result": [5, 12],
    "operations.operations:Operations.function": [13],
    "operations.operations:Operations.method": [8, 14, 15, 16],
    "operations.operations:Operations.attribute": [17],
    "operations.operations:Operations.apply": [8, 13, 14, 15, 16, 17],
    "checking:Checking.shape": [18],
    "checking:Checking.field": [6, 19],
    "operations.integers:Integers.operator": [20],
    "operations.integers:Integers.length": [21],
    "calls.entry_points:EntryPoints.apply": [22],
    "checking:Checking.rows": [23],
    "messages.report:rewrite": [17, 22, 25],
    "operations.operations:operation_of_method": [8, 14, 15, 16, 17, 18, 23],
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("faults")


def faults(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> list[Finding]:
    """What mypy says with a fault planted; nothing else goes wrong."""
    file = re.sub(r"\W", "_", name)
    program = folder / f"{file}_.py"  # a name of its own: mypy's cache holds another fault's verdict
    program.write_text(PROGRAM)
    monkeypatch.setenv("PLANTED", name)
    output = run_mypy([program], folder / "run", plugin=PLANTED)
    assert "Traceback" not in output
    internal = [finding for finding in findings(output) if finding.code == "tensor-shape-internal"]
    assert all("report it" in finding.text for finding in internal)
    return internal


def test_without_a_fault_there_is_none(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert faults("", folder, monkeypatch) == []


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_a_finding(name: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    internal = faults(name, folder, monkeypatch)
    assert [finding.line for finding in internal] == FAULTS[name]
    assert all("RuntimeError" in finding.text and "planted" in finding.text for finding in internal)


def test_a_checker_that_cannot_be_imported_ends_the_run(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANTED", "import")
    (folder / "import_.py").write_text(PROGRAM)
    for workers in ([], ["-n", "2"]):
        with pytest.raises(AssertionError) as raised:
            run_mypy([folder / "import_.py"], folder / "run", *workers, plugin=PLANTED)
        said = str(raised.value).splitlines()[0]
        assert said.startswith("error: tl_checker cannot be used: ") and "tl_dsl" in said
