"""What mypy says of calls of a user's generic functions, some of whose arguments are about arrays.

`compose(f: Callable[[S], T], g: Callable[[T], U])` needs one T; mypy only says that there is none.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mypy.nodes import CallExpr, Expression, FuncDef, NameExpr, RefExpr, TypeInfo
from mypy.types import CallableType, Type, TypeVarType, get_proper_type

from tl_checker.shapes.annotations.axes import dims_in
from tl_checker.shapes.annotations.encoding import is_dim
from tl_checker.shapes.annotations.type_text import readable
from tl_checker.shapes.host.internals import module_name, node_named, scopes_around, type_of
from tl_checker.shapes.host.walking import walk


def two_types_for(checker: Any, line: int, function: str, variable: str) -> str:
    """Why a call in a line has no type for a variable; empty if arrays have no part in it."""
    for call in walk(scopes_around(checker)[-1]):
        if isinstance(call, CallExpr) and call.line == line and _name(call) == function:
            found = [(where, t) for where, t in _places(checker, call, variable) if dims_in(t)]
            texts = list(dict.fromkeys(readable(str(t)) for _, t in found))
            if len(texts) > 1:
                shown = (f"{text} for {next(w for w, t in found if readable(str(t)) == text)}" for text in texts[:2])
                return f"{function}: one {variable} has to fit all arguments; got " + " and ".join(shown)
    return ""


def has_own_variables(checker: Any, function: str) -> bool:
    """Whether a function of the file that is being checked is generic in type variables of the user's."""
    node = node_named(checker, f"{module_name(checker)}.{function}")
    signature = get_proper_type(node.type) if isinstance(node, FuncDef) and node.type is not None else None
    return isinstance(signature, CallableType) and any(
        isinstance(variable, TypeVarType) and not is_dim(variable) for variable in signature.variables
    )


def call_of(checker: Any, name: str) -> str:
    """How an object of a class is called, by the name under which the file that is being checked knows the class."""
    info = node_named(checker, f"{module_name(checker)}.{name}") if name.isidentifier() else None
    symbol = info.get("__call__") if isinstance(info, TypeInfo) else None
    signature = None if symbol is None or symbol.type is None else get_proper_type(symbol.type)
    return str(signature) if isinstance(signature, CallableType) else ""


def _name(call: CallExpr) -> str:
    return call.callee.name if isinstance(call.callee, NameExpr) else ""


def _places(checker: Any, call: CallExpr, variable: str) -> Iterator[tuple[str, Type]]:
    """Where the arguments of a call say what a type variable is: results before parameters."""
    node = call.callee.node if isinstance(call.callee, RefExpr) else None
    signature = get_proper_type(node.type) if isinstance(node, FuncDef) and node.type is not None else None
    if not isinstance(signature, CallableType):
        return
    for i, (argument, named) in enumerate(zip(call.args, call.arg_names, strict=True)):
        at = signature.arg_names.index(named) if named in signature.arg_names and named is not None else i
        given = type_of(checker, argument) or _of_function(argument)
        if given is None or at >= len(signature.arg_types):
            continue
        where = f"argument {i + 1} ({signature.arg_names[at]})"
        yield from _parts(get_proper_type(signature.arg_types[at]), get_proper_type(given), variable, where)


def _of_function(argument: Expression) -> Type | None:
    """The type of a function that is named, which mypy keeps of no call that it has refused."""
    return argument.node.type if isinstance(argument, RefExpr) and isinstance(argument.node, FuncDef) else None


def _parts(asked: Type, given: Type, variable: str, where: str) -> Iterator[tuple[str, Type]]:
    if isinstance(asked, TypeVarType) and asked.name == variable:
        yield where, given
    elif isinstance(asked, CallableType) and isinstance(given, CallableType):
        for x, y in zip(asked.arg_types, given.arg_types, strict=False):
            yield from _parts(get_proper_type(x), get_proper_type(y), variable, f"the parameter of {where}")
        result = get_proper_type(asked.ret_type), get_proper_type(given.ret_type)
        yield from _parts(*result, variable, f"the result of {where}")
