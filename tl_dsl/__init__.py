"""A typed language for tensor programs: shapes proved by mypy, checked at run time, gradients that can be certified."""

from tl_dsl.dtypes import bool as bool_
from tl_dsl.dtypes import float32, float64, int32, int64
from tl_dsl.op import config
from tl_dsl.ops import *  # noqa: F403
from tl_dsl.tensor import Tensor, tensor
