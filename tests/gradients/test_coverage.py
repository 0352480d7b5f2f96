"""Every public entry point of the language is verified: a new one without a check fails here."""

from __future__ import annotations

import inspect
import pkgutil
from typing import Any

from jaxtyping import Float
from tl_checker.gradients.functions import verify_function
from tl_checker.gradients.models import verify_model

import tl_dsl as tl
import tl_dsl.autodiff
from tl_dsl import Tensor, nn
from tl_dsl.autodiff import function, model

NO_DERIVATIVES = {
    "init_params": "casts parameters",
    "init_params_with": "casts parameters",
    "linear_params": "puts parameters together",
}
CLASSES = {"Params", "ParamsJacobian", "OutputLoss", "Program", "Fn"}
BY_RULE = {"custom_jvp": "rules of a user's own: tests/gradients", "custom_vjp": "the same"}


def energy(x: Float[Tensor, "n"], y: Float[Tensor, "n"]) -> Float[Tensor, ""]:
    return tl.sum(tl.tanh(x) * tl.exp(y))


def public_entry_points() -> set[str]:
    """What ``tl_dsl`` offers from its package of derivatives, and what the two modules of entry points define."""
    modules = {f"tl_dsl.autodiff.{found.name}" for found in pkgutil.iter_modules(tl_dsl.autodiff.__path__)}
    offered = {name for name, value in vars(tl).items() if getattr(value, "__module__", "") in modules}
    defined = {
        name
        for module in (function, model)
        for name, value in vars(module).items()
        if inspect.isfunction(value) and value.__module__ == module.__name__ and name[0] != "_"
    }
    return (offered | defined | {"stop_gradient"}) - {"gradient_graph", "require_loss"} - CLASSES


def verified(report: Any) -> set[str]:
    """The entry points with comparisons of something not zero on balls and on floats, and without findings."""
    layers = [{row.entry for row in report.rows if row.layer == layer and row.nonzero} for layer in
              ("balls", "simplified", "floats")]  # fmt: skip
    return set.intersection(*layers)


def test_every_entry_point_is_verified() -> None:
    functions, models = verify_function(energy), verify_model(nn.Linear(2, 3, key=0))
    assert functions.clean() and models.clean()
    missing = public_entry_points() - verified(functions) - verified(models) - {*NO_DERIVATIVES, *BY_RULE}
    assert not missing, f"no check of {missing}"


def test_what_is_excused_exists() -> None:
    assert {*NO_DERIVATIVES} <= public_entry_points()
