"""Every code: what it means, a program that gets it, and the program mended.

A code of mypy is reported on the line of the failing program that ends in `# here`. A code of run time alone is raised
by the failing program. The programs start as `PRELUDE` does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

PRELUDE: Final = "from jaxtyping import Float, Int\nimport tl_dsl as tl\nfrom tl_dsl import Tensor\n"


@dataclass(frozen=True)
class Code:
    """A kind of finding."""

    name: str
    summary: str
    explanation: str
    failing: str
    """A program that gets it."""
    mended: str
    """The program without the fault."""
    default: bool = True
    """Whether it is reported unless it is disabled."""


STATIC: tuple[Code, ...] = (
    Code(
        "tensor-shape",
        "The shapes of tensors do not fit",
        "The rule of an operation, a call or a declared result does not hold for all sizes of the axes that the "
        "annotations name. The message says the rule, the shapes that it got, and where each axis was bound.",
        'def scores(q: Float[Tensor, "n d"], k: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:\n'
        "    return q @ k  # here",
        'def scores(q: Float[Tensor, "n d"], k: Float[Tensor, "m d"]) -> Float[Tensor, "n m"]:\n    return q @ k.mT',
    ),
    Code(
        "tensor-dtype",
        "The element types of tensors do not fit",
        "An operation, a parameter or a result takes other elements. Integers never become floats silently: "
        "say so with tl.astype.",
        'def weights(counts: Int[Tensor, "n"]) -> Float[Tensor, "n"]:\n    return tl.exp(counts)  # here',
        'def weights(counts: Int[Tensor, "n"]) -> Float[Tensor, "n"]:\n'
        "    return tl.exp(tl.astype(counts, tl.float64))",
    ),
    Code(
        "tensor-index",
        "An index lies outside its axis",
        "An index is out of range for every size that the axis may have, or there are more indices than axes.",
        'def last(x: Float[Tensor, "3 n"]) -> Float[Tensor, "n"]:\n    return x[3]  # here',
        'def last(x: Float[Tensor, "3 n"]) -> Float[Tensor, "n"]:\n    return x[-1]',
    ),
    Code(
        "tensor-numpy",
        "A numpy function was applied to a tensor",
        "It would drop the derivative without a word. The language has a function of the same name for most of "
        "numpy's; numpy.asarray(x) leaves the language on purpose.",
        'import numpy as np\n\n\ndef odds(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:\n    return np.exp(x)  # here',
        'def odds(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:\n    return tl.exp(x)',
    ),
    Code(
        "tensor-grad",
        "A derivative was asked for that does not exist",
        "grad takes a function whose result is one floating number; jacrev and jacfwd take any shape. Integers and "
        "truth values have no derivative.",
        'def squares(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:\n    return x * x\n\n\n'
        "slope = tl.grad(squares)  # here",
        'def squares(x: Float[Tensor, "n"]) -> Float[Tensor, ""]:\n    return tl.sum(x * x)\n\n\n'
        "slope = tl.grad(squares)",
    ),
    Code(
        "tensor-annotation",
        "A jaxtyping annotation cannot be read",
        "jaxtyping refuses the string, or will when the function is called: an expression such as n+1 never binds a "
        "name, so an axis n must stand in an earlier annotation.",
        'def twice(x: Float[Tensor, "n, m"]) -> Float[Tensor, "n m"]:  # here\n    return 2 * x',
        'def twice(x: Float[Tensor, "n m"]) -> Float[Tensor, "n m"]:\n    return 2 * x',
    ),
    Code(
        "tensor-shape-lost",
        "The shape of a result is not known",
        "From here on nothing is checked, until an annotation or tl.assert_shape gives the shape back. Reported only "
        "with `strict_shapes = true` under `[tool.tl]` in pyproject.toml, or by `tl check --strict-shapes`.",
        'def total(x: Float[Tensor, "n m"], axis: int) -> Tensor:\n    return x.sum(axis=axis)  # here',
        'def total(x: Float[Tensor, "n m"]) -> Float[Tensor, "n"]:\n    return x.sum(axis=1)',
    ),
    Code(
        "tensor-shape-assumed",
        "The shape of a result rests on an assumption",
        "What is proved here holds where the assumption does; an assert turns it into a fact that is checked when the "
        "program runs. Off by default: mypy's `--enable-error-code tensor-shape-assumed` lists the assumptions.",
        'def inner(x: Float[Tensor, "n"]) -> Float[Tensor, "n-2"]:\n    return x[2:]  # here',
        'def inner(x: Float[Tensor, "n"]) -> Float[Tensor, "n-2"]:\n    assert x.shape[0] >= 2\n    return x[2:]',
        default=False,
    ),
    Code(
        "tensor-shape-internal",
        "The checker failed here",
        "A fault of tl_checker itself: what stands here was not checked. mypy goes on. Please report it, with the line "
        "of the program and what `mypy --show-traceback` prints.",
        "",
        "",
    ),
)
RUN_TIME: tuple[Code, ...] = (
    Code(
        "tensor-ambiguous",
        "The comparison of two numbers with error bounds has no answer",
        "Balls (numbers with an error bound, as `tl verify` uses them) overlap, so that neither is the smaller one. "
        "Compare at a point that is not so close to the edge, or with more digits.",
        "import numpy as np\nfrom flint import arb\n\nball = arb(0, 1)  # 0 +/- 1\n"
        "tl.relu(tl.tensor(np.array([ball], dtype=object)))",
        "import numpy as np\nfrom flint import arb\n\nball = arb(2, 1)  # 2 +/- 1\n"
        "tl.relu(tl.tensor(np.array([ball], dtype=object)))",
    ),
    Code(
        "tensor-argument",
        "An argument is not of the kind that the function takes",
        "Something else than a tensor, a number, or what the signature says was given.",
        'tl.sum("1 2 3")',
        "tl.sum(tl.tensor([1.0, 2.0, 3.0]))",
    ),
    Code(
        "tensor-domain",
        "A returned value is not finite although every input was",
        "The message names the operation, the line and an index. What is computed and then not chosen does not "
        'count: tl.where(x > 0, tl.log(x), 0) is fine. tl.config(domain="ignore") gives numpy\'s nan and inf.',
        "x = tl.tensor([1.0, 0.0])\ntl.vjp(tl.log, x)",
        "x = tl.tensor([1.0, 0.0])\ntl.vjp(lambda x: tl.where(x > 0, tl.log(x), 0.0), x)",
    ),
    Code(
        "tensor-mutation",
        "A tensor was to be changed in place",
        "Tensors never change; an operation gives a new one. What stands in an index is written by tl.where, tl.concat "
        "or tl.stack.",
        "x = tl.zeros(3)\nx[0] = 1.0",
        "x = tl.zeros(3)\nx = tl.where(tl.arange(3) == 0, 1.0, x)",
    ),
    Code(
        "tensor-scalar",
        "The elements lack an operation",
        "Exact fractions have no exponential, root or sine. Use floats, or balls.",
        "from fractions import Fraction\n\ntl.exp(tl.tensor([Fraction(1, 3)]))",
        "from fractions import Fraction\n\ntl.exp(tl.tensor([float(Fraction(1, 3))]))",
    ),
    Code(
        "tensor-trace",
        "A traced value was used where only a concrete one will do",
        "Inside grad, vmap or compile a tensor has a shape and no values yet, so Python cannot branch on it; or it "
        "was kept until after its trace.",
        'def size(x: Float[Tensor, ""]) -> Float[Tensor, ""]:\n    return x if x > 0 else -x\n\n\n'
        "tl.grad(size)(tl.tensor(2.0))",
        'def size(x: Float[Tensor, ""]) -> Float[Tensor, ""]:\n    return tl.where(x > 0, x, -x)\n\n\n'
        "tl.grad(size)(tl.tensor(2.0))",
    ),
)
BY_NAME = {code.name: code for code in STATIC}
"""What mypy reports."""
ALL = {code.name: code for code in sorted((*STATIC, *RUN_TIME), key=lambda code: code.name)}
