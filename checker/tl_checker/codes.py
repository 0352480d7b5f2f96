"""Every code of the checker: what it means, and an example of what it reports."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """A kind of finding."""

    name: str
    summary: str
    explanation: str
    example: str
    default: bool = True
    """Whether it is reported unless it is disabled."""


STATIC: tuple[Code, ...] = (
    Code(
        "tensor-shape",
        "The shapes of tensors do not fit",
        "A shape rule does not hold for all sizes of the axes that the annotations name.",
        'def f(a: Float[Tensor, "n m"], b: Float[Tensor, "k m"]) -> Float[Tensor, "n k"]:\n    return a @ b',
    ),
    Code(
        "tensor-dtype",
        "The element types of tensors do not fit",
        "An operation, a parameter or a result takes another element type. Kinds are never mixed silently: "
        "use tl.astype.",
        'def f(x: Int[Tensor, "n"]) -> Int[Tensor, "n"]:\n    return tl.exp(x)',
    ),
    Code(
        "tensor-index",
        "An index lies outside its axis",
        "An index is out of range, or there are more indices than axes.",
        'def f(x: Float[Tensor, "3"]) -> Float[Tensor, ""]:\n    return x[3]',
    ),
    Code(
        "tensor-grad",
        "A derivative was asked for that does not exist",
        "grad takes a function whose result is a floating scalar; integers have no derivative.",
        'def f(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]: ...\ntl.grad(f)',
    ),
    Code(
        "tensor-annotation",
        "A jaxtyping annotation cannot be read",
        "jaxtyping refuses the string too, or an expression names an axis that nothing before it binds.",
        'def f(x: Float[Tensor, "n, m"]) -> None: ...',
    ),
    Code(
        "tensor-shape-lost",
        "The shape of a result is not known",
        "From here on nothing is checked. Reported only with `strict_shapes = true` under `[tool.tl]` in "
        "pyproject.toml; an annotation on the result gives the shape back.",
        'def f(x: Float[Tensor, "n m"], k: int) -> None:\n    x.sum(axis=k)',
    ),
    Code(
        "tensor-shape-assumed",
        "The shape of a result rests on an assumption",
        "What is proved here holds where the assumption does. Off by default; mypy's "
        "`--enable-error-code tensor-shape-assumed` lists the assumptions.",
        'def f(x: Float[Tensor, "n"]) -> Float[Tensor, "n-2"]:\n    return x[2:]  # n >= 2',
        default=False,
    ),
    Code(
        "tensor-shape-internal",
        "The checker failed here",
        "A fault of tl_checker itself: this expression was not checked. Please report it.",
        "",
    ),
)
BY_NAME = {code.name: code for code in STATIC}
