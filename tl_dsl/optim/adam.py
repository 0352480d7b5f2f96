"""Adaptive moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from tl_dsl.optim.rule import apply, require_range, zeros_like

P = TypeVar("P")


class AdamState(NamedTuple, Generic[P]):
    """The number of steps taken, and the running means of the gradient and of its square."""

    step: int
    mean: P
    square: P


@dataclass(frozen=True)
class Adam:
    """With decay λ and rate η: g ← g + λp; m ← β₁m + (1-β₁)g; v ← β₂v + (1-β₂)g²; p ← p - η m̂/(√v̂ + ε),

    where m̂ = m/(1-β₁ᵗ) and v̂ = v/(1-β₂ᵗ) at step t = 1, 2, …
    Source: Kingma and Ba, "Adam" (2015), algorithm 1; torch.optim.Adam.
    Errors: ArgumentError for settings out of range.

    >>> import tl_dsl as tl
    >>> opt = Adam(0.1)
    >>> params = tl.tensor([1.0, 2.0])
    >>> params, state = opt.update(tl.tensor([3.0, -4.0]), opt.init(params), params)
    >>> params, state.step
    (Tensor[float64, 2]([0.9, 2.1]), 1)
    """

    learning_rate: float = 1e-3
    betas: tuple[float, float] = (0.9, 0.999)
    eps: float = 1e-8
    weight_decay: float = 0.0

    def __post_init__(self) -> None:
        require_range("learning_rate", self.learning_rate, 0)
        require_range("eps", self.eps, 0)
        require_range("weight_decay", self.weight_decay, 0)
        for place, beta in enumerate(self.betas):
            require_range(f"betas[{place}]", beta, 0, 1)

    def init(self, params: P) -> AdamState[P]:
        """The state before the first step."""
        return AdamState(0, zeros_like(params), zeros_like(params))

    def update(self, gradients: P, state: AdamState[P], params: P) -> tuple[P, AdamState[P]]:
        """One step: the new parameters and state. Errors: ArgumentError, ShapeError when the trees do not match."""
        step = state.step + 1
        first, second = self.betas
        correction = 1 - first**step, 1 - second**step

        def formula(g: Any, p: Any, m: Any, v: Any) -> tuple[Any, ...]:
            if self.weight_decay:
                g = g + self.weight_decay * p
            m = first * m + (1 - first) * g
            v = second * v + (1 - second) * (g * g)
            return p - self.learning_rate * (m / correction[0]) / ((v / correction[1]) ** 0.5 + self.eps), m, v

        new, mean, square = apply(formula, gradients, params, state.mean, state.square)
        return new, AdamState(step, mean, square)
