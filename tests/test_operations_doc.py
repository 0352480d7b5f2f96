"""docs/operations.md has every operation of the engine, and says of each that it is well."""

from __future__ import annotations

import re
from pathlib import Path

from tl_checker.gradients.subject import operations
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict
from tl_checker.report.operations import COLUMNS, document

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "operations.md").read_text()


def test_the_list_is_complete() -> None:
    listed = re.findall(r"^\| `(.*?)` \|", TEXT, flags=re.MULTILINE)
    assert listed == [operation.target for operation in operations()], "make operations writes docs/operations.md anew"


def test_every_line_is_well() -> None:
    verdicts = {re.split(r" \| ", line)[2] for line in TEXT.splitlines() if line.startswith("| `")}
    assert verdicts == {"PASS", "NOT-DIFFERENTIABLE"}
    assert "1e-2" in TEXT and "## Not checked" in TEXT


def test_a_failure_shows() -> None:
    good = Row("exp", "exp", "first order", "x", "reverse", comparisons=4, nonzero=3, bound=-90.0)
    wrong = Row("exp", "exp", "first order", "x", "forward", Verdict.FAIL, 4, 3, findings=(Finding("off"),))
    jump = Row("sign", "sign", "first order", "x", "reverse", Verdict.NOT_DIFFERENTIABLE, note="x = 0: a jump")
    text = document(Report((good, wrong, jump), ("exp, at 0: outside",)), "quick")
    cells = {line.split(" | ")[0]: line.split(" | ") for line in text.splitlines() if line.startswith("| `")}
    assert cells["| `exp`"][:5] == ["| `exp`", "x", "FAIL", "3", "FAIL"] and len(cells["| `exp`"]) == len(COLUMNS) + 6
    assert cells["| `sign`"][2:4] == ["NOT-DIFFERENTIABLE", "n.d."]
    assert "- sign: x = 0: a jump" in text and "- exp, at 0: outside" in text and "tl verify --ops --quick" in text
