"""The parameters of a model as a value of their own: a pytree with the model's field names, and a flat pack."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from tl_dsl import dtypes
from tl_dsl.errors import ArgumentError, DTypeError, ShapeError
from tl_dsl.nn.linear import In, Linear, Out
from tl_dsl.nn.module import Module
from tl_dsl.ops import reshape
from tl_dsl.pytree import TreeDef, first_difference, register, tree_flatten, tree_unflatten
from tl_dsl.scalars import is_ball
from tl_dsl.shapes import show_shape
from tl_dsl.tensor import Tensor, tensor

M = TypeVar("M", bound=Module)


class Pack(Generic[M]):
    """One array for each parameter of a model of type M, in the order of its fields.

    Iterating gives the arrays, ``names`` says where each belongs, ``model`` is the model with them in place, and the
    model's fields are attributes: ``params.layers[0].weight``.
    """

    def __init__(self, structure: TreeDef, leaves: Sequence[Any]) -> None:
        self.structure = structure
        self.leaves = tuple(leaves)

    @property
    def names(self) -> tuple[str, ...]:
        """The place of each array in the model, as Python would write it: ``layers[0].weight``."""
        return _names(self.structure)

    @property
    def model(self) -> M:
        """A model with these arrays as its parameters, unchecked."""
        found: M | None = self.__dict__.get("_model")
        if found is None:
            made: M = tree_unflatten(self.structure, self.leaves)
            self.__dict__["_model"] = found = made
        return found

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or "structure" not in self.__dict__:
            raise AttributeError(name)
        return getattr(self.model, name)

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.leaves)

    def __len__(self) -> int:
        return len(self.leaves)

    def __getitem__(self, place: int) -> Tensor:
        leaf: Tensor = self.leaves[place]
        return leaf

    def __repr__(self) -> str:
        arrays = [f"{name}={_show(leaf)}" for name, leaf in zip(self.names, self.leaves, strict=True)]
        return f"{type(self).__name__}({', '.join(arrays)})"

    def __getstate__(self) -> dict[str, Any]:
        return {"structure": self.structure, "leaves": self.leaves}


class Params(Pack[M]):
    """The parameters of one model, or a gradient or direction that has an array for each of them. A pytree.

    >>> import tl_dsl as tl
    >>> tl.init_params(tl.nn.Linear(2, 3, key=0))
    Params(weight=float64[3 2], bias=float64[3])
    """


class ParamsJacobian(Pack[M]):
    """The Jacobian of an output in the parameters: arrays of the output's axes, then the parameter's own. A pytree."""

    def __init__(self, structure: TreeDef, leaves: Sequence[Any], output_shape: tuple[int, ...]) -> None:
        super().__init__(structure, leaves)
        self.output_shape = output_shape

    def rows(self) -> Iterator[Params[M]]:
        """The derivative of each element of the output, in row-major order."""
        own = [leaf.shape[len(self.output_shape) :] for leaf in self.leaves]
        size = math.prod(self.output_shape)
        flat = [reshape(leaf, (size, *shape)) for leaf, shape in zip(self.leaves, own, strict=True)]
        return (Params(self.structure, [leaf[k] for leaf in flat]) for k in range(size))

    def __getstate__(self) -> dict[str, Any]:
        return {**super().__getstate__(), "output_shape": self.output_shape}


@functools.lru_cache(maxsize=256)
def _names(structure: TreeDef) -> tuple[str, ...]:
    return tuple([path.removeprefix(".") for path in structure.paths()])


def _names_and_leaves(pack: Pack[Any]) -> tuple[tuple[str, ...], tuple[Any, ...]]:
    return pack.names, pack.leaves


register(
    Params,
    lambda params: (*_names_and_leaves(params), params.structure),
    lambda cls, structure, names, leaves: Params(structure, leaves),  # type: ignore[arg-type]
)
register(
    ParamsJacobian,
    lambda jacobian: (*_names_and_leaves(jacobian), (jacobian.structure, jacobian.output_shape)),
    lambda cls, data, names, leaves: ParamsJacobian(data[0], leaves, data[1]),  # type: ignore[index]
)


def init_params_with(model: M, cast: Callable[[float], Any]) -> Params[M]:
    """The parameters that a model was made with, each number cast: ``cast=Fraction`` gives exact rationals.

    Integer and boolean ones stay as they are. Errors: ArgumentError for what is not a Module, DTypeError when the cast
    gives neither floating nor exact numbers.

    >>> from fractions import Fraction
    >>> import tl_dsl as tl
    >>> tl.init_params_with(tl.nn.Linear(1, 1, key=0), Fraction)
    Params(weight=object[1 1], bias=object[1])
    """
    leaves, structure = parameters(model)
    return Params(structure, [_cast(leaf, cast) if dtypes.is_floating(leaf.dtype) else leaf for leaf in leaves])


def init_params(model: M, dtype: npt.DTypeLike | None = None) -> Params[M]:
    """The parameters that a model was made with, in their own element type or another; integers and booleans stay.

    Errors: ArgumentError for what is not a Module, DTypeError for a type that is not floating.

    >>> import tl_dsl as tl
    >>> params = tl.init_params(tl.nn.Linear(2, 3, key=0), dtype=tl.float32)
    >>> params.names, params.weight.dtype
    (('weight', 'bias'), dtype('float32'))
    """
    leaves, structure = parameters(model)
    if dtype is None:
        return Params(structure, leaves)
    if np.dtype(dtype).kind != "f":
        raise DTypeError(
            "parameters are floating", got=str(np.dtype(dtype)), suggestion="init_params_with(model, cast)"
        )
    return Params(structure, [leaf.astype(dtype) if dtypes.is_floating(leaf.dtype) else leaf for leaf in leaves])


def linear_params(weight: Tensor[Any, Out, In], bias: Tensor[Any, Out]) -> Params[Linear[In, Out]]:
    """``"out in", "out"``: the parameters of one ``Linear(in, out)``.

    Errors: ShapeError when the shapes do not fit, DTypeError unless both are floating.

    >>> import tl_dsl as tl
    >>> linear_params(tl.ones((3, 2)), tl.zeros(3))
    Params(weight=float64[3 2], bias=float64[3])
    """
    w, b = tensor(weight), tensor(bias)
    if w.ndim != 2 or b.shape != w.shape[:1]:
        raise ShapeError(
            "a Linear has a weight and a bias for each output",
            got=f"weight {show_shape(w.shape)} and bias {show_shape(b.shape)}",
            wanted="weight [out, in] and bias [out]",
            bindings=f"out={w.shape[0]}, in={w.shape[1]} (weight)" if w.ndim == 2 else "",
        )
    for name, leaf in (("weight", w), ("bias", b)):
        if not dtypes.is_floating(leaf.dtype):
            raise DTypeError("parameters are floating", got=f"{leaf.dtype} for {name}", suggestion="tl.astype")
    return Params(_of_linear(), (w, b))


def parameters(model: Module) -> tuple[list[Tensor], TreeDef]:
    """The parameters of a model, and its structure. Errors: ArgumentError for what is not a Module."""
    if not isinstance(model, Module):
        raise ArgumentError(
            "a model is a Module",
            got=type(model).__name__,
            wanted="a subclass of tl.Module, or nn.Sequential",
            suggestion="tl.grad and its kin for plain functions",
        )
    return tree_flatten(model)


def leaves_for(model: Module, params: Any, what: str = "params") -> tuple[TreeDef, tuple[Tensor, ...]]:
    """The structure of a model, and the leaves of parameters or directions, which must be those of this model.

    Errors: ArgumentError when the structure differs, ShapeError when a shape does, naming the first place.
    """
    own, structure = parameters(model)
    if not isinstance(params, Params):
        raise ArgumentError(
            f"{what} are the Params of the model", got=type(params).__name__, suggestion="tl.init_params(model)"
        )
    if params.structure != structure:
        path, got, wanted = first_difference(params.structure, structure)
        raise ArgumentError(
            f"{what} belong to a model of the same structure", got=f"{got} at {path or 'the root'}", wanted=wanted
        )
    for place, (leaf, mine) in enumerate(zip(params.leaves, own, strict=True)):
        if leaf.shape != mine.shape:
            raise ShapeError(
                f"{what} have the shapes of the model's parameters",
                got=f"{show_shape(leaf.shape)} for {params.names[place]}",
                wanted=show_shape(mine.shape),
            )
    return structure, params.leaves


@dataclass(frozen=True)
class Split:
    """Which parameters are floating, and so differentiated, among all of a model's."""

    floating: tuple[bool, ...]

    @staticmethod
    def of(leaves: Sequence[Tensor]) -> Split:
        """By the element types of the parameters."""
        return Split(tuple([dtypes.is_floating(leaf.dtype) for leaf in leaves]))

    def live(self, leaves: Sequence[Tensor]) -> list[Tensor]:
        """The floating ones."""
        return [leaf for leaf, floating in zip(leaves, self.floating, strict=True) if floating]

    def held(self, leaves: Sequence[Tensor]) -> list[Tensor]:
        """The others."""
        return [leaf for leaf, floating in zip(leaves, self.floating, strict=True) if not floating]

    def parts(self, flat: Sequence[Tensor]) -> tuple[Sequence[Tensor], Sequence[Tensor], Sequence[Tensor]]:
        """The floating ones, the others, and what follows them."""
        live, count = sum(self.floating), len(self.floating)
        return flat[:live], flat[live:count], flat[count:]

    def joined(self, live: Sequence[Tensor], held: Sequence[Tensor]) -> list[Tensor]:
        """All of them in the model's order."""
        ones, others = iter(live), iter(held)
        return [next(ones if floating else others) for floating in self.floating]


