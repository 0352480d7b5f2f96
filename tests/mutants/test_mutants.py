"""The bank itself: its mutants are programs, its arguments are about mutants that exist, and a sample is found out."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections import Counter

import pytest

from tests.mutants.equivalent import argued
from tests.mutants.mutant import Mutant, mechanical
from tests.mutants.places import ROOT


@pytest.fixture(scope="module")
def bank() -> list[Mutant]:
    return mechanical()


def test_every_class_has_mutants_with_keys_of_their_own(bank: list[Mutant]) -> None:
    counted = Counter(mutant.kind for mutant in bank)
    assert min(counted.values()) > 100 and {"jvp rule", "transpose rule", "batching rule"} < set(counted)
    assert len({mutant.key for mutant in bank}) == len(bank)


def test_mutants_are_other_programs(bank: list[Mutant]) -> None:
    for mutant in bank[::40]:
        before = ast.unparse(ast.parse((ROOT / mutant.path).read_bytes()))
        assert ast.unparse(ast.parse(mutant.source())) != before, mutant.key


def test_arguments_are_about_mutants_that_exist(bank: list[Mutant]) -> None:
    argued(mutant.key for mutant in bank)


@pytest.mark.parametrize(("only", "fraction"), [("sqrt.jvp", "0.25"), ("layout:where_rule", "0.5")])
def test_a_sample_is_found_out(only: str, fraction: str) -> None:
    chosen = ["--bank", "mechanical", "--only", only, "--fraction", fraction, "--seed", "suite", "--own", "--jobs", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "tests.mutants", *chosen], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    last = done.stdout.splitlines()[-1].split()
    killed, of = int(last[1]), int(last[2])
    assert of >= 2 and killed == of, done.stdout + done.stderr
