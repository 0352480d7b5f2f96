"""What a rule says where one argument is not known holds for the value that the argument has, or is left open."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from tl_checker.shapes.facts.values import UNKNOWN_BOOL
from tl_checker.shapes.operations.arguments import OPAQUE

from tests.static.against import agrees, arrays, drawn, known, outcome, rows
from tests.static.test_numpy_rules import ROWS, RULES
from tl_dsl.dims import UNKNOWN, UNKNOWN_COMPLEX, UNKNOWN_FLOAT, Dim, collect_assumptions, substitute

NAME = "not_known"
SIZE = Dim.name("{k}")
MORE = """
np.sum(a, axis=0, keepdims=True); np.sum(a, None); np.linalg.svd(a, full_matrices=True); np.linspace(a, a, 3, axis=0);
np.linspace(0.0, 1.0, 5, endpoint=False); np.diff(a, 1, 0); np.convolve(u, v, 'same'); np.cov(a, rowvar=True);
np.linalg.norm(a, axis=0, keepdims=True); np.linalg.norm(a, 2, axis=0); np.repeat(a, 2, None); np.take(a, [0], None);
np.unique(v, True); np.argsort(a, axis=None); np.meshgrid(u, v, indexing='ij'); np.linalg.qr(a, 'r');
np.median(a, axis=None, keepdims=True); np.cumsum(a, None); np.delete(a, 0, None); np.append(a, b, None);
np.insert(a, 0, 1.0, None); np.packbits(np.greater(a, 0), axis=None); np.linalg.matrix_norm(a, keepdims=True);
np.tensordot(a, b, 1); np.eye(3, 2); np.tri(3, None); np.pad(a, 1, 'edge'); np.indices((2, 3), sparse=True);
np.polyfit(v, v, 1, full=False); np.average(a, axis=0, returned=False); np.trace(a, 0, 0, 1); np.diagonal(a, 0, 0, 1);
np.squeeze(a, None); np.compress([True], a, None); np.fft.fftn(a, None, None); np.fft.fft(a, None, 0);
np.quantile(a, 0.5, None, keepdims=True); np.broadcast_to(a, (2, 2)); np.transpose(a, None)
"""


def unknowns(value: object) -> list[Any]:
    """What the checker has for a value that it does not know."""
    match value:
        case bool():
            return [UNKNOWN_BOOL, OPAQUE]
        case int():
            return [UNKNOWN, SIZE]
        case float():
            return [UNKNOWN_FLOAT]
        case complex():
            return [UNKNOWN_COMPLEX]
    return [OPAQUE]


def variants(row: str) -> Iterator[tuple[str, str]]:
    """A call with one of its arguments under another name, and that argument, if no array is in it."""
    call = ast.parse(row, mode="eval")
    slots: list[tuple[list[Any], int] | tuple[ast.keyword, str]] = []
    if isinstance(call.body, ast.Call):
        slots = [(call.body.args, i) for i in range(len(call.body.args))]
        slots += [(keyword, "value") for keyword in call.body.keywords]
    for holder, place in slots:
        given = holder[place] if isinstance(place, int) else holder.value  # type: ignore[index, union-attr]
        if any(isinstance(node, ast.Name) and node.id not in ("i", "k") for node in ast.walk(given)):
            continue
        _put(holder, place, ast.Name(NAME, ast.Load()))
        yield ast.unparse(ast.fix_missing_locations(call)), ast.unparse(given)
        _put(holder, place, given)


def _put(holder: Any, place: Any, value: ast.expr) -> None:
    if isinstance(place, int):
        holder[place] = value
    else:
        setattr(holder, place, value)


def at(rule: Any, value: Any) -> Any:
    """A result with the value that was not known put in."""
    if isinstance(rule, (tuple, list)):
        return type(rule)(at(item, value) for item in rule)
    return substitute(rule, {":{k}": value}) if isinstance(rule, Dim) else rule


@pytest.mark.parametrize("row", rows(ROWS + ";" + MORE))
def test_what_is_not_known_is_left_open(row: str) -> None:
    for variant, argument in variants(row):
        for values in drawn(row):
            value = eval(argument, dict(values))
            found = outcome(row, {"np": np} | arrays(values))
            for stand_in in unknowns(value):
                with collect_assumptions() as assumed:
                    rule = outcome(variant, {"np": RULES, NAME: stand_in} | known(values))
                if rule == "open" or assumed:
                    continue
                where = f"{variant} with {stand_in} for {value}, of {values}: the rule says {rule}, numpy {found}"
                if isinstance(rule, Exception):
                    assert isinstance(found, Exception), where
                elif not isinstance(found, Exception):
                    assert agrees(at(rule, value), found), where