def with_zeros(derivatives: Sequence[Tensor], params: Params[Any], before: tuple[int, ...] = ()) -> Sequence[Tensor]:
    """Derivatives in the floating parameters, with zeros of shape ``before`` ++ their own for the others."""
    if len(derivatives) == len(params):
        return derivatives
    split = Split.of(params.leaves)
    return split.joined(
        derivatives, [tensor(np.zeros((*before, *x.shape), x.dtype)) for x in split.held(params.leaves)]
    )


def _cast(leaf: Tensor, cast: Callable[[float], Any]) -> Tensor:
    values = [cast(value) for value in leaf.numpy().ravel().tolist()]
    if all(isinstance(value, (float, np.floating)) for value in values):
        return tensor(np.array(values).reshape(leaf.shape))
    wrong = [value for value in values if not (isinstance(value, Fraction) or is_ball(value))]
    if wrong:
        raise DTypeError(
            "parameters are floating or exact numbers", got=type(wrong[0]).__name__, suggestion="cast=Fraction"
        )
    array = np.empty(len(values), dtype=dtypes.object_)
    array[:] = values
    return tensor(array.reshape(leaf.shape))


def _show(leaf: Any) -> str:
    if isinstance(leaf, Tensor):
        return f"{leaf.dtype}[{' '.join(map(str, leaf.shape))}]"
    return repr(leaf)


@functools.lru_cache(maxsize=1)
def _of_linear() -> TreeDef:
    return tree_flatten(Linear(1, 1, key=0))[1]
