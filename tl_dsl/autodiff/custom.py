"""Functions with a derivative of their own: `custom_jvp` for both modes, `custom_vjp` for reverse mode.

Names and meaning are those of jax. The value is always the function's own; the rule says how it is differentiated, in
every transform and, being written in operations, to any order. `tl verify` holds a rule against the derivative of the
function that it replaces.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Sequence
from typing import Any, Generic, ParamSpec, TypeVar

import numpy as np

from tl_dsl.autodiff.custom_calls import Call, Rules, call_instruction, place_of
from tl_dsl.autodiff.custom_site import NUMBERS, Results, Site, cotangents_of, described
from tl_dsl.autodiff.traced import trace_call
from tl_dsl.errors import ArgumentError, DifferentiationError, TraceError
from tl_dsl.graph import Node
from tl_dsl.op import innermost
from tl_dsl.ops import zeros
from tl_dsl.pytree import tree_flatten, tree_leaves, tree_unflatten
from tl_dsl.tensor import Tensor, tensor

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound=Callable[..., Any])
CUSTOM_PARTS = frozenset({"function", "nondiff_argnums", "rule", "fwd", "bwd"})
"""The attributes that say what such a function does."""


class CustomFunction(Generic[P, R]):
    """What `custom_jvp` and `custom_vjp` have in common: a function, called with its positional arguments."""

    __qualname__: str

    def __init__(self, function: Callable[P, R], nondiff_argnums: Sequence[int] = ()) -> None:
        self.function = function
        self.nondiff_argnums = tuple(nondiff_argnums)
        functools.update_wrapper(self, function, updated=())

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        self._require_rule()
        if innermost() is None:
            return self.function(*args, **kwargs)
        site = self._site(args, kwargs)
        function: Callable[..., R] = self.function

        @functools.wraps(function)
        def primal(*given: Any) -> R:
            return function(*site.merged(given))

        call = trace_call(primal, site.given, None)
        results = tuple([(y.shape, y.dtype) for y in call.results])
        types = tuple([(x.shape, x.dtype) for x in call.graph.inputs[: len(site.tensors)]])
        rules = self._rules(site, Results(self.name, call.out_tree, results))
        found = call_instruction(Call(rules, call.graph, len(types), types, results), call.values)
        value: R = call.result(found)
        return value

    def __get__(self, instance: object, owner: type | None = None) -> Callable[..., R]:
        """As a method, the function takes the object as its first argument."""
        return self if instance is None else functools.partial(self, instance)  # type: ignore[arg-type]

    def __reduce__(self) -> str:
        return self.__qualname__  # found again by its name, as functions are

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

    @property
    def name(self) -> str:
        """The name of the function."""
        name: str = getattr(self.function, "__qualname__", type(self.function).__name__)
        return name.rpartition("<locals>.")[2]

    def _site(self, args: Any, kwargs: Any) -> Site:
        """The arguments of one call, all of them positional."""
        signature = inspect.signature(self.function)
        bound = signature.bind(*args, **kwargs)
        bound.apply_defaults()
        if bound.kwargs:
            raise ArgumentError(
                f"{self.name} has a derivative of its own, so its arguments have positions",
                got=f"the keyword argument {next(iter(bound.kwargs))}",
                suggestion="def f(x, y) instead of def f(x, *, y)",
            )
        count = len(bound.args)
        if not all(type(k) is int and -count <= k < count for k in self.nondiff_argnums):
            raise ArgumentError(
                "nondiff_argnums are numbers of positional arguments",
                got=f"{self.nondiff_argnums!r} with {count} arguments",
            )
        held = {k % count: bound.args[k] for k in self.nondiff_argnums}
        given = tuple([x for k, x in enumerate(bound.args) if k not in held])
        leaves, treedef = tree_flatten(given)
        self._check_leaves(leaves, held)
        return Site(held, given, leaves, treedef, tuple(signature.parameters))

    def _check_leaves(self, leaves: list[Any], held: dict[int, Any]) -> None:
        for leaf in leaves:
            if not isinstance(leaf, (Tensor, np.ndarray, *NUMBERS)):
                raise ArgumentError(
                    f"{self.name} has a derivative of its own, so its arguments are tensors and numbers",
                    got=type(leaf).__name__,
                    suggestion="nondiff_argnums with the place of that argument",
                )
        for k, value in held.items():
            if any(isinstance(x, Tensor) and type(x._value) is Node for x in tree_leaves(value)):
                raise ArgumentError(
                    "nondiff_argnums are for values that are not tensors being traced",
                    got=f"a traced tensor in argument {k} of {self.name}",
                    suggestion="an ordinary argument; what is not floating has no derivative anyway",
                )

    def _require_rule(self) -> None:
        raise NotImplementedError

    def _rules(self, site: Site, results: Results) -> Rules:
        raise NotImplementedError


def _run_rule(name: str, rule: Callable[..., Any], *args: Any) -> Any:
    """A rule's answer. Errors: its own; a TraceError that says what to do about values from outside."""
    try:
        return rule(*args)
    except TraceError as error:
        if "after its trace had ended" not in error.rule:
            raise
        raise TraceError(
            f"the rule of {name} reads a traced tensor from outside of its arguments",
            got=error.got,
            wanted="everything that is traced among the arguments",
            where=place_of(rule),
            suggestion="pass that tensor to the function as an argument",
        ) from error


