"""The public names that stand on the operations: transforms of functions, layers and models, optimisers.

`tl_dsl` has them too. It imports this module when one of them is asked for: a program of operations alone, and the
checker, start without what they need.
"""

from tl_dsl import nn as nn
from tl_dsl import optim as optim
from tl_dsl.assertions import assert_shape as assert_shape
from tl_dsl.autodiff.custom import custom_jvp as custom_jvp
from tl_dsl.autodiff.custom import custom_vjp as custom_vjp
from tl_dsl.autodiff.function import grad as grad
from tl_dsl.autodiff.function import hessian as hessian
from tl_dsl.autodiff.function import hvp as hvp
from tl_dsl.autodiff.function import jacfwd as jacfwd
from tl_dsl.autodiff.function import jacrev as jacrev
from tl_dsl.autodiff.function import jvp as jvp
from tl_dsl.autodiff.function import linearize as linearize
from tl_dsl.autodiff.function import value_and_grad as value_and_grad
from tl_dsl.autodiff.function import vjp as vjp
from tl_dsl.autodiff.loss import OutputLoss as OutputLoss
from tl_dsl.autodiff.model import grad_inputs as grad_inputs
from tl_dsl.autodiff.model import grad_params as grad_params
from tl_dsl.autodiff.model import grad_target as grad_target
from tl_dsl.autodiff.model import grad_x as grad_x
from tl_dsl.autodiff.model import hvp_params as hvp_params
from tl_dsl.autodiff.model import jacrev_params as jacrev_params
from tl_dsl.autodiff.model import jvp_params as jvp_params
from tl_dsl.autodiff.model import loss_program as loss_program
from tl_dsl.autodiff.model import value_and_grad_params as value_and_grad_params
from tl_dsl.autodiff.model import value_and_grad_target as value_and_grad_target
from tl_dsl.autodiff.model import value_and_grad_x as value_and_grad_x
from tl_dsl.autodiff.model import value_and_grads as value_and_grads
from tl_dsl.autodiff.model import vjp_input as vjp_input
from tl_dsl.autodiff.model import vjp_inputs as vjp_inputs
from tl_dsl.autodiff.model import vjp_params as vjp_params
from tl_dsl.autodiff.params import Params as Params
from tl_dsl.autodiff.params import ParamsJacobian as ParamsJacobian
from tl_dsl.autodiff.params import init_params as init_params
from tl_dsl.autodiff.params import init_params_with as init_params_with
from tl_dsl.autodiff.params import linear_params as linear_params
from tl_dsl.autodiff.program import Fn as Fn
from tl_dsl.autodiff.program import Program as Program
from tl_dsl.autodiff.program import compile as compile
from tl_dsl.autodiff.program import program as program
from tl_dsl.autodiff.vmap import vmap as vmap
from tl_dsl.nn.module import Module as Module
