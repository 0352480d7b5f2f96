"""One program with one mistake in each library, before that library's own checker."""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from bench.checkers.mistakes import Mistake
from bench.checkers.programs import Program

Check = Callable[[Program, Mistake], None]


def torch_checks() -> tuple[str, dict[str, Check]]:
    """gradcheck as it is by default, and with everything that it can do."""
    import torch

    torch.set_num_threads(1)

    def spoiled(g: Any) -> Any:
        right = g.clone()
        with torch.no_grad():
            g.data.mul_(2)
        return right

    xp = SimpleNamespace(
        exp=torch.exp, log=torch.log, tanh=torch.tanh, sqrt=torch.sqrt, sin=torch.sin, cos=torch.cos, abs=torch.abs,
        sign=torch.sign, where=torch.where, sum=torch.sum, largest=torch.amax, stop=lambda x: x.detach(),
        total=lambda x: torch.sum(x, -1, keepdim=True), swap=lambda x: x.transpose(-1, -2),
        flip=lambda x: torch.flip(x, [-1]), const=lambda m, t: torch.as_tensor(m, dtype=t.dtype), spoiled=spoiled,
    )  # fmt: skip

    def made(program: Program, mistake: Mistake) -> Callable[..., Any]:
        class Rule(torch.autograd.Function):
            @staticmethod
            def forward(ctx: Any, *xs: Any) -> Any:
                y = program.value(xp, *xs)
                ctx.save_for_backward(y, *xs)
                ctx.save_for_forward(y, *xs)
                return y

            @staticmethod
            def backward(ctx: Any, g: Any) -> Any:
                y, *xs = ctx.saved_tensors
                return program.pull(xp, mistake.pull(xp, g, xs[0]) if mistake.pull else g, y, xs)

            @staticmethod
            def jvp(ctx: Any, *dxs: Any) -> Any:
                y, *xs = ctx.saved_tensors
                t = program.push(xp, y, xs, dxs)
                return mistake.push(xp, t, xs[0]) if mistake.push else t

        return lambda *xs: Rule.apply(*xs)

    def inputs(program: Program) -> Any:
        torch.manual_seed(0)  # gradgradcheck draws its cotangents from it
        return tuple(torch.tensor(x, requires_grad=True) for x in program.points())

    def plain(program: Program, mistake: Mistake) -> None:
        torch.autograd.gradcheck(made(program, mistake), inputs(program))

    def everything(program: Program, mistake: Mistake) -> None:
        function = made(program, mistake)
        torch.autograd.gradcheck(function, inputs(program), check_forward_ad=True)
        torch.autograd.gradgradcheck(function, inputs(program), check_fwd_over_rev=True)

    return f"torch {torch.__version__}", {"torch gradcheck": plain, "torch, second order and forward": everything}


def jax_checks() -> tuple[str, dict[str, Check]]:
    """check_grads of both orders: a custom_jvp in both modes, a custom_vjp where only reverse mode is wrong."""
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    xp = SimpleNamespace(
        exp=jnp.exp, log=jnp.log, tanh=jnp.tanh, sqrt=jnp.sqrt, sin=jnp.sin, cos=jnp.cos, abs=jnp.abs, sign=jnp.sign,
        where=jnp.where, sum=jnp.sum, largest=jnp.max, stop=jax.lax.stop_gradient,
        total=lambda x: jnp.sum(x, -1, keepdims=True), swap=lambda x: jnp.swapaxes(x, -1, -2),
        flip=lambda x: jnp.flip(x, -1), const=lambda m, t: jnp.asarray(m, t.dtype), spoiled=lambda g: g,
    )  # fmt: skip

    def forward(program: Program, mistake: Mistake) -> Any:
        @jax.custom_jvp
        def function(*xs: Any) -> Any:
            return program.value(xp, *xs)

        @function.defjvp
        def rule(xs: Any, dxs: Any) -> Any:
            y = function(*xs)
            t = program.push(xp, y, xs, dxs)
            return y, mistake.push(xp, t, xs[0]) if mistake.push else t

        return function

    def reverse(program: Program, mistake: Mistake) -> Any:
        @jax.custom_vjp
        def function(*xs: Any) -> Any:
            return program.value(xp, *xs)

        def fwd(*xs: Any) -> Any:
            y = function(*xs)
            return y, (y, xs)

        def bwd(kept: Any, g: Any) -> Any:
            y, xs = kept
            return program.pull(xp, mistake.pull(xp, g, xs[0]) if mistake.pull else g, y, xs)

        function.defvjp(fwd, bwd)
        return function

    def check(program: Program, mistake: Mistake) -> None:
        xs = tuple(jnp.asarray(x) for x in program.points())
        if mistake.push is None:
            check_grads(reverse(program, mistake), xs, order=2, modes=("rev",))
        else:
            check_grads(forward(program, mistake), xs, order=2, modes=("fwd", "rev") if mistake.pull else ("fwd",))

    return f"jax {jax.__version__}", {"jax check_grads": check}


def autograd_checks() -> tuple[str, dict[str, Check]]:
    """check_grads of both orders and modes."""
    import autograd.numpy as anp
    from autograd.extend import defjvp, defvjp, primitive
    from autograd.test_util import check_grads
    from autograd.tracer import getval

    def spoiled(g: Any) -> Any:
        right = g + 0
        lies = getval(g)
        if isinstance(lies, np.ndarray) and lies.flags.writeable:
            lies *= 2
        return right

    xp = SimpleNamespace(
        exp=anp.exp, log=anp.log, tanh=anp.tanh, sqrt=anp.sqrt, sin=anp.sin, cos=anp.cos, abs=anp.abs, sign=anp.sign,
        where=anp.where, sum=anp.sum, largest=anp.max, stop=primitive_stop(primitive),
        total=lambda x: anp.sum(x, axis=-1, keepdims=True), swap=lambda x: anp.swapaxes(x, -1, -2),
        flip=lambda x: x[..., ::-1], const=lambda m, t: m, spoiled=spoiled,
    )  # fmt: skip

    def made(program: Program, mistake: Mistake) -> Any:
        function = primitive(lambda *xs: program.value(xp, *xs))

        def pull(k: int) -> Any:
            def rule(y: Any, *xs: Any) -> Any:
                def pulled(g: Any) -> Any:
                    return program.pull(xp, mistake.pull(xp, g, xs[0]) if mistake.pull else g, y, xs)[k]

                return pulled

            return rule

        def push(k: int) -> Any:
            def rule(t: Any, y: Any, *xs: Any) -> Any:
                t = program.push(xp, y, xs, [t if j == k else 0 * x for j, x in enumerate(xs)])
                return mistake.push(xp, t, xs[0]) if mistake.push else t

            return rule

        count = len(program.shapes)
        defvjp(function, *[pull(k) for k in range(count)])
        defjvp(function, *[push(k) for k in range(count)])
        return function

    def check(program: Program, mistake: Mistake) -> None:
        xs = program.points()
        check_grads(made(program, mistake), modes=["fwd", "rev"], order=2)(*xs)

    return f"autograd {importlib.metadata.version('autograd')}", {"HIPS check_grads": check}


def primitive_stop(primitive: Any) -> Any:
    """The identity, constant for derivatives."""
    from autograd.extend import defjvp, defvjp

    stop = primitive(lambda x: x)
    defvjp(stop, lambda y, x: lambda g: 0 * g)
    defjvp(stop, lambda g, y, x: 0 * g)
    return stop


LIBRARIES = {"torch": torch_checks, "jax": jax_checks, "autograd": autograd_checks}
