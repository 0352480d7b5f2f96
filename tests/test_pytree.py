"""Trees: every container, structure as a value, and what a message says when structures differ."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any, NamedTuple

import numpy as np
import pytest

from tl_dsl.errors import ArgumentError
from tl_dsl.pytree import Static, TreeDef, flatten_as, register, tree_flatten, tree_leaves, tree_map, tree_unflatten


class Pair(NamedTuple):
    left: Any
    right: Any


class Box:
    def __init__(self, content: Any, label: str) -> None:
        self.content, self.label = content, label


def _put_together(cls: type, data: Any, names: tuple[str, ...], children: tuple[Any, ...]) -> Box:
    return Box(children[0], data)


register(Box, lambda box: (("content",), (box.content,), box.label), _put_together)

TREES = [
    (1.5, [1.5], [""]),
    (None, [], []),
    ((), [], []),
    ((1, [2, (3,)]), [1, 2, 3], ["[0]", "[1][0]", "[1][1][0]"]),
    ({"b": 1, "a": {"c": 2}}, [2, 1], ["['a']['c']", "['b']"]),
    (Pair(1, (2, None)), [1, 2], [".left", ".right[0]"]),
    ({1: "x", "a": "y"}, ["x", "y"], ["[1]", "['a']"]),
]


@pytest.mark.parametrize(("tree", "leaves", "paths"), TREES)
def test_taken_apart_and_put_together(tree: Any, leaves: list[Any], paths: list[str]) -> None:
    found, treedef = tree_flatten(tree)
    assert found == leaves
    assert treedef.paths() == paths
    assert tree_unflatten(treedef, found) == tree
    again = tree_flatten(tree_unflatten(treedef, [object() for _ in leaves]))[1]
    assert again == treedef and hash(again) == hash(treedef)


def test_registered_class() -> None:
    box = Box([1, 2], "a")
    leaves, treedef = tree_flatten((box, 3))
    assert leaves == [1, 2, 3] and treedef.paths() == ["[0].content[0]", "[0].content[1]", "[1]"]
    assert tree_flatten((Box([1, 2], "b"), 3))[1] != treedef
    box.content.append(9)
    assert tree_leaves(box) == [1, 2, 9]


def test_trees_in_the_places_of_leaves_are_taken_apart() -> None:
    treedef = tree_flatten(Box(1, "a"))[1]
    for inside, leaves in (((1, 2), [1, 2]), (Box([3], "b"), [3]), (Pair(1, None), [1]), ({"k": 4}, [4])):
        assert tree_leaves(tree_unflatten(treedef, [inside])) == leaves


def test_dict_order_does_not_matter() -> None:
    assert tree_flatten({"a": 1, "b": 2})[1] == tree_flatten({"b": 1, "a": 2})[1]


DIFFERENT: list[tuple[Any, Any, str, str, str]] = [
    ((1, 2), [1, 2], "the root", "a list of 2", "a tuple of 2"),
    ((1, (2, 3)), (1, (2,)), "[1]", "a tuple of 1", "a tuple of 2"),
    ({"a": 1}, {"b": 1}, "the root", "a dict with keys 'b'", "a dict with keys 'a'"),
    ({"a": {"c": 1}}, {"a": None}, "['a']", "None", "a dict with keys 'c'"),
    (Pair(1, 2), Pair(1, [2]), ".right", "a list of 1", "a leaf"),
    ((Static(1),), (Static(2),), "[0]", "the static value 2", "the static value 1"),
]


@pytest.mark.parametrize(("wanted", "got", "path", "got_text", "wanted_text"), DIFFERENT)
def test_first_difference_is_named(wanted: Any, got: Any, path: str, got_text: str, wanted_text: str) -> None:
    with pytest.raises(ArgumentError) as error:
        flatten_as(tree_flatten(wanted)[1], got)
    assert error.value.got == f"{got_text} at {path}" and error.value.wanted == wanted_text


def test_map_refuses_other_structures() -> None:
    assert tree_map(lambda x, y: x * y, {"a": 2}, {"a": 3}) == {"a": 6}
    with pytest.raises(ArgumentError, match="one structure"):
        tree_map(lambda x, y: x, (1, 2), (1,))
    with pytest.raises(ArgumentError, match="a leaf for each place"):
        tree_unflatten(tree_flatten((1, 2))[1], [1])


def test_treedefs_are_values() -> None:
    seen: dict[TreeDef, int] = {tree_flatten((1, Static((1, 2.0))))[1]: 1}
    assert tree_flatten(("x", Static((1, 2.0))))[1] in seen
    assert tree_flatten(("x", Static((1, 2))))[1] not in seen
    assert tree_flatten(("x", Static((True, 2.0))))[1] not in seen


@dataclasses.dataclass(frozen=True)
class Settings:
    scale: float


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (Settings(1.0), Settings(1)),
        (Settings(0.0), Settings(-0.0)),
        (np.float64(0.0), np.float64(-0.0)),
        (complex(0.0, 0.0), complex(0.0, -0.0)),
    ],
)
def test_static_values_are_compared_exactly(a: Any, b: Any) -> None:
    assert a == b and Static(a) != Static(b) and Static(a) == Static(copy.copy(a))
