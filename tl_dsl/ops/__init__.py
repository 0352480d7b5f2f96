"""The operations, one family a file. Importing a family enters its operations in ``tl_dsl.op.OPS``."""

from tl_dsl.ops.arithmetic import (
    add,
    clip,
    div,
    maximum,
    minimum,
    mul,
    neg,
    pow,
    square,
    sub,
)  # fmt: skip
from tl_dsl.ops.compare import (
    equal,
    greater,
    greater_equal,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    not_equal,
    where,
)  # fmt: skip
from tl_dsl.ops.control import astype, stop_gradient
from tl_dsl.ops.creation import arange, eye, full, full_like, ones, ones_like, zeros, zeros_like
from tl_dsl.ops.elementwise import abs, cos, erf, exp, log, sign, sin, sqrt, tanh
from tl_dsl.ops.indexing import getitem, one_hot, scatter_add, take
from tl_dsl.ops.linear_algebra import matmul, matrix_transpose, transpose
from tl_dsl.ops.manipulation import (
    broadcast_to,
    concat,
    expand_dims,
    pad,
    permute_dims,
    repeat,
    reshape,
    squeeze,
    stack,
)  # fmt: skip
from tl_dsl.ops.neural import gelu, log_softmax, logsumexp, relu, sigmoid, softmax, softplus
from tl_dsl.ops.reduction import argmax, max, mean, min, sum, var

__all__ = [
    "abs", "add", "arange", "argmax", "astype", "broadcast_to", "clip", "concat", "cos", "div", "equal", "erf", "exp",
    "expand_dims", "eye", "full", "full_like", "gelu", "getitem", "greater", "greater_equal", "less", "less_equal",
    "log", "log_softmax", "logical_and", "logical_not", "logical_or", "logical_xor", "logsumexp", "matmul",
    "matrix_transpose", "max", "maximum", "mean", "min", "minimum", "mul", "neg", "not_equal", "one_hot", "ones",
    "ones_like", "pad", "permute_dims", "pow", "relu", "repeat", "reshape", "scatter_add", "sigmoid", "sign", "sin",
    "softmax", "softplus", "sqrt", "square", "squeeze", "stack", "stop_gradient", "sub", "sum", "take", "tanh",
    "transpose", "var", "where", "zeros", "zeros_like", ]  # fmt: skip
