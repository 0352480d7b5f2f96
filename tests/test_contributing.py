"""The operation that CONTRIBUTING adds, added to a copy of the project by its own instructions, and nothing else."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "CONTRIBUTING.md").read_text(), flags=re.DOTALL)

PROGRAM = """
import numpy as np
import tl_dsl as tl
from tl_checker.gradients.ops import verify_ops

x = tl.tensor([0.5, 2.0])
np.testing.assert_allclose(np.asarray(tl.grad(lambda x: tl.sum(tl.log1p(x)))(x)), [1 / 1.5, 1 / 3])
np.testing.assert_allclose(np.asarray(tl.hessian(lambda x: tl.sum(tl.log1p(x)))(x)), np.diag([-1 / 1.5**2, -1 / 9]))
report = verify_ops(["log1p"])
print(report.verdict, len(report.rows), report.findings)
assert report.clean() and len(report.rows) >= 8
"""


def test_an_operation_is_added_as_written(tmp_path: Path) -> None:
    for folder in ("tl_dsl", "checker/tl_checker", "specs/tl_specs"):
        shutil.copytree(ROOT / folder, tmp_path / Path(folder).name, ignore=shutil.ignore_patterns("__pycache__"))
    operation, row = BLOCKS
    ops = tmp_path / "tl_dsl/ops/elementwise.py"
    ops.write_text(ops.read_text().replace("__all__ = [", '__all__ = ["log1p", ', 1) + "\n\n" + operation)
    specs = tmp_path / "tl_specs/elementwise.py"
    text = specs.read_text()
    assert '    "neg": (' in text
    specs.write_text(text.replace('    "neg": (', row + '    "neg": (', 1))
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
