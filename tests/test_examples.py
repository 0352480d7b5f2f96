"""The demo from beginning to end, and the example that it is about."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

SHOWN = [
    "Success: no issues found in 1 source file",
    "[tensor-shape]",
    "images that it has not seen",
    "read as 7",
    "value_and_grads",
    "the jvp rule of exp in operand 0 is wrong",
]


def run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_demo() -> None:
    pytest.importorskip("sklearn")
    pytest.importorskip("mypy")
    said = run(sys.executable, "examples/demo.py")
    assert [text for text in SHOWN if text not in said] == []


def test_the_digits() -> None:
    pytest.importorskip("sklearn")
    last = run(sys.executable, "examples/digits.py").splitlines()[-1]
    assert float(last.split()[-1].rstrip("%")) >= 96
