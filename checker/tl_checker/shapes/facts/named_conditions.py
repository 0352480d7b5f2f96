"""What variables say of sizes that have a condition for their value: `same = x.shape == y.shape`, then `if same:`.

The condition is read where the variable gets it. What it says is of sizes, which do not change, so it is still so where
the program asks the variable, whatever `x` and `y` are by then.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

from mypy.nodes import SymbolNode, Var

from tl_checker.shapes.host.internals import held, hold
from tl_checker.shapes.sizes.equations import AnyFact


class _Known(NamedTuple):
    name: Var
    """What mypy's binder keeps as long as the program has come by the assignment."""
    of_true: Sequence[AnyFact]
    of_false: Sequence[AnyFact]


_known: Final[dict[Var, _Known]] = {}


def keep_of_variable(
    checker: Any, variable: Var, name: Var, of_true: Sequence[AnyFact], of_false: Sequence[AnyFact]
) -> None:
    """Note what holds where a variable is true, and where it is false."""
    if of_true or of_false:
        _known[variable] = _Known(name, of_true, of_false)
        hold(checker, name)


def facts_of_variable(checker: Any, variable: SymbolNode | None, holds: bool) -> Sequence[AnyFact]:
    """What holds where a variable is true, or is false, as far as that is known here."""
    known = _known.get(variable) if isinstance(variable, Var) else None
    if known is None or known.name not in held(checker):
        return ()
    return known.of_true if holds else known.of_false
