"""Cases of rules that are refused: there is none, it returns what does not fit, its function is called wrongly."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np

from tl_checker.gradients.entry_points.cases import (
    Case,
    everywhere,
    refused,
)
from tl_checker.gradients.entry_points.cases import (
    engine as tl,
)
from tl_checker.gradients.entry_points.of_rules import X, Y
from tl_dsl.errors import ArgumentError, DifferentiationError, DTypeError, ShapeError, TraceError


def rule_error_cases() -> Iterator[Case]:
    """All of them."""
    yield from _refused_rules()
    yield from _places()
    yield from _refused_answers()
    yield from _refused_calls()


VALUE, TANGENT = "the value that the rule of <lambda> returns", "the tangent that the rule of <lambda> returns"
COTANGENT = "the cotangent that bwd of <lambda> returns"
LIKE = {VALUE: "as the function's", TANGENT: "as its result", COTANGENT: "as its argument"}
SAID: dict[type[Exception], str] = {ShapeError: "has the same shape", DTypeError: "has the same element type"}
PLACE = "of_rule_errors.py"


def _said(what: str, error: type[Exception]) -> str:
    """How an error names what does not fit; an empty text for answers that are not of the right number."""
    if error in SAID:
        return f"{what} {SAID[error]} {LIKE[what]}"
    return what


def _refused_rules() -> Iterator[Case]:
    """Functions without a rule, and what rules return that does not fit."""
    x = tl.tensor(X)
    for kind in (tl.custom_jvp, tl.custom_vjp):
        bare: Any = kind(lambda z: z)
        entry = kind.__name__
        yield refused(entry, "no rule", DifferentiationError, lambda f=bare: f(x), "")
        yield refused(
            entry, "no rule, in a trace", DifferentiationError, lambda f=bare: tl.grad(lambda z: tl.sum(f(z)))(x), ""
        )
    answers: list[tuple[str, type[Exception], Callable[[Any, Any], Any], str | None]] = [
        ("a tangent alone", ArgumentError, lambda z, dz: dz, "Tensor"),
        ("three results", ArgumentError, lambda z, dz: (z, z, z), "a tuple of 3"),
        ("a list of two", ArgumentError, lambda z, dz: [z * z, dz], "a list of 2"),
        ("a value in a tuple", ArgumentError, lambda z, dz: ((z * z,), dz), "a tuple of 1 at the root"),
        ("a value of another shape", ShapeError, lambda z, dz: (tl.sum(z), dz), "[]"),
        ("a value of another type", DTypeError, lambda z, dz: (tl.astype(z, tl.float32), dz), "float32"),
        ("a tangent of another shape", ShapeError, lambda z, dz: (z * z, tl.sum(dz)), "[]"),
        ("a tangent that would broadcast", ShapeError, lambda z, dz: (z * z, dz[:1]), "[1]"),
        ("a tangent of another type", DTypeError, lambda z, dz: (z * z, tl.astype(dz, tl.float32)), "float32"),
        ("text for a tangent", ArgumentError, lambda z, dz: (z * z, "text"), "str"),
        ("None for a tangent", ArgumentError, lambda z, dz: (z * z, None), "None at the root"),
        ("a number for a row of tangents", ShapeError, lambda z, dz: (z * z, 0.0), "[]"),
        ("a list for a tangent", ArgumentError, lambda z, dz: (z * z, [dz]), "a list of 1 at the root"),
    ]
    for what, error, answer, got in answers:
        f = tl.custom_jvp(lambda z: z * z)
        f.defjvp(lambda primals, tangents, answer=answer: answer(primals[0], tangents[0]))
        noun = VALUE if what.startswith("a value") else TANGENT
        pair = what in ("a tangent alone", "three results", "a list of two")
        says = "the rule of <lambda> returns (value, tangent)" if pair else _said(noun, error)
        yield refused("custom_jvp", what, error, lambda f=f: tl.grad(lambda z: tl.sum(f(z)))(x), got, says, PLACE)
    boom = tl.custom_jvp(lambda z: z * z)
    boom.defjvp(lambda primals, tangents: _raise(TraceError("other words")))
    yield refused("custom_jvp", "an error of the rule's", TraceError, lambda: tl.grad(lambda z: tl.sum(boom(z)))(x), "")
    boom.defjvp(lambda primals, tangents: _raise(ZeroDivisionError("words")))
    yield refused(
        "custom_jvp",
        "another error of the rule's",
        ZeroDivisionError,
        lambda: tl.grad(lambda z: tl.sum(boom(z)))(x),
        "words",
    )


def _places() -> Iterator[Case]:
    """Where errors say that a rule stands: the line of its def below decorators; what it is where it has no code."""
    x = tl.tensor(X)

    @_itself
    @_itself
    def decorated(primals: Any, tangents: Any) -> Any:
        return None

    line = decorated.__code__.co_firstlineno + 2
    objects: list[tuple[str, Any, str]] = [
        ("a decorated rule", decorated, f"of_rule_errors.py:{line}, in decorated"),
        ("a partial rule", partial(lambda one, primals, tangents: None, 1), "at: functools.partial("),
        ("a rule that is a class's", _Rule, "at: _Rule\n"),
    ]
    for what, rule, says in objects:
        f = tl.custom_jvp(lambda z: z * z)
        f.defjvp(rule)
        call = lambda f=f: tl.grad(lambda z: tl.sum(f(z)))(x)
        yield refused("custom_jvp", what, ArgumentError, call, None, says)


class _Rule:
    def __init__(self, primals: Any, tangents: Any) -> None:
        pass


def _itself(function: Any) -> Any:
    return function


def _raise(error: Exception) -> None:
    raise error


def _refused_answers() -> Iterator[Case]:
    """What fwd and bwd return that does not fit."""
    x = tl.tensor(X)
    forward: list[tuple[str, type[Exception], Callable[[Any], Any], str | None]] = [
        ("a value alone", ArgumentError, lambda z: z * z, "Tensor"),
        ("a list of two", ArgumentError, lambda z: [z * z, z], "a list of 2"),
        ("three results", ArgumentError, lambda z: (z, z, z), "a tuple of 3"),
        ("a value of another shape", ShapeError, lambda z: (tl.sum(z), z), "[]"),
        ("a value of another structure", ArgumentError, lambda z: ([z * z], z), "a list of 1 at the root"),
    ]
    for what, error, fwd, got in forward:
        f = tl.custom_vjp(lambda z: z * z)
        f.defvjp(fwd, lambda kept, g: (g,))
        pair = what in ("a value alone", "three results", "a list of two")
        says = "fwd of <lambda> returns (value, residuals)" if pair else _said(VALUE, error)
        gradient = lambda f=f: tl.grad(lambda z: tl.sum(f(z)))(x)
        yield refused("custom_vjp", f"fwd gives {what}", error, gradient, got, says, PLACE)
    backward: list[tuple[str, type[Exception], Callable[[Any], Any], str | None]] = [
        ("a cotangent alone", ArgumentError, lambda g: g, "Tensor"),
        ("two cotangents", ArgumentError, lambda g: (g, g), "a tuple of 2"),
        ("no cotangent", ArgumentError, lambda g: (), "a tuple of 0"),
        ("a dict", ArgumentError, lambda g: {"a": g}, "dict"),
        ("a cotangent of another shape", ShapeError, lambda g: (tl.sum(g),), "[]"),
        ("a cotangent of another type", DTypeError, lambda g: (tl.astype(g, tl.float32),), "float32"),
        ("a cotangent in a tuple", ArgumentError, lambda g: ((g,),), "a tuple of 1 at the root"),
        ("text", ArgumentError, lambda g: ("text",), "str"),
        ("a number for a row", ShapeError, lambda g: (0.0,), "[]"),
    ]
    for what, error, bwd, got in backward:
        f = tl.custom_vjp(lambda z: z * z)
        f.defvjp(lambda z: (z * z, ()), lambda kept, g, bwd=bwd: bwd(g))
        several = what in ("a cotangent alone", "two cotangents", "no cotangent", "a dict")
        each = "bwd of <lambda> returns a tuple with a cotangent for each argument"
        says = each if several else _said(COTANGENT, error)
        gradient = lambda f=f: tl.grad(lambda z: tl.sum(f(z)))(x)
        yield refused("custom_vjp", f"bwd gives {what}", error, gradient, got, says, PLACE)
    listed = tl.custom_vjp(lambda z: z * z)
    listed.defvjp(lambda z: (z * z, z), lambda kept, g: [5 * kept * g])
    yield from everywhere("custom_vjp", "a list of cotangents", tl.grad(lambda z: tl.sum(listed(z))), (X,), 5 * X)
    tree = tl.custom_vjp(lambda pair: pair[0] * pair[1])
    tree.defvjp(lambda pair: (pair[0] * pair[1], pair), lambda pair, g: (None,))
    none = tl.grad(lambda a, b: tl.sum(tree((a, b)) + a), (0, 1))
    yield from everywhere("custom_vjp", "None for a tree", none, (X, Y), (np.ones(3), np.zeros(3)))


def _refused_calls() -> Iterator[Case]:
    """Arguments that a function with a rule does not take."""
    x = tl.tensor(X)

    def keyed(z: Any, *, by: Any) -> Any:
        return z * by

    def several(z: Any, **options: Any) -> Any:
        return z

    gradient = lambda f, *args, **options: tl.grad(lambda z: tl.sum(f(z, *args, **options)))(x)
    for kind in (tl.custom_jvp, tl.custom_vjp):
        entry, given = kind.__name__, [lambda *a: a] * (1 if kind is tl.custom_jvp else 2)

        def made(f: Any, *argnums: Any, kind: Any = kind, given: Any = given) -> Any:
            custom = kind(f, argnums)
            (custom.defjvp if kind is tl.custom_jvp else custom.defvjp)(*given)
            return custom

        yield refused(
            entry,
            "a keyword argument",
            ArgumentError,
            lambda m=made: gradient(m(keyed), by=2),
            "the keyword argument by",
        )
        yield refused(
            entry, "keywords", ArgumentError, lambda m=made: gradient(m(several), by=2), "the keyword argument by"
        )
        for argnums, got in (
            ((2,), "(2,) with 2 arguments"),
            ((-3,), "(-3,) with 2 arguments"),
            ((True,), "(True,) with 2 arguments"),
            ((0, 2), "(0, 2) with 2 arguments"),
        ):
            yield refused(entry, f"nondiff_argnums {argnums}", ArgumentError,
                          lambda m=made, a=argnums: gradient(m(lambda z, w: z, *a), 1), got)  # fmt: skip
        yield refused(entry, "text", ArgumentError, lambda m=made: gradient(m(lambda z, w: z), "text"), "str")
        yield refused(
            entry,
            "an object in a tree",
            ArgumentError,
            lambda m=made: gradient(m(lambda z, w: z), [x, {"k": object()}]),
            "object",
        )
        yield refused(
            entry,
            "a traced tensor that is held",
            ArgumentError,
            lambda m=made: tl.grad(lambda z: tl.sum(m(lambda a, b: a, 1)(z, z)))(x),
            "a traced tensor in argument 1 of <lambda>",
        )
        yield refused(
            entry,
            "a traced tensor in a tree that is held",
            ArgumentError,
            lambda m=made: tl.grad(lambda z: tl.sum(m(lambda b, a: a, 0)([2, z], z)))(x),
            "a traced tensor in argument 0 of <lambda>",
        )
        yield refused(entry, "too many arguments", TypeError, lambda m=made: gradient(m(lambda z: z), 1, 2))
