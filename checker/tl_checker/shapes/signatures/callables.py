"""`Callable[[Float[Tensor, "n"]], Float[Tensor, "n+1"]]` outside of signatures: the names are the function's own.

In a field, a variable or a result, names that nothing before binds belong to the function that is described, and get a
value at each of its calls. In a parameter they are axes of the signature that they stand in, when anything else in it
mentions them; `kernel: Callable[[Float[Tensor, "p d"], Float[Tensor, "q d"]], Float[Tensor, "p q"]]` alone has p and q
for itself: the body may call it with any sizes, and a caller may give a function for some of them.
"""

from __future__ import annotations

from collections.abc import Mapping

from mypy.type_visitor import TypeTranslator
from mypy.types import CallableType, Type, TypeAliasType, TypeVarTupleType, TypeVarType, get_proper_type

from tl_checker.shapes.annotations.axes import (
    OF_CALLABLE,
    OF_PARAMETER,
    described_names,
    dims_in,
    names_in,
    names_of_single_parameters,
)
from tl_checker.shapes.annotations.encoding import Encoder
from tl_checker.shapes.annotations.function_text import DESCRIBED
from tl_checker.shapes.annotations.names import ALIAS
from tl_checker.shapes.signatures.matching import Substitution
from tl_dsl.dims import UNKNOWN, Axis, Dim
from tl_dsl.shapes import Shape, Star


def scope_at(module: str, line: int, column: int) -> str:
    """The scope of the names that one annotation binds."""
    return f"{module}.{OF_CALLABLE}{line}_{column}>"


def bind_names(described: CallableType, visible: Mapping[str, str], scope: str, encoder: Encoder) -> CallableType:
    """Give the names of an annotation, read in the scope of aliases, to what binds them: `visible`, or the function."""
    of_parameters = frozenset().union(*(_alias_names(t) for t in described.arg_types))
    axes: dict[str, Axis] = {}
    runs: dict[str, Shape] = {}
    for name in of_parameters | _alias_names(described.ret_type):
        short = name.rpartition(":")[2]
        if name.startswith("*"):
            known = visible.get("*" + short, f"*{scope}:{short}" if name in of_parameters else "")
            runs[name] = (Star(known[1:] or None),)
        elif short in visible:
            owner, _, axis = visible[short].rpartition(":")
            axes[name] = Dim.name(axis, owner)
        else:
            axes[name] = Dim.name(short, scope) if name in of_parameters and "{" not in short else UNKNOWN
    bound = described.accept(Substitution(axes, runs, encoder))
    assert isinstance(bound, CallableType)
    # Not as type variables: of those mypy makes new ones at each access, and its narrowing of Optional ends in Never.
    return bound.copy_modified(name=DESCRIBED)


def _alias_names(t: Type) -> frozenset[str]:
    names = (name for dim in dims_in(t) if isinstance(dim, (TypeVarType, TypeVarTupleType)) for name in names_in(dim))
    return frozenset(name for name in names if name.lstrip("*").startswith(ALIAS + ":"))


class _Named(TypeTranslator):
    """Gives functions names of their own, and the name under which the plugin is asked about their calls."""

    def __init__(self, names: frozenset[str], scope: str, encoder: Encoder) -> None:
        super().__init__()
        self._names = names
        self._scope = scope
        self._encoder = encoder
        self._met = 0

    def visit_callable_type(self, t: CallableType) -> Type:
        own = f"{self._scope}.{self._met}.{OF_PARAMETER}"
        self._met += 1
        short = {name: name.rpartition(":")[2].lstrip("*") for name in self._names}
        axes: dict[str, Axis] = {name: Dim.name(word, own) for name, word in short.items() if name[0] != "*"}
        runs: dict[str, Shape] = {name: (Star(f"{own}:{word}"),) for name, word in short.items() if name[0] == "*"}
        changed = t.accept(Substitution(axes, runs, self._encoder))
        is_own = isinstance(changed, CallableType) and bool(described_names(changed))
        return changed.copy_modified(name=DESCRIBED) if is_own and isinstance(changed, CallableType) else changed

    def visit_type_alias_type(self, t: TypeAliasType) -> Type:
        return get_proper_type(t).accept(self)


def own_of_parameters(signature: CallableType, scope: str, encoder: Encoder) -> list[Type]:
    """The parameters of a signature, where each function has those names for itself that only such functions bind."""
    names = names_of_single_parameters(signature, scope)
    if not names:
        return signature.arg_types
    named = _Named(names, scope, encoder)
    return [t.accept(named) for t in signature.arg_types]
