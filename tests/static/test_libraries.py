"""Shape files of a user's own library, and what is wrong with one."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
import tl_stubs
from tl_checker.shapes.libraries.libraries import Described, Form, LibraryError, read_library, read_names, read_outline

from tests.static.mypy_run import findings, run_mypy

LIBRARY = """\
import numpy as np
def whiten(x: np.ndarray, eps: float = 1e-6) -> np.ndarray: ...
def gram(x: np.ndarray, y: np.ndarray) -> np.ndarray: ...
class Basis:
    def values(self, x: np.ndarray) -> np.ndarray: ...
"""
SHAPES = '''\
"""mylib."""
def whiten(x: Float[Array, "*b n"], eps=1e-6) -> Float[Array, "*b n"]: ...
def gram(x, y) -> promote(x, y):
    return matmul(array(x), matrix_transpose(array(y)))
class Basis:
    def values(self, x: Float[Array, "n"]) -> Float[Array, "n 7"]: ...
'''
USER = """\
import mylib
import numpy as np
from jaxtyping import Float
def f(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m d"], basis: mylib.Basis) -> Float[np.ndarray, "n m"]:
    reveal_type(mylib.whiten(x))
    reveal_type(basis.values(x[0]))
    mylib.gram(x, y.T)
    basis.values(x)
    return mylib.gram(x, y)
"""


def project(folder: Path, shapes: str = SHAPES) -> Path:
    (folder / "mylib.pyi").write_text(LIBRARY)
    (folder / "mylib.shapes.pyi").write_text(shapes)
    (folder / "user.py").write_text(USER)
    return folder / "user.py"


def settings(folder: Path) -> str:
    return f'[tool.tl]\nstubs = ["{folder / "mylib.shapes.pyi"}"]\n'


def test_a_library_of_ones_own(tmp_path: Path) -> None:
    found = findings(run_mypy([project(tmp_path)], tmp_path / "run", settings=settings(tmp_path)))
    assert [(f.line, f.text) for f in found] == [
        (5, 'Revealed type is "ndarray[Float, n, d]"'),
        (6, 'Revealed type is "ndarray[Float, d, 7]"'),
        (7, found[2].text),
        (8, found[3].text),
    ]
    assert "gram: matmul contracts" in found[2].text and found[2].code == "tensor-shape"
    assert "argument 1 (x) has 2 axes" in found[3].text and found[3].code == "tensor-shape"


def test_a_changed_shape_file_is_read_again(tmp_path: Path) -> None:
    program, run = project(tmp_path), tmp_path / "run"
    assert "d, 7]" in run_mypy([program], run, settings=settings(tmp_path))
    (tmp_path / "mylib.shapes.pyi").write_text(SHAPES.replace("n 7", "n 8"))
    assert "d, 8]" in run_mypy([program], run, settings=settings(tmp_path))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("def f(x) return x", ":1: error: "),
        ("import os", ":1: error: a shape file has functions, classes and names only"),
        ("def f(x): return x.shape", ":1: error: Attribute is not part of the shape language"),
        ("def f(x):\n    y = x\n    return y", ":1: error: lib.f returns one expression"),
        ("def f(x): return __import__('os')", ":1: error: __import__ is not a name of the shape language"),
        ("def f(x): return flattened(x)", ":1: error: flattened is not a name of the shape language"),
        ('def f(x: Float[Array, "n,m"]) -> Float[Array, "n"]: ...', ":1: error: axes are separated by spaces"),
        ("def f(x): ...", ":1: error: the result of lib.f has no shape"),
        ("def f(x=open): return x", ":1: error: a default is a plain value"),
        ("g = f", ":1: error: f is not defined above"),
        ("def f(x): return x\nf.g = f", ":2: error: names are given to names only"),
        ("def f(x, x): return x", ":1: error: duplicate parameter name"),
        ("def f(x): return x\ndef g(x): return \0", "error: "),
        ("def f(x): return " + "-" * 9999 + "1", ":1: error: "),
        ("x = '\udcff'", ":1: error: 'utf-8' codec can't decode"),
    ],
)
def test_a_wrong_shape_file(text: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "lib.shapes.pyi"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(LibraryError) as raised:
        read_library(path)
    assert said in str(raised.value)


@pytest.mark.parametrize("path", sorted(Path(tl_stubs.__path__[0]).glob("*.shapes.pyi")), ids=lambda path: path.name)
def test_outlines_say_what_the_files_say(path: Path) -> None:
    assert said_by(read_outline(path)) == said_by(read_names(path))


def said_by(found: dict[str, Described]) -> list[tuple[str, list[object]]]:
    return [(name, [part for form in each.forms for part in parts(form)]) for name, each in found.items()]


def parts(form: Form) -> list[object]:
    trees = [ast.dump(written.tree, include_attributes=True) for written in (form.shape, form.dtype) if written]
    return [replace(form, shape=None, dtype=None), *trees]
