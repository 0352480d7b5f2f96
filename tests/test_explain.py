"""Every code can be explained; an unknown one gets a suggestion."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from tl_checker.cli import main
from tl_checker.codes import ALL


def explain(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["explain", *arguments])


@pytest.mark.parametrize("code", ALL)
def test_every_code(code: str) -> None:
    result = explain(code)
    assert result.exit_code == 0 and result.output.startswith(f"{code}: {ALL[code].summary}\n\n")
    assert ("Mended:" in result.output) == (code != "tensor-shape-internal")
    assert explain(f"[{code}]").output == result.output


def test_all() -> None:
    *lines, blank, hint = explain().output.splitlines()
    assert [line.split()[0] for line in lines] == sorted(ALL) and not blank and "tl explain CODE" in hint


@pytest.mark.parametrize(("code", "hint"), [("tensor-shpae", "tensor-shape"), ("arg-type", "lists them all")])
def test_unknown(code: str, hint: str) -> None:
    result = explain(code)
    assert result.exit_code == 2 and hint in result.output and len(result.output.splitlines()) == 1
