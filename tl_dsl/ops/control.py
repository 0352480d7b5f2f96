"""Operations on types and derivatives rather than on values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tl_dsl import dtypes
from tl_dsl.op import bind, op
from tl_dsl.ops import arguments
from tl_dsl.ops.operands import as_tensor, converted, same_rule, same_shape_rule
from tl_dsl.primitive import Primitive, primitive
from tl_dsl.tensor import Tensor, TensorLike

__all__ = ["astype", "stop_gradient"]


@op(shape=same_shape_rule, dtype=same_rule)
def stop_gradient(x: TensorLike, /) -> Tensor:
    """``"*s" -> "*s"``: the same values, constant for derivatives of every mode and order.

    >>> import tl_dsl as tl
    >>> tl.grad(lambda x: x * tl.stop_gradient(x))(tl.tensor(3.0))
    Tensor[float64](3.)
    """
    return bind(STOP_GRADIENT, as_tensor(x))


STOP_GRADIENT: Primitive = primitive("stop_gradient", shape=lambda x: x, kernel=lambda x: x, view=True, constant=True)


@op(shape=same_shape_rule, dtype=lambda x, dtype: arguments.dtype_class(dtype))
def astype(x: TensorLike, dtype: npt.DTypeLike, /) -> Tensor:
    """``"*s" -> "*s"``: the values converted to another element type; floating numbers become integers towards zero.

    Differentiable between floating types; constant for derivatives otherwise. Errors: DTypeError for other types.

    >>> import tl_dsl as tl
    >>> tl.astype(tl.tensor([1.5, -1.5]), tl.int64)
    Tensor[int64, 2]([ 1, -1])
    """
    dtypes.of(dtype)
    return converted(as_tensor(x), np.dtype(dtype))
