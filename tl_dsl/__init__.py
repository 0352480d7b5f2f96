"""A typed language for tensor programs: shapes proved by mypy, checked at run time, gradients that can be certified."""

from tl_dsl import nn, ops, optim
from tl_dsl.autodiff.function import grad, hessian, hvp, jacfwd, jacrev, jvp, linearize, value_and_grad, vjp
from tl_dsl.autodiff.program import Fn, Program, compile, program
from tl_dsl.autodiff.vmap import vmap
from tl_dsl.dtypes import bool as bool_
from tl_dsl.dtypes import float32, float64, int32, int64
from tl_dsl.nn.module import Module
from tl_dsl.op import config
from tl_dsl.ops import *  # noqa: F403
from tl_dsl.tensor import Tensor, tensor
from tl_dsl.typed import typed

__all__ = [
    "Fn",
    "Module",
    "Program",
    "Tensor",
    "bool_",
    "compile",
    "config",
    "float32",
    "float64",
    "grad",
    "hessian",
    "hvp",
    "int32",
    "int64",
    "jacfwd",
    "jacrev",
    "jvp",
    "linearize",
    "nn",
    "optim",
    "program",
    "tensor",
    "typed",
    "value_and_grad",
    "vjp",
    "vmap",
]
__all__ += ops.__all__
