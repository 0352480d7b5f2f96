"""How many digits of a gradient are right, as a table and as data."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.console import Console

from tl_checker.gradients.at import Digits
from tl_checker.report.text import simple_table


def print_digits(digits: Sequence[Digits], console: Console) -> None:
    """A line for each array of the gradient: digits that are right of all that it holds, and its worst element."""
    columns = ("gradient in", "shape", "digits right", "of", "fewest", "at", "float", "exact")
    table = simple_table(console, *columns, texts=("gradient in", "shape", "at", "float", "exact"))
    for one in digits:
        shape, index = (f"[{', '.join(map(str, place))}]" for place in (one.shape, one.index))
        numbers = f"{one.right:.1f}", f"{one.held:.1f}", f"{one.own:.1f}"
        table.add_row(
            one.name, shape, *numbers, index, f"{one.got:.6g}", f"{float(one.exact):.6g}" if one.exact else ""
        )
    console.print(table)


def digits_as_data(digits: Sequence[Digits]) -> list[dict[str, Any]]:
    """The same as what JSON has; ``exact`` is a text of 20 digits."""
    return [
        {
            "name": one.name,
            "shape": list(one.shape),
            "right": one.right,
            "held": one.held,
            "fewest": one.own,
            "index": list(one.index),
            "float": one.got,
            "exact": one.exact,
        }
        for one in digits
    ]
