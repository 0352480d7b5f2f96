"""Models: layers in a row, and the derivatives of a model in its parameters, input and target."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mypy.expandtype import expand_type_by_instance
from mypy.maptype import map_instance_to_supertype
from mypy.nodes import Var
from mypy.types import Instance, TupleType, Type, UnpackType, get_proper_type

from tl_checker.shapes.annotations.axes import names_of
from tl_checker.shapes.annotations.encoding import Encoder, shape_of
from tl_checker.shapes.annotations.type_text import compatible, readable
from tl_checker.shapes.calls.entry_points import match_seed
from tl_checker.shapes.facts.facts import facts_at
from tl_checker.shapes.messages.report import fail
from tl_checker.shapes.objects.receivers import call_signature, object_axes
from tl_checker.shapes.signatures.matching import Matcher, Substitution
from tl_checker.shapes.signatures.protocols import free_names
from tl_checker.shapes.sizes.unify import Bindings
from tl_dsl.errors import ShapeError

SEQUENTIAL = "tl_dsl.nn.sequential.Sequential"
ALIKE = "tl_dsl.autodiff.loss.AlikeLoss"


def layers_of(t: Type) -> list[Type] | None:
    """The layers of a Sequential, as its type lists them."""
    t = get_proper_type(t)
    if not isinstance(t, Instance) or t.type.fullname != SEQUENTIAL:
        return None
    layers: list[Type] = []
    for argument in t.args:
        argument = get_proper_type(argument)
        if isinstance(argument, UnpackType):
            inner = get_proper_type(argument.type)
            if not isinstance(inner, TupleType):
                return None
            layers += inner.items
        else:
            layers.append(argument)
    return layers


class Models:
    """The types of calls of models."""

    def __init__(self, ctx: Any, encoder: Encoder) -> None:
        self._ctx = ctx
        self._encoder = encoder

    def output(self, model: Type, x: Type, where: str) -> tuple[Type | None, list[ShapeError]]:
        """The output of a model for an input, and what does not fit."""
        layers = layers_of(model)
        if layers is None:
            return self._layer(model, x, where)
        for i, layer in enumerate(layers):
            output, errors = self.output(layer, x, where if i == 0 else f"the result of layer {i - 1}")
            if errors or output is None:
                return None, [] if i and self._reported(layers) else errors
            x = output
        return x, []

    def _reported(self, layers: list[Type]) -> bool:
        """Whether the layers disagree whatever the input is, which was said where they were put in a row."""
        current = self._rigid_output(layers[0])
        for layer in layers[1:]:
            if current is None:
                return False
            current, errors = self.output(layer, current, "")
            if errors:
                return True
        return False

    def _layer(self, layer: Type, x: Type, where: str) -> tuple[Type | None, list[ShapeError]]:
        signature = call_signature(layer, self._encoder)
        if signature is None or not signature.arg_types:
            return None, []
        bindings = Bindings(free_names(signature), facts=facts_at(self._ctx))
        matcher = Matcher(bindings, self._encoder)
        matcher.match(signature.arg_types[0], x, where)
        matcher.finish()
        result = signature.ret_type.accept(Substitution(bindings.axes, bindings.runs, self._encoder, bindings.free))
        return result, bindings.errors

    def sequential(self) -> Type:
        """`Sequential(...)`: each layer takes what the one before it gives."""
        result: Type = self._ctx.default_return_type
        if any(kind.is_star() for kinds in self._ctx.arg_kinds for kind in kinds):
            return result
        layers = [layer for types in self._ctx.arg_types for layer in types]
        places = [place for places in self._ctx.args for place in places]
        current: Type | None = None
        for i, (layer, place) in enumerate(zip(layers, places, strict=True)):
            if current is None:
                current = self._rigid_output(layer)
                continue
            current, errors = self.output(layer, current, f"the result of layer {i - 1}")
            for error in errors:
                fail(self._ctx.api, place, error, subject=f"layer {i}: ")
        return result

    def _rigid_output(self, layer: Type) -> Type | None:
        """The output of a layer for every input that it takes."""
        layers = layers_of(layer)
        if layers:
            output = self._rigid_output(layers[0])
            for after in layers[1:]:
                output = None if output is None else self.output(after, output, "the input")[0]
            return output
        signature = call_signature(layer, self._encoder)
        return None if signature is None else signature.ret_type

    def call(self) -> Type:
        """A call of a Sequential."""
        result: Type = self._ctx.default_return_type
        if not self._ctx.arg_types or len(self._ctx.arg_types[0]) != 1:
            return result
        output, errors = self.output(self._ctx.type, self._ctx.arg_types[0][0], "argument 1 (x)")
        for error in errors:
            fail(self._ctx.api, self._ctx.context, error)
        return result if output is None else output

    # -- derivatives of models

    def entry_point(self, name: str) -> Type:
        """One of the entry points on models."""
        result: Type = self._ctx.default_return_type
        given = {n: t[0] for n, t in zip(self._ctx.callee_arg_names, self._ctx.arg_types, strict=True) if t}
        if "model" in given and "x" in given:
            output, errors = self.output(given["model"], given["x"], "the input (x)")
            for error in errors:
                fail(self._ctx.api, self._ctx.context, error, subject=f"{name}: ")
            if output is not None and "seed_out" in given:
                match_seed(self._ctx, output, given["seed_out"], "the seed (seed_out)")
            loss = get_proper_type(given.get("loss"))
            if output is not None and "target" in given and isinstance(loss, Instance) and loss.type.has_base(ALIKE):
                match_seed(self._ctx, output, given["target"], "the target (target)")
        self._same_model(name, given)
        rule = _RESULTS.get(name)
        return result if rule is None else self._result(result, rule(given))

    def _same_model(self, name: str, given: dict[str | None, Type]) -> None:
        """The parameters and directions belong to a model of this type."""
        for argument in ("params", "vparams"):
            t = get_proper_type(given.get(argument))
            if "model" not in given or not isinstance(t, Instance) or t.type.name != "Params" or len(t.args) != 1:
                continue
            if not compatible(str(t.args[0]), str(given["model"])):
                rule = f"{name}: {argument} must be the Params of the model"
                error = ShapeError(rule, got=readable(str(t)), wanted=readable(f"Params[{given['model']}]"))
                fail(self._ctx.api, self._ctx.context, error)

    def _result(self, default: Type, wanted: list[Type | None]) -> Type:
        """The declared result, with the Tensors in it that are like an argument."""
        proper = get_proper_type(default)
        if len(wanted) == 1 and not isinstance(proper, TupleType):
            return wanted[0] if wanted[0] is not None else default
        if not isinstance(proper, TupleType) or len(proper.items) != len(wanted):
            return default
        items = [item if new is None else new for item, new in zip(proper.items, wanted, strict=True)]
        return proper.copy_modified(items=items)


def parameter_type(params: Type, name: str, encoder: Encoder) -> Type | None:
    """The type of a field of `Params[M]`: that of the field in this model of type M."""
    params = get_proper_type(params)
    if not isinstance(params, Instance) or params.type.name != "Params" or len(params.args) != 1:
        return None
    model = get_proper_type(params.args[0])
    if not isinstance(model, Instance):
        return None
    for base in model.type.mro:
        symbol = base.names.get(name)
        if symbol is not None and isinstance(symbol.node, Var) and symbol.node.type is not None:
            declared = expand_type_by_instance(symbol.node.type, map_instance_to_supertype(model, base))
            return declared.accept(Substitution(*object_axes(model, names_of(declared, model.type)), encoder))
    return None


def _tensor(given: dict[str | None, Type], name: str) -> Type | None:
    t = given.get(name)
    return t if t is not None and shape_of(t) is not None else None


_RESULTS: dict[str, Callable[[dict[str | None, Type]], list[Type | None]]] = {
    "vjp_input": lambda given: [_tensor(given, "x")],
    "vjp_inputs": lambda given: [_tensor(given, "x")],
    "grad_x": lambda given: [_tensor(given, "x")],
    "grad_target": lambda given: [_tensor(given, "target")],
    "grad_inputs": lambda given: [_tensor(given, "x"), _tensor(given, "target")],
    "value_and_grads": lambda given: [None, None, _tensor(given, "x"), _tensor(given, "target")],
    "value_and_grad_x": lambda given: [None, _tensor(given, "x")],
    "value_and_grad_target": lambda given: [None, _tensor(given, "target")],
}
"""The results that have the type of an argument; the others are as declared."""
