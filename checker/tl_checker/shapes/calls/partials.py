"""`functools.partial(f, x)`: what of f's parameters is left, with the axes that x fixed.

mypy keeps what is left, without axes here; its type carries a signature too, in which those that were given are known.
A call that gives by name once more what was given by name is left to mypy.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, Final

from mypy.types import CallableType, Instance, Type, get_proper_type

from tl_checker.shapes.annotations.axes import dims_in
from tl_checker.shapes.annotations.encoding import Encoder
from tl_checker.shapes.calls.caches import arranged
from tl_checker.shapes.calls.calls import Calls
from tl_checker.shapes.calls.entry_points import carrying, derived_signature
from tl_checker.shapes.host.internals import partial_by_mypy, partial_call_by_mypy
from tl_checker.shapes.objects.bound_methods import of_its_object
from tl_checker.shapes.objects.receivers import call_signature
from tl_checker.shapes.signatures.matching import Erasure, Substitution

PARTIAL: Final = "functools.partial"
PARTIAL_CALL: Final = "functools.partial.__call__"


def partial_made(ctx: Any, calls: Calls, encoder: Encoder) -> Type:
    """The type of `functools.partial(f, ...)`; what is given is held against the parameters."""
    given = [t for types in ctx.arg_types[:1] for t in types]
    function = None
    if len(given) == 1:
        of_object = of_its_object(given[0], ctx.args[0][0], ctx.api, encoder)
        function = derived_signature(given[0]) or call_signature(of_object, encoder)
    columns = {name: getattr(ctx, name)[1:] for name in ("args", "arg_types", "arg_kinds", "arg_names")}
    call = None
    if function is not None and not function.is_type_obj() and dims_in(function):
        call = arranged(SimpleNamespace(api=ctx.api, context=ctx.context, **columns), function)
    if function is None or call is None:
        return partial_by_mypy(ctx)
    plain = given[0].accept(Erasure(encoder))
    result = get_proper_type(partial_by_mypy(ctx._replace(arg_types=[[plain], *ctx.arg_types[1:]])))
    if not isinstance(result, Instance):
        return result
    bindings = calls.match(call, function, encoder)
    if bindings.errors:
        return result
    of_default = {name for name, where in bindings.origin.items() if where.startswith("the default of ")}
    axes = {name: axis for name, axis in bindings.axes.items() if name not in of_default}
    fixed = function.accept(Substitution(axes, bindings.runs, encoder))
    assert isinstance(fixed, CallableType)
    return carrying(result, _left(fixed, call))


def _left(function: CallableType, call: Any) -> CallableType:
    """A function without the parameters that a call gives."""
    kept = [i for i, kind in enumerate(function.arg_kinds) if kind.is_star() or not call.arg_kinds[i]]
    return function.copy_modified(
        arg_types=[function.arg_types[i] for i in kept],
        arg_kinds=[function.arg_kinds[i] for i in kept],
        arg_names=[function.arg_names[i] for i in kept],
    )


def partial_called(ctx: Any, calls: Calls, encoder: Encoder) -> Type:
    """The result of a call of what was left of a function."""
    result = partial_call_by_mypy(ctx)
    signature = derived_signature(ctx.type)
    call = None if signature is None else arranged(ctx, signature)
    return result if call is None or signature is None else calls.check(call, signature, signature.ret_type, encoder)
