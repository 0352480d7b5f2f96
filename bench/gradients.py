"""What certifying a gradient costs, on one core: ``python bench/gradients.py [NAME ...]``.

Each model's loss and gradients in all parameters, the input and the target are certified: on balls by the entry point's
graph and by its simplest form, against the series derivative of the reference along two dense random directions of
everything that is moved, and the floats normwise. Seconds of processor time; "of a float gradient" is that time divided
by the time of the gradient on floats.
"""

from __future__ import annotations

import itertools
import sys
import time
from collections.abc import Callable
from typing import Any

from timing import pin

CORE = pin()

import numpy as np  # noqa: E402
from jaxtyping import Float  # noqa: E402
from tl_checker.gradients.at import verify_at  # noqa: E402

import tl_dsl as tl  # noqa: E402
from tl_dsl import Tensor, nn  # noqa: E402


class Block(tl.Module):
    """A block of a transformer: attention of several heads and two layers, with norms and residuals."""

    wq: Float[Tensor, "d d"]
    wk: Float[Tensor, "d d"]
    wv: Float[Tensor, "d d"]
    wo: Float[Tensor, "d d"]
    w1: Float[Tensor, "d wide"]
    b1: Float[Tensor, "wide"]
    w2: Float[Tensor, "wide d"]
    heads: int = 4

    def __call__(self, x: Float[Tensor, "t d"]) -> Float[Tensor, "t d"]:
        """``"t d" -> "t d"``."""
        h = normalized(x)
        q, k, v = (_heads(h @ w, self.heads) for w in (self.wq, self.wk, self.wv))
        mixed = tl.softmax(q @ k.mT / q.shape[-1] ** 0.5, axis=-1) @ v
        x = x + tl.reshape(tl.permute_dims(mixed, (1, 0, 2)), x.shape) @ self.wo
        return x + tl.gelu(normalized(x) @ self.w1 + self.b1) @ self.w2


def normalized(x: Float[Tensor, "t d"]) -> Float[Tensor, "t d"]:
    """Rows of mean 0 and variance 1."""
    centred = x - tl.mean(x, axis=-1, keepdims=True)
    return centred / tl.sqrt(tl.mean(centred * centred, axis=-1, keepdims=True) + 1e-5)


def _heads(x: Tensor, heads: int) -> Tensor:
    t, d = x.shape
    return tl.permute_dims(tl.reshape(x, (t, heads, d // heads)), (1, 0, 2))


def block(d: int, seed: int) -> Block:
    """A block of width d, drawn."""
    draw = np.random.default_rng(seed).normal
    shapes = [(d, d)] * 4 + [(d, 4 * d), (4 * d,), (4 * d, d)]
    arrays = [tl.tensor(draw(size=shape) / shape[0] ** 0.5) for shape in shapes]
    return Block(*arrays)


def blocks(count: int, d: int) -> Any:
    """Blocks one after the other."""
    return nn.Sequential(*[block(d, k) for k in range(count)])


def mlp(*sizes: int) -> Any:
    """Linear layers with ReLU between them."""
    layers: list[Any] = []
    for k, (n, m) in enumerate(itertools.pairwise(sizes)):
        layers += [*([nn.ReLU()] if k else []), nn.Linear(n, m, key=k)]
    return nn.Sequential(*layers)


def cases() -> dict[str, tuple[Callable[[], Any], tuple[int, ...], Any]]:
    """By name: a model, the shape of its input, a loss."""
    entropy, squares = tl.OutputLoss.cross_entropy_one_hot(), tl.OutputLoss.mse()
    return {
        "MLP 784-128-10": (lambda: mlp(784, 128, 10), (1, 784), entropy),
        "transformer block d=64 T=16": (lambda: block(64, 0), (16, 64), squares),
        "transformer, 12 blocks d=32 T=8": (
            lambda: nn.Sequential(*[block(32, k) for k in range(12)]),
            (8, 32),
            squares,
        ),
        "MLP 784-1024-256-10": (lambda: mlp(784, 1024, 256, 10), (1, 784), entropy),
    }


def main() -> None:
    """Print the table."""
    print(f"numpy {np.__version__}, core {CORE}; seconds of processor time, once")
    print(
        f"{'model':34}{'parameters':>11}{'certified':>11}{'float grad':>12}{'ratio':>8}  verdict, error below, digits"
    )
    for name, (make, shape, loss) in cases().items():
        if not sys.argv[1:] or any(word in name for word in sys.argv[1:]):
            print(row(name, make(), shape, loss), flush=True)


def row(name: str, model: Any, shape: tuple[int, ...], loss: Any) -> str:
    """One line of the table."""
    x = np.random.default_rng(1).normal(size=shape)
    output = model(tl.tensor(x))
    target = (
        np.eye(output.shape[-1])[np.arange(len(x)) % output.shape[-1]]
        if output.shape[-1] == 10
        else np.zeros(output.shape)
    )
    params = tl.init_params(model)
    start = time.process_time()
    found = verify_at(model, {"x": x, "target": target}, loss=loss, name=name)
    certified = time.process_time() - start
    tl.grad_params(model, loss, params, tl.tensor(x), tl.tensor(target))
    start = time.process_time()
    for _ in range(10):
        tl.grad_params(model, loss, params, tl.tensor(x), tl.tensor(target))
    plain = (time.process_time() - start) / 10
    bound = max(r.bound for r in found.report.rows if r.bound is not None)
    digits = min(one.right for one in found.digits)
    size = sum(p.size for p in params)
    return (f"{name:34}{size:11,}{certified:9.2f} s{plain * 1e3:9.2f} ms{certified / plain:8.0f}  "
            f"{found.report.verdict.value}, 2^{bound:.0f}, {digits:.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
