"""A classifier of handwritten digits: scikit-learn's 1,797 images of 8 by 8 pixels.

Run it:            python examples/digits.py
Check its shapes:  mypy examples/digits.py
Certify it:        tl verify examples/digits.py
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from jaxtyping import Float, Int
from sklearn.datasets import load_digits

import tl_dsl as tl
from tl_dsl import Tensor, nn, optim

M = TypeVar("M", bound=tl.Module)

classify = nn.Sequential(nn.Linear(64, 128, key=0), nn.ReLU(), nn.Linear(128, 10, key=1))
loss = tl.OutputLoss.cross_entropy_one_hot()


def logits(images: Float[Tensor, "n 64"]) -> Float[Tensor, "n 10"]:
    """What the untrained classifier says of each digit: a score for each of ten classes, for any number of images."""
    return classify(images)


def accuracy(scores: Float[Tensor, "n classes"], digits: Int[Tensor, "n"]) -> float:
    """The fraction of the images whose highest score is the right one."""
    return float(tl.mean(tl.astype(tl.argmax(scores, axis=-1) == digits, tl.float64)))


@dataclass(frozen=True)
class Data:
    """The images, four fifths to train on and one fifth held out."""

    images: Float[Tensor, "n 64"]
    digits: Int[Tensor, "n"]
    test_images: Float[Tensor, "m 64"]
    test_digits: Int[Tensor, "m"]


def load() -> Data:
    """The digits in a fixed random order, with pixels from 0 to 1."""
    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(0).permutation(len(labels))
    images, digits = pixels[order] / 16.0, labels[order]
    held_out = len(order) // 5
    return Data(
        tl.tensor(images[held_out:]),
        tl.tensor(digits[held_out:]),
        tl.tensor(images[:held_out]),
        tl.tensor(digits[:held_out]),
    )


def train(
    model: M, images: Float[Tensor, "n 64"], digits: Int[Tensor, "n"], *, epochs: int = 20, batch: int = 32
) -> Iterator[tuple[float, tl.Params[M]]]:
    """Train with Adam; after each epoch, the mean loss in it and the parameters."""
    params = tl.init_params(model)
    optimizer = optim.Adam(2e-3)
    state = optimizer.init(params)
    targets = tl.one_hot(digits, 10, dtype=tl.float64)
    random = np.random.default_rng(1)
    for _ in range(epochs):
        losses = []
        for chosen in np.array_split(random.permutation(len(images)), len(images) // batch):
            rows = tl.tensor(chosen)
            x, y = tl.take(images, rows, axis=0), tl.take(targets, rows, axis=0)
            value, gradient = tl.value_and_grad_params(model, loss, params, x, y)
            params, state = optimizer.update(gradient, state, params)
            losses.append(value.item())
        yield float(np.mean(losses)), params


def main() -> None:
    """Train and report."""
    data = load()
    for epoch, (mean_loss, params) in enumerate(train(classify, data.images, data.digits), 1):
        right = accuracy(params.model(data.test_images), data.test_digits)
        print(f"epoch {epoch:2}   loss {mean_loss:.4f}   accuracy on held-out images {right:.2%}")


if __name__ == "__main__":
    main()
