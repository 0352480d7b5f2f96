"""Random programs: the static verdict against execution, line by line, and each proved shape against the real one."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from tests.static.mypy_run import findings, run_mypy
from tests.static.random_programs import SIZES, Step, draw

COUNT = 120
SEED = 20


def write(path: Path) -> dict[int, Step]:
    """Write the programs to a file; gives the step on each line."""
    rng = random.Random(SEED)
    lines = ["from jaxtyping import Float", "import tl_dsl as tl", "from tl_dsl import Tensor"]
    steps: dict[int, Step] = {}
    for number in range(COUNT):
        program = draw(rng)
        parameters = [f'{name}: Float[Tensor, "{" ".join(axes)}"]' for name, axes in program.parameters.items()]
        lines.append(f"def f{number}({', '.join(parameters)}) -> None:")
        for place, step in enumerate(program.steps):
            lines.append(f"    t{place} = {step.code}; reveal_type(t{place})")
            steps[len(lines)] = step
    path.write_text("\n".join(lines) + "\n")
    return steps


def test_verdicts_and_shapes(tmp_path: Path) -> None:
    steps = write(tmp_path / "programs.py")
    output = findings(
        run_mypy([tmp_path / "programs.py"], tmp_path / "run", "--enable-error-code=tensor-shape-assumed")
    )
    lost = 0
    problems = []
    for line, step in steps.items():
        said = [finding for finding in output if finding.line == line]
        assumed = any(finding.code == "tensor-shape-assumed" for finding in said)
        refused = [f.text for f in said if f.kind == "error" and f.code != "tensor-shape-assumed"]
        shapes = [f.text for f in said if f.text.startswith("Revealed type")]
        if any("internal" in text for text in refused) or bool(refused) != (step.shape is None):
            problems.append(f"{step.code}: {refused} against {step.shape or step.error}")
        if step.shape is not None and not assumed:
            proved = axes_of(shapes[0])
            lost += proved is None
            if proved is not None and not fits(proved, step.shape):
                problems.append(f"{step.code}: {shapes[0]} against {step.shape}")
    assert not problems, "\n".join(problems)
    assert lost <= len(steps) * 0.02


def axes_of(revealed: str) -> list[str] | None:
    match = re.search(r'"Tensor\[(.*)\]"', revealed)
    axes = match[1].split(", ")[1:] if match else ["..."]
    return None if "..." in axes else axes


def fits(axes: list[str], shape: tuple[int, ...]) -> bool:
    values = [None if axis == "Any" else eval(axis, {}, SIZES) for axis in axes]
    return len(values) == len(shape) and all(v is None or v == s for v, s in zip(values, shape, strict=True))


@pytest.mark.parametrize("seed", [1, 2])
def test_the_same_seed_gives_the_same_programs(seed: int) -> None:
    assert [s.code for s in draw(random.Random(seed)).steps] == [s.code for s in draw(random.Random(seed)).steps]