class custom_jvp(CustomFunction[P, R]):
    """A function whose derivative is a rule of yours, for forward and for reverse mode, to any order.

    ``f.defjvp(rule)`` gives it: ``rule(primals, tangents)`` takes two tuples with an entry for each argument and
    returns ``(f(*primals), tangent)``, with a tangent like the result, linear in the tangents. Arguments named by
    ``nondiff_argnums`` are passed to the rule first, one by one, and have no tangent. Arguments and results are trees
    of tensors. The rule is run when a derivative is taken, on one example if there is a batch.
    Errors: DifferentiationError without a rule, or for a derivative in what the function reads from outside;
    ArgumentError, ShapeError, DTypeError when what the rule returns does not fit.
    Source: the interface of jax.custom_jvp.

    >>> import tl_dsl as tl
    >>> @tl.custom_jvp
    ... def log1pexp(x):
    ...     return tl.log(1 + tl.exp(x))
    >>> @log1pexp.defjvp
    ... def log1pexp_jvp(primals, tangents):
    ...     (x,), (dx,) = primals, tangents
    ...     return log1pexp(x), tl.sigmoid(x) * dx
    >>> tl.grad(log1pexp)(tl.tensor(0.0))
    Tensor[float64](0.5)
    """

    def __init__(self, function: Callable[P, R], nondiff_argnums: Sequence[int] = ()) -> None:
        super().__init__(function, nondiff_argnums)
        self.rule: Callable[..., Any] | None = None

    def defjvp(self, rule: F) -> F:
        """Give the rule ``rule(*nondiff, primals, tangents) -> (value, tangent)``; a decorator, too."""
        self.rule = rule
        return rule

    def _require_rule(self) -> None:
        if self.rule is None:
            raise DifferentiationError(
                f"{self.name} is a custom_jvp without a rule",
                suggestion=f"@{self.name}.defjvp over def rule(primals, tangents)",
            )

    def _rules(self, site: Site, results: Results) -> Rules:
        rule = self.rule
        assert rule is not None

        def pair(primals: list[Tensor], tangents: list[Tensor]) -> tuple[list[Tensor], Any]:
            found = _run_rule(self.name, rule, *site.first(), site.primals(primals), site.tangents(tangents))
            if not isinstance(found, tuple) or len(found) != 2:
                raise ArgumentError(
                    f"the rule of {self.name} returns (value, tangent)",
                    got=described(found),
                    where=place_of(rule),
                )
            return results.value(found[0], rule), found[1]

        def push(primals: list[Tensor], tangents: list[Tensor]) -> list[Tensor | None]:
            return results.tangents(pair(primals, tangents)[1], rule)

        def value(primals: list[Tensor]) -> list[Tensor]:
            return pair(primals, [zeros(x.shape, dtype=x.dtype) for x in primals])[0]

        return Rules(self.name, rule, site.names, value, push=push)


