"""How the checker behaves in mypy: optional codes, ignores, settings."""

from __future__ import annotations

from pathlib import Path

from tests.static.mypy_run import findings, run_mypy


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


def test_assignments_in_comprehensions_are_seen_where_mypy_reads_another_text_than_the_file_has(tmp_path: Path) -> None:
    program, other = tmp_path / "program.py", tmp_path / "other.py"
    program.write_text(
        "import numpy as np\nfrom jaxtyping import Float\n"
        'def f(x: Float[np.ndarray, "n m"]) -> Float[np.ndarray, "n"]:\n'
        "    y = x.T\n"
        "    if any((y := row).sum() > 3.0 for row in x):\n"
        "        pass\n"
        "    return y\n"
    )
    other.write_text("pass\n")
    strict = "[tool.tl]\nstrict_shapes = true\n"
    said = run_mypy([program], tmp_path / "run", settings=strict)
    assert "a comprehension assigns to y" in said
    shadowed = run_mypy([other], tmp_path / "run", "--shadow-file", "other.py", "program.py", settings=strict)
    assert shadowed == said.replace("program.py", "other.py")
