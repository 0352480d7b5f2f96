"""Modules: construction, class axes at run time, what is a parameter, immutability, and what cannot be resolved."""

from __future__ import annotations

import copy
import dataclasses
import importlib
import pickle
from typing import TYPE_CHECKING, Any, ClassVar

import jaxtyping
import numpy as np
import pytest
from jaxtyping import Float, Int
from numpy.typing import NDArray

from tl_dsl import nn
from tl_dsl.errors import AnnotationError, ArgumentError, DTypeError, MutationError, ShapeError, TlError
from tl_dsl.pytree import tree_flatten, tree_map, tree_unflatten
from tl_dsl.tensor import Tensor, tensor
from tl_dsl.typed import typed

if TYPE_CHECKING:
    from decimal import Decimal


def array(*shape: int) -> Tensor:
    return tensor(np.arange(float(np.prod(shape))).reshape(shape))


class Mlp(nn.Module):
    w1: Float[Tensor, "hidden inputs"]
    b1: Float[Tensor, "hidden"]
    w2: Float[Tensor, "outputs hidden"]
    name: str = "mlp"

    @typed
    def __call__(self, x: Float[Tensor, "*b inputs"]) -> Float[Tensor, "*b outputs"]:
        return (x @ self.w1.T + self.b1) @ self.w2.T

    @typed
    def truncated(self, x: Float[Tensor, "*b inputs"]) -> Float[Tensor, "*b outputs"]:
        return x

    def unchecked(self, x: Float[Tensor, "*b inputs"]) -> Any:
        return x


class Pair(nn.Module):
    first: nn.Linear[Any, Any]
    rest: list[Tensor]
    table: dict[str, Tensor]
    scale: float = 2.0
    nothing: Tensor | None = None


class Hidden(nn.Module):
    x: Decimal
    w: Float[Tensor, "n"]


def mlp() -> Mlp:
    return Mlp(array(3, 2), array(3), array(4, 3))


BAD_FIELDS: list[tuple[tuple[Any, ...], type[TlError], str]] = [
    ((array(3, 2), array(4), array(4, 3)), ShapeError, "hidden=3 (field w1)"),
    ((array(3, 2), array(3), array(4, 2)), ShapeError, "hidden=3 (field w1), inputs=2 (field w1)"),
    ((array(3), array(3), array(4, 3)), ShapeError, "1 dimensions, not the 2"),
    ((array(3, 2), array(3), tensor(np.ones((4, 3), int))), DTypeError, "int64"),
    (("w", array(3), array(4, 3)), ArgumentError, "field w1"),
]


@pytest.mark.parametrize(("fields", "error", "text"), BAD_FIELDS)
def test_fields_are_checked(fields: tuple[Any, ...], error: type[TlError], text: str) -> None:
    with pytest.raises(error) as raised:
        Mlp(*fields)
    assert text in str(raised.value) and raised.value.code in str(raised.value)


def test_class_axes_bind_in_methods() -> None:
    assert mlp()(array(5, 2)).shape == (5, 4)
    with pytest.raises(ShapeError) as raised:
        mlp()(array(5, 3))
    assert "inputs=2 (field w1)" in str(raised.value)
    with pytest.raises(ShapeError, match=r"the result of Mlp\.truncated"):
        mlp().truncated(array(5, 2))
    assert mlp().unchecked(array(9)).shape == (9,)