class custom_vjp(CustomFunction[P, R]):
    """A function whose derivative in reverse mode is a rule of yours; forward mode is an error.

    ``f.defvjp(fwd, bwd)`` gives it: ``fwd`` takes the arguments of f and returns ``(f(*args), residuals)``, any tree;
    ``bwd(residuals, cotangent)`` returns a tuple with a cotangent for each argument, None for zero. Arguments named by
    ``nondiff_argnums`` are passed to ``fwd`` at their places and to ``bwd`` first, and have no cotangent. ``hvp`` and
    ``hessian`` go through reverse mode twice. ``bwd`` may do what no function's derivative does, as clipping gradients;
    `tl verify` will then say that it is not the derivative.
    Errors: as ``custom_jvp``; ReverseOnlyError in forward mode.
    Source: the interface of jax.custom_vjp.

    >>> import tl_dsl as tl
    >>> @tl.custom_vjp
    ... def cube(x):
    ...     return x * x * x
    >>> cube.defvjp(lambda x: (cube(x), x), lambda x, g: (3 * x * x * g,))
    >>> tl.grad(cube)(tl.tensor(2.0))
    Tensor[float64](12.)
    """

    def __init__(self, function: Callable[P, R], nondiff_argnums: Sequence[int] = ()) -> None:
        super().__init__(function, nondiff_argnums)
        self.fwd: Callable[..., Any] | None = None
        self.bwd: Callable[..., Any] | None = None

    def defvjp(self, fwd: Callable[..., Any], bwd: Callable[..., Any]) -> None:
        """Give the rules ``fwd(*args) -> (value, residuals)`` and ``bwd(*nondiff, residuals, g) -> cotangents``."""
        self.fwd, self.bwd = fwd, bwd

    def _require_rule(self) -> None:
        if self.fwd is None or self.bwd is None:
            raise DifferentiationError(
                f"{self.name} is a custom_vjp without a rule", suggestion=f"{self.name}.defvjp(fwd, bwd)"
            )

    def _rules(self, site: Site, results: Results) -> Rules:
        fwd, bwd = self.fwd, self.bwd
        assert fwd is not None and bwd is not None

        def pair(primals: list[Tensor]) -> tuple[list[Tensor], Any]:
            found = _run_rule(self.name, fwd, *site.merged(site.primals(primals)))
            if not isinstance(found, tuple) or len(found) != 2:
                raise ArgumentError(
                    f"fwd of {self.name} returns (value, residuals)", got=described(found), where=place_of(fwd)
                )
            return results.value(found[0], fwd), found[1]

        def forward(primals: list[Tensor]) -> tuple[list[Tensor], Any]:
            leaves, treedef = tree_flatten(pair(primals)[1])
            places = [k for k, leaf in enumerate(leaves) if isinstance(leaf, (Tensor, np.ndarray))]
            return [tensor(leaves[k]) for k in places], (treedef, leaves, places)

        def backward(residuals: list[Tensor], rest: Any, cotangents: list[Tensor]) -> list[Tensor | None]:
            treedef, leaves, places = rest
            kept = list(leaves)
            for k, x in zip(places, residuals, strict=True):
                kept[k] = x
            g = tree_unflatten(results.tree, cotangents)
            found = _run_rule(self.name, bwd, *site.first(), tree_unflatten(treedef, kept), g)
            return cotangents_of(self.name, site, found, bwd)

        return Rules(self.name, bwd, site.names, lambda primals: pair(primals)[0], forward=forward, backward=backward)
