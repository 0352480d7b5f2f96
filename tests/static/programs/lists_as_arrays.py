"""Lists of any length that go where an array is asked for: of as many numbers as there are rounds."""

import numpy as np
from jaxtyping import Float


def sums(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m"]) -> None:
    values = np.zeros(len(x))
    values[:] = [float(row.sum()) for row in x]
    values[1:] = [float(row.sum()) for row in x[1:]]
    values[:] = [row[0] for row in x]
    columns = np.zeros((len(x), 3))
    columns[:, 0] = [float(row.sum()) for row in x]
    columns[:] = [row[:3] for row in x]  # E: assumes [tensor-shape-assumed]  # E: cannot be decided [tensor-shape-lost]


def one_more(x: Float[np.ndarray, "n d"]) -> None:
    values = np.zeros(len(x))
    values[1:] = [float(row.sum()) for row in x]  # E: got [n] and [n-1] [tensor-shape]


def of_another(x: Float[np.ndarray, "n d"], y: Float[np.ndarray, "m"]) -> None:
    values = np.zeros(len(x))
    values[:] = [float(each) for each in y]  # E: got [m] and [n] [tensor-shape]


def two(x: Float[np.ndarray, "n d"]) -> None:
    values = np.zeros(len(x))
    values[:] = [1.0, 2.0]  # E: got [2] and [n] [tensor-shape]


def stacked(x: Float[np.ndarray, "n d"]) -> None:
    np.stack([row @ x for row in x])  # E: matmul contracts [tensor-shape]  # E: The shape is lost [tensor-shape-lost]
