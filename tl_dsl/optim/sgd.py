"""Gradient descent with momentum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from tl_dsl.errors import ArgumentError
from tl_dsl.optim.rule import apply, require_range, zeros_like

P = TypeVar("P")


class SGDState(NamedTuple, Generic[P]):
    """The velocity of each parameter; None without momentum."""

    velocity: P | None


@dataclass(frozen=True)
class SGD:
    """With decay λ, momentum μ and rate η: g ← g + λp; v ← μv + g; g ← g + μv (nesterov) or v; p ← p - ηg.

    Source: torch.optim.SGD with dampening 0; Sutskever et al. (2013).
    Errors: ArgumentError for settings out of range, or nesterov without momentum.

    >>> import tl_dsl as tl
    >>> opt = SGD(0.5)
    >>> params = {"w": tl.tensor([1.0, 2.0])}
    >>> params, state = opt.update({"w": tl.tensor([1.0, 1.0])}, opt.init(params), params)
    >>> params["w"]
    Tensor[float64, 2]([0.5, 1.5])
    """

    learning_rate: float
    momentum: float = 0.0
    weight_decay: float = 0.0
    nesterov: bool = False

    def __post_init__(self) -> None:
        require_range("learning_rate", self.learning_rate, 0)
        require_range("momentum", self.momentum, 0)
        require_range("weight_decay", self.weight_decay, 0)
        if self.nesterov and not self.momentum:
            raise ArgumentError("nesterov needs a momentum", got="momentum=0", suggestion="momentum=0.9")

    def init(self, params: P) -> SGDState[P]:
        """The state before the first step."""
        return SGDState(zeros_like(params) if self.momentum else None)

    def update(self, gradients: P, state: SGDState[P], params: P) -> tuple[P, SGDState[P]]:
        """One step: the new parameters and state. Errors: ArgumentError, ShapeError when the trees do not match."""
        if state.velocity is None:
            return apply(self._plain, gradients, params)[0], state
        new, velocity = apply(self._with_momentum, gradients, params, state.velocity)
        return new, SGDState(velocity)

    def _plain(self, g: Any, p: Any) -> tuple[Any, ...]:
        return (p - self.learning_rate * self._decayed(g, p),)

    def _with_momentum(self, g: Any, p: Any, v: Any) -> tuple[Any, ...]:
        g = self._decayed(g, p)
        v = self.momentum * v + g
        return p - self.learning_rate * (g + self.momentum * v if self.nesterov else v), v

    def _decayed(self, g: Any, p: Any) -> Any:
        return g + self.weight_decay * p if self.weight_decay else g
