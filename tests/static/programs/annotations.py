"""Annotations that jaxtyping refuses, or whose names nothing binds."""

from jaxtyping import Float

import tl_dsl as tl
from tl_dsl import Tensor


def commas(x: Float[Tensor, "n, m"]) -> None: ...  # E: axes are separated by spaces, not commas ("n, m", column 1) [tensor-annotation]
def twice(x: Float[Tensor, "*a *b"]) -> None: ...  # E: only one axis may be variadic (`*name` or `...`) ("*a *b", column 4) [tensor-annotation]
def fixed_run(x: Float[Tensor, "*4"]) -> None: ...  # E: a fixed size cannot be variadic ("*4", column 1) [tensor-annotation]
def not_python(x: Float[Tensor, "n ^^ m n+"]) -> None: ...  # E: cannot read the axis '^^' ("n ^^ m n+", column 3) [tensor-annotation]
def too_early(x: Float[Tensor, "2*n"], y: Float[Tensor, "n"]) -> None: ...  # E: nothing before it binds "n", and an expression never does ("2*n", column 1) [tensor-annotation]
def never(x: Float[Tensor, "n"]) -> Float[Tensor, "n+m"]: ...  # E: Missing return statement [empty-body]  # E: nothing before it binds "m", and an expression never does ("n+m", column 1) [tensor-annotation]
def in_order(x: Float[Tensor, "n"], y: Float[Tensor, "2*n"]) -> Float[Tensor, "n*n"]:
    return tl.zeros((x.shape[0] ** 2,))
def bound_in_result(x: Float[Tensor, "n"]) -> tuple[Float[Tensor, "k"], Float[Tensor, "k-1"]]: ...  # E: Missing return statement [empty-body]
def by_another_array(x: Float[list[int], "n"], y: Float[Tensor, "2*n"]) -> None: ...
def another_array(x: Float[list[int], "n, m"]) -> None: ...  # E: axes are separated by spaces, not commas ("n, m", column 1) [tensor-annotation]


class Fields:
    factor: Float[Tensor, "n"]
    wide: Float[Tensor, "2*n"]
    never: Float[Tensor, "2*m"]  # E: nothing before it binds "m", and an expression never does ("2*m", column 1) [tensor-annotation]


def evaluated(x: Float[Tensor, "n"], y: Float[Tensor, "max(n,3)"]) -> None:  # E: The shape is lost: the axis "max(n,3)" is evaluated when the program runs [tensor-shape-lost]
    reveal_type(y)  # R: Tensor[Float, Any]


class Scale(tl.Module):
    wide: Float[Tensor, "2*n"]  # E: nothing before it binds "n", and an expression never does ("2*n", column 1) [tensor-annotation]
    factor: Float[Tensor, "n"]


def quoted(x: "Float[Tensor, 'n']", y: Float[Tensor, " n  k "]) -> "Float[Tensor, 'k']":
    reveal_type(x @ y)  # R: Tensor[Float, k]
    return x  # E: Incompatible return value type (got "Tensor[Float, n]", expected "Tensor[Float, k]") [tensor-shape]


def named_sizes(x: Float[Tensor, "rows=4 cols=n"]) -> None:
    reveal_type(x)  # R: Tensor[Float, 4, n]
