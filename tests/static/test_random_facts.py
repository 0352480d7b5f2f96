"""What is proved under a condition holds in numpy at every small size that satisfies the condition."""

from __future__ import annotations

import random
import re
from pathlib import Path

from tests.static.mypy_run import Finding, findings, run_mypy
from tests.static.random_facts import HEADER, Sample, outcomes, sample
from tl_dsl.dims import Dim, evaluate
from tl_dsl.dims.text import parse_dim

FUNCTIONS = 250


def axes(revealed: str) -> list[str] | None:
    found = re.search(r'"ndarray\[\w+(?:, ([^"]*))?\]"', revealed)
    if found is None or "..." in revealed:
        return None
    return [] if found[1] in (None, "()") else found[1].split(", ")


def holds(names: list[str], env: dict[str, int], shape: tuple[int, ...]) -> bool:
    """Whether a revealed shape is the real one; `Any` is every size."""
    sizes = [parse_dim(name) if name != "Any" else None for name in names]
    return len(sizes) == len(shape) and all(
        not isinstance(size, (int, Dim)) or evaluate(size, env) == real for size, real in zip(sizes, shape, strict=True)
    )


def test_what_is_proved_under_conditions(tmp_path: Path) -> None:
    draw = random.Random(7)
    samples: list[tuple[int, Sample]] = []
    lines = HEADER.splitlines()
    for number in range(FUNCTIONS):
        one = sample(draw, number)
        samples.append((len(lines) + one.at + 1, one))
        lines += one.source
    program = tmp_path / "program.py"
    program.write_text("\n".join(lines) + "\n")
    said: dict[int, list[Finding]] = {}
    for finding in findings(run_mypy([program], tmp_path / "run", "--enable-error-code", "tensor-shape-assumed")):
        said.setdefault(finding.line, []).append(finding)
    seen: list[tuple[int, ...]] = []
    space: dict[str, object] = {"seen": seen}
    exec(program.read_text().replace("reveal_type(r)", "seen.append(r.shape)"), space)
    proved, wrong = 0, []
    for number, (line, one) in enumerate(samples):
        if any(finding.kind == "error" for finding in said.get(line, ())):
            continue
        revealed = [names for f in said.get(line + 1, ()) if (names := axes(f.text)) is not None]
        function = space[f"f{number}"]
        assert callable(function)
        results = list(outcomes(function, seen))
        proved += bool(results)
        if any(shape is None or not all(holds(names, env, shape) for names in revealed) for env, shape in results):
            wrong.append("\n".join(one.source))
    assert not wrong, "\n".join(wrong)
    assert proved > FUNCTIONS / 5
