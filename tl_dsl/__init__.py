"""A typed language for tensor programs: shapes proved by mypy, checked at run time, gradients that can be certified."""

from tl_dsl import errors, nn, ops, optim
from tl_dsl.autodiff.function import grad, hessian, hvp, jacfwd, jacrev, jvp, linearize, value_and_grad, vjp
from tl_dsl.autodiff.loss import OutputLoss
from tl_dsl.autodiff.model import (
    grad_inputs,
    grad_params,
    grad_target,
    grad_x,
    hvp_params,
    jacrev_params,
    jvp_params,
    loss_program,
    value_and_grad_params,
    value_and_grad_target,
    value_and_grad_x,
    value_and_grads,
    vjp_input,
    vjp_inputs,
    vjp_params,
)
from tl_dsl.autodiff.params import Params, ParamsJacobian, init_params, init_params_with, linear_params
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
    "OutputLoss",
    "Params",
    "ParamsJacobian",
    "Program",
    "Tensor",
    "bool_",
    "compile",
    "config",
    "errors",
    "float32",
    "float64",
    "grad",
    "grad_inputs",
    "grad_params",
    "grad_target",
    "grad_x",
    "hessian",
    "hvp",
    "hvp_params",
    "init_params",
    "init_params_with",
    "int32",
    "int64",
    "jacfwd",
    "jacrev",
    "jacrev_params",
    "jvp",
    "jvp_params",
    "linear_params",
    "linearize",
    "loss_program",
    "nn",
    "optim",
    "program",
    "tensor",
    "typed",
    "value_and_grad",
    "value_and_grad_params",
    "value_and_grad_target",
    "value_and_grad_x",
    "value_and_grads",
    "vjp",
    "vjp_input",
    "vjp_inputs",
    "vjp_params",
    "vmap",
]
__all__ += ops.__all__