def test_class_axes_bind_under_the_import_hook(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "hooked_model.py").write_text(
        "from jaxtyping import Float\nfrom tl_dsl import nn\nfrom tl_dsl.tensor import Tensor\n"
        "class Scale(nn.Module):\n    w: Float[Tensor, 'n']\n"
        "    def __call__(self, x: Float[Tensor, '*b n']) -> Float[Tensor, '*b n']:\n        return x\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    with jaxtyping.install_import_hook("hooked_model", "beartype.beartype"):
        hooked_model = importlib.import_module("hooked_model")
    scale = hooked_model.Scale(array(3))
    assert scale(array(2, 3)).shape == (2, 3)
    with pytest.raises(ShapeError) as raised:
        scale(array(2, 4))
    assert raised.value.bindings == "n=3 (field w)"


def test_annotations_that_cannot_be_resolved_raise() -> None:
    with pytest.raises(AnnotationError, match="Hidden") as raised:
        Hidden(1, array(2))  # type: ignore[arg-type]
    assert "Decimal" in str(raised.value)


def test_local_classes_and_later_classes_resolve() -> None:
    class Outer(nn.Module):
        inner: Inner
        w: Float[Tensor, "n m"]

    class Inner(nn.Module):
        w: Float[Tensor, "n"]

    with pytest.raises(AnnotationError, match="Outer"):  # Inner was not known when Outer was defined
        Outer(Inner(array(2)), array(2, 3))

    class Local(nn.Module):
        inner: Inner
        w: Float[Tensor, "n m"]

    with pytest.raises(ShapeError, match="field w of Local"):
        Local(Inner(array(2)), array(2))


def test_inherited_fields_are_resolved_where_they_are_written(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "base_model.py").write_text(
        "from __future__ import annotations\nfrom jaxtyping import Int as Float\nfrom tl_dsl import nn, Tensor\n"
        "class Base(nn.Module):\n    k: Float[Tensor, 'n']\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    base: Any = importlib.import_module("base_model").Base

    class Derived(base):  # type: ignore[misc]
        w: Float[Tensor, "n"]

    k = tensor(np.arange(3))
    assert Derived(k, array(3)).w.shape == (3,)
    for fields, error in [((array(3), array(3)), DTypeError), ((k, k), DTypeError), ((k, array(4)), ShapeError)]:
        with pytest.raises(error):
            Derived(*fields)


def test_parameters_and_structure() -> None:
    pair = Pair(nn.Linear(2, 3, key=0), [array(1), array(2)], {"a": array(4)})
    leaves, treedef = tree_flatten(pair)
    assert [x.shape for x in leaves] == [(3, 2), (3,), (1,), (2,), (4,)]
    assert treedef.paths() == [".first.weight", ".first.bias", ".rest[0]", ".rest[1]", ".table['a']"]
    again = tree_unflatten(treedef, leaves)
    assert type(again) is Pair and again.scale == 2.0 and tree_flatten(again)[1] == treedef
    assert tree_flatten(dataclasses.replace(pair, scale=2))[1] != treedef
    pair.rest.append(array(7))
    assert tree_flatten(pair)[1].size == 6
    assert tree_flatten(mlp())[1] == tree_flatten(mlp())[1]


def test_placeholders_pass_through_unflatten() -> None:
    treedef = tree_flatten(mlp())[1]
    held = tree_unflatten(treedef, ["a", None, 3])
    assert held.w1 == "a" and held.name == "mlp"
    assert tree_flatten(held) == (["a", None, 3], treedef)
    assert tree_map(lambda x: x.shape, mlp()).b1 == (3,)


def test_modules_never_change() -> None:
    model = mlp()
    with pytest.raises(MutationError, match="never changes"):
        model.b1 = array(3)  # type: ignore[misc]
    with pytest.raises(MutationError):
        model.set_fields(b1=array(3))
    with pytest.raises(MutationError):
        del model.b1
    assert dataclasses.replace(model, name="x").name == "x"
    with pytest.raises(MutationError, match=r"module\.replace\(bias=\.\.\.\)"):
        nn.Linear(2, 3, key=0).bias = None  # type: ignore[misc]
    layer = nn.Linear(2, 3, key=0).replace(bias=array(3))
    assert type(layer) is nn.Linear and layer.bias is not None and layer.bias.numpy()[2] == 2.0
    assert len(nn.Sequential(layer).replace(layers=())) == 0
    with pytest.raises(ShapeError):
        layer.replace(bias=array(2))
    with pytest.raises(ArgumentError, match="weights"):
        layer.replace(weights=array(3, 2))
    with pytest.raises(ShapeError):
        dataclasses.replace(model, b1=array(7))


def test_copies_and_pickles() -> None:
    model = mlp()
    tree_flatten(model)
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert tree_flatten(twin)[1] == tree_flatten(model)[1]
        assert np.array_equal(np.asarray(twin.w1), np.asarray(model.w1))
    assert repr(model) == "Mlp(w1=float64[3 2], b1=float64[3], w2=float64[4 3], name='mlp')"


def test_a_static_field_is_hashable() -> None:
    class Table(nn.Module):
        rows: NDArray[Any]

    with pytest.raises(ArgumentError, match="hashable") as raised:
        Table(np.ones(2))
    assert "Table.rows" in str(raised.value)


def test_an_init_of_ones_own() -> None:
    class Square(nn.Module):
        w: Float[Tensor, "n n"]

        def __init__(self, n: int) -> None:
            self.set_fields(w=array(n, n))

    class Partial(nn.Module):
        w: Float[Tensor, "n n"]

        def __init__(self) -> None:
            pass

    class Doubled(Square):
        def __init__(self, n: int) -> None:
            super().__init__(2 * n)

    assert Square(3).w.shape == (3, 3) and Doubled(3).w.shape == (6, 6)
    with pytest.raises(ArgumentError, match="every field"):
        Partial()


@typed
def gather(x: Float[Tensor, "n"], *more: Float[Tensor, "n"], at: Int[Tensor, "k"] | None = None) -> int:
    return len(more)


TYPED: list[tuple[tuple[Any, ...], dict[str, Any], type[TlError], str]] = [
    ((array(2), array(2), array(3)), {}, ShapeError, "argument more[1] of gather"),
    ((array(2),), {"at": array(3)}, ShapeError, "Int[Tensor"),
    ((np.ones(2),), {}, ArgumentError, "underlying array type"),
    ((tensor(np.ones(2, bool)),), {}, DTypeError, "bool"),
]


@pytest.mark.parametrize(("args", "keywords", "error", "text"), TYPED)
def test_typed_functions(args: Any, keywords: Any, error: type[TlError], text: str) -> None:
    assert gather(array(2), array(2), at=None) == 1
    with pytest.raises(error) as raised:
        gather(*args, **keywords)
    assert text in str(raised.value)


def test_typed_says_what_it_cannot_check() -> None:
    @typed
    def half(x: Float[Tensor, "2*h"]) -> Float[Tensor, "h"]:
        return x

    with pytest.raises(AnnotationError, match="argument x of"):
        half(array(4))

    @typed
    def hidden(x: Decimal) -> None: ...

    with pytest.raises(AnnotationError, match="cannot be resolved"):
        hidden(1)  # type: ignore[arg-type]


def test_typed_leaves_the_errors_of_the_function_alone() -> None:
    @typed
    def fails(x: Float[Tensor, "n"]) -> None:
        raise KeyError("mine")

    with pytest.raises(KeyError) as raised:
        fails(array(2))
    assert not getattr(raised.value, "__notes__", [])


def test_all_methods_of_a_class_at_once() -> None:
    @typed
    class Whole(nn.Module):
        w: Float[Tensor, "n"]

        def __call__(self, x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
            return x

        @property
        def first(self) -> Float[Tensor, ""]:
            return self.w

        @staticmethod
        def plain(x: Float[Tensor, "k"]) -> int:
            return len(x)

    whole = Whole(array(3))
    assert whole(array(3)).shape == (3,) and whole.plain(array(2)) == 2
    for wrong in (
        lambda: whole(array(2)),
        lambda: whole.first,
        lambda: Whole.plain(array(2, 2)),
        lambda: Whole(array(1, 1)),
    ):
        with pytest.raises(ShapeError):
            wrong()


def test_a_class_checked_as_a_whole_checks_the_arguments_of_its_init() -> None:
    @typed
    class Square(nn.Module):
        w: Float[Tensor, "n n"]

        def __init__(self, row: Float[Tensor, "n"]) -> None:
            self.w = self.spread(row)

        def spread(self, row: Float[Tensor, "n"]) -> Float[Tensor, "n n"]:
            return row + array(*row.shape, *row.shape)

    assert Square(array(2)).w.shape == (2, 2)
    with pytest.raises(ShapeError, match="argument row"):
        Square(array(2, 2))


def test_attributes_are_declared() -> None:
    class Undeclared(nn.Module):
        def __init__(self) -> None:
            self.w = array(2, 3)

    with pytest.raises(AnnotationError) as raised:
        Undeclared()
    assert 'declare `w: Float[Tensor, "_ _"]` in the body of class Undeclared' in str(raised.value)


def test_a_tensor_as_default() -> None:
    class Shifted(nn.Module):
        shared: ClassVar[Tensor] = array(5)
        w: Float[Tensor, "n"]
        shift: Float[Tensor, "n"] = array(2)
        other: Float[Tensor, "n"] = dataclasses.field(default=array(2))

    class Own(nn.Module):
        w: Float[Tensor, "n"] = array(2)

        def __init__(self) -> None:
            pass

    class Again(Own):
        w: Float[Tensor, "n"]

    for model in (Shifted(array(2)), Shifted(array(2)), Own(), Again()):
        assert all(leaf.shape == (2,) for leaf in tree_flatten(model)[0])
    assert Shifted.shared.shape == (5,) and tree_flatten(Shifted(array(2)))[1].size == 3
    assert Shifted(array(3), array(3), array(3)).shift.shape == (3,)
    with pytest.raises(ShapeError, match="field shift"):
        Shifted(array(3))
