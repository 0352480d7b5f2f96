"""Any text in an annotation: no fault of ours, and refused where jaxtyping refuses it, now or when it is evaluated."""

from __future__ import annotations

import ast
import random
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jaxtyping import Float

from tests.static.mypy_run import findings, run_mypy
from tl_dsl.errors import AnnotationError
from tl_dsl.shapes import parse_shape, show_shape

PIECES = (
    *("n", "m", "_", "#", "*", "?", "...", "..", "=", "+", "-", "**", "//", "%", "(", ")", "@", "~", ":", "!r", "."),
    *("{", "}", "{n}", "{self.d}", ",", " ", "  ", "\t", "\n", "min(n,m)", "rows=", "n[0]", "if", "not", "lambda"),
    *("3", "0", "1_0", "1e3", "0x1", "λ", "٣", "²", '"', "\\", "f", "\0", "\x1c", "\u00a0", "日"),
)
TEXTS = st.one_of(st.lists(st.sampled_from(PIECES), max_size=7).map("".join), st.text(max_size=8))


def is_refused(text: str) -> bool | None:
    """Whether jaxtyping refuses a text; None where that depends on what stands in braces or quotes."""
    try:
        made: Any = Float[np.ndarray, text]
    except ValueError:
        return True
    undecided = False
    for axis in made.dims:
        if type(axis).__name__ == "_SymbolicDim":
            if set(axis.elem) & set("{}'\\"):
                undecided = True
            elif not is_expression(axis.elem):
                return True
    return None if undecided else False


def is_expression(text: str) -> bool:
    try:
        ast.parse(text, mode="eval")
    except (SyntaxError, ValueError):  # a null byte
        return False
    return True


@pytest.fixture(autouse=True)
def quiet() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SyntaxWarning)  # of the texts: "3if"
        yield


@settings(max_examples=1000)
@given(TEXTS)
def test_the_parser_refuses_what_jaxtyping_refuses(text: str) -> None:
    refused = is_refused(text)
    try:
        show_shape(parse_shape(text, "scope").shape(values=True))
    except AnnotationError as error:
        assert "column" in error.got
        assert refused is not False or "has no value" in error.rule  # n//0, which raises when it is evaluated
    else:
        assert refused is not True


def drawn(count: int) -> list[str]:
    rng = random.Random(0)
    return ["".join(rng.choices(PIECES, k=rng.randint(0, 5))) for _ in range(count)]


def test_mypy_refuses_what_jaxtyping_refuses(tmp_path: Path) -> None:
    texts = drawn(600)
    lines = ["from jaxtyping import Float", "import numpy as np"]
    lines += [f"def f{i}(x: Float[np.ndarray, {text!r}]) -> None: ..." for i, text in enumerate(texts)]
    (tmp_path / "program.py").write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = findings(run_mypy([tmp_path / "program.py"], tmp_path / "run"))
    assert {finding.code for finding in found} == {"tensor-annotation"}
    unbound = {finding.line for finding in found if "nothing before it binds" in finding.text}
    said = {finding.line for finding in found} - unbound
    for line, text in enumerate(texts, 3):
        refused = is_refused(text)
        if refused is not None and line not in unbound:
            assert (line in said) == refused, (line, text)
    assert len(said) > 100 and len(unbound) > 10 and len(texts) - len(said) - len(unbound) > 100
