"""jaxtyping's meaning at run time is the law: syntax, static verdict, run-time verdict.

A row is a signature and the shapes that a call gives. What jaxtyping accepts is never refused; what it refuses is
refused, or, in the rows marked so, not decided.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
from beartype import beartype
from jaxtyping import Float, jaxtyped

import tl_dsl as tl
from tests.static.mypy_run import findings, run_mypy


@dataclass(frozen=True)
class Row:
    """Annotations of the parameters, shapes of the arguments, and whether the checker decides."""

    annotations: tuple[str, ...]
    shapes: tuple[tuple[int, ...], ...]
    decided: bool = True


ROWS = [
    # sizes and names
    Row(("3",), ((3,),)),
    Row(("3",), ((4,),)),
    Row(("",), ((),)),
    Row(("",), ((1,),)),
    Row(("n",), ((3, 4),)),
    Row(("n n",), ((3, 3),)),
    Row(("n n",), ((3, 4),)),
    Row(("n m", "m n"), ((3, 4), (4, 3))),
    Row(("n m", "m n"), ((3, 4), (4, 4))),
    Row(("n", "n"), ((1,), (3,))),
    Row(("rows=3 cols=n", "n"), ((3, 4), (4,))),
    Row(("rows=3 cols=n", "n"), ((2, 4), (4,))),
    # expressions never bind
    Row(("n", "n+1"), ((3,), (4,))),
    Row(("n", "n+1"), ((3,), (3,))),
    Row(("n m", "n*m"), ((3, 4), (12,))),
    Row(("n m", "n*m"), ((3, 4), (13,))),
    Row(("n", "n//2 n%2"), ((7,), (3, 1))),
    Row(("n", "n//2 n%2"), ((7,), (3, 0))),
    Row(("n", "2**n"), ((3,), (8,))),
    Row(("n", "2**n"), ((3,), (9,)), decided=False),
    Row(("n", "n**2"), ((3,), (8,))),
    Row(("n", "-n+8"), ((3,), (5,))),
    Row(("n", "min(n,3)"), ((5,), (3,))),
    Row(("n", "min(n,3)"), ((5,), (4,))),
    Row(("n", "max(n,3)"), ((5,), (5,))),
    Row(("n", "max(n,3)"), ((5,), (4,)), decided=False),
    Row(("n 2*n",), ((3, 6),)),
    Row(("n 2*n",), ((3, 7),)),
    # any size
    Row(("_ 3",), ((9, 3),)),
    Row(("_ 3",), ((9, 4),)),
    Row(("_x _x",), ((2, 5),)),
    # any number of axes
    Row(("... 3",), ((3,),)),
    Row(("... 3",), ((1, 2, 3),)),
    Row(("... 3",), ((1, 2, 4),)),
    Row(("... 3",), ((),)),
    Row(("2 ... 3",), ((2, 3),)),
    Row(("2 ... 3",), ((2,),)),
    Row(("*b", "*b"), ((2, 3), (2, 3))),
    Row(("*b", "*b"), ((2, 3), (2, 4))),
    Row(("*b", "*b"), ((2, 3), (3,))),
    Row(("*b n", "n *b"), ((2, 3, 4), (4, 2, 3))),
    Row(("*b n", "n *b"), ((2, 3, 4), (4, 3, 2))),
    Row(("*b n", "*b"), ((4,), ())),
    Row(("n *b m", "*b"), ((2, 9, 8, 3), (9, 8))),
    Row(("n *b m", "*b"), ((2, 9, 8, 3), (9,))),
    Row(("*_b 3", "*_b"), ((2, 3), (7,))),
    # broadcasting
    Row(("n", "#n"), ((3,), (1,))),
    Row(("n", "#n"), ((3,), (3,))),
    Row(("n", "#n"), ((3,), (2,))),
    Row(("n", "#n"), ((1,), (3,))),
    Row(("#n", "n"), ((1,), (3,))),
    Row(("#n", "n"), ((3,), (1,))),
    Row(("#n", "#n"), ((1,), (3,))),
    Row(("#n", "#n"), ((2,), (3,))),
    Row(("#n", "#n", "n"), ((1,), (3,), (3,))),
    Row(("#n #n",), ((3, 1),)),
    Row(("#n #n",), ((3, 2),)),
    Row(("n", "#n+1"), ((3,), (1,))),
    Row(("n", "#n+1"), ((3,), (4,))),
    Row(("n", "#n+1"), ((3,), (3,))),
    Row(("*b", "*#b"), ((2, 3), (1, 3))),
    Row(("*b", "*#b"), ((2, 3), (3, 3))),
    Row(("*b", "*#b"), ((2, 3), (3,))),
    Row(("*b", "*#b"), ((2, 3), (5, 2, 3))),
    Row(("*b", "*#b"), ((1, 3), (2, 3))),
    Row(("*#b", "*b"), ((1, 3), (2, 3))),
    Row(("*#b", "*b"), ((2, 3), (1, 3))),
    Row(("*#b", "*b"), ((2, 1), (2, 3))),
    Row(("*#b", "*#b", "*b"), ((2, 1), (1, 3), (2, 3))),
    Row(("*#b", "*#b", "*b"), ((2, 1), (1, 3), (2, 1))),
    Row(("*#b", "*#b"), ((2, 1), (3, 1))),
    Row(("*#b", "*b", "*#b"), ((1,), (3,), (1,))),
    Row(("*#b", "*b", "*#b"), ((1,), (3,), (2,))),
    Row(("*#b n", "*#b n"), ((2, 1, 4), (5, 4))),
    Row(("*#b n", "*#b n"), ((2, 3, 4), (5, 4))),
    Row(("#3",), ((1,),)),
    Row(("#3",), ((3,),)),
    Row(("#3",), ((2,),)),
    Row(("#rows=3",), ((2,),)),
]


def source() -> str:
    lines = ["from jaxtyping import Float", "import tl_dsl as tl", "from tl_dsl import Tensor"]
    for i, row in enumerate(ROWS):
        parameters = ", ".join(f'x{k}: Float[Tensor, "{text}"]' for k, text in enumerate(row.annotations))
        lines.append(f"def f{i}({parameters}) -> None: ...")
    for i, row in enumerate(ROWS):
        arguments = ", ".join(f"tl.zeros({shape})" for shape in row.shapes)
        lines.append(f"f{i}({arguments})")
    return "\n".join(lines) + "\n"


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> set[int]:
    """The rows that the checker refuses."""
    folder: Path = tmp_path_factory.mktemp("semantics")
    program = folder / "table.py"
    program.write_text(source())
    first = 4 + len(ROWS)
    found = findings(run_mypy([program], folder))
    assert all(finding.code == "tensor-shape" and finding.line >= first for finding in found), found
    return {finding.line - first for finding in found}


def accepted_at_run_time(row: Row) -> bool:
    names = [f"x{k}" for k in range(len(row.annotations))]
    namespace: dict[str, object] = {}
    exec(f"def f({', '.join(names)}): ...", namespace)
    function = namespace["f"]
    annotations = {name: Float[tl.Tensor, text] for name, text in zip(names, row.annotations, strict=True)}
    function.__annotations__ = annotations
    checked = jaxtyped(function, typechecker=beartype)  # type: ignore[call-overload]
    try:
        checked(*(tl.zeros(shape) for shape in row.shapes))
    except Exception as error:
        assert "jaxtyping" in str(type(error)) or "beartype" in str(type(error)), error
        return False
    return True


@pytest.mark.parametrize(
    "number", range(len(ROWS)), ids=lambda i: " | ".join(ROWS[i].annotations) + str(ROWS[i].shapes)
)
def test_verdicts(number: int, refused: set[int]) -> None:
    row = ROWS[number]
    at_run_time = accepted_at_run_time(row)
    if at_run_time:
        assert number not in refused
    else:
        assert (number in refused) == row.decided
