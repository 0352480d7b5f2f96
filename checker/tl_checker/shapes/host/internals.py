"""What we need of mypy's type checker beyond its plugin interface.

With `annotations` (the semantic analyser) and `report` (the watchers of messages) this is all that rests on the insides
of mypy; the other modules use its types, its syntax trees and the plugin interface.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple, TypeVar

import mypy.types
from mypy.checkexpr import has_any_type
from mypy.literals import literal_hash
from mypy.nodes import (
    Context,
    Expression,
    FuncDef,
    FuncItem,
    Import,
    ImportFrom,
    LambdaExpr,
    MemberExpr,
    MypyFile,
    NameExpr,
    SymbolNode,
    TypeInfo,
    Var,
)
from mypy.operators import op_methods, reverse_op_methods
from mypy.plugins.default import int_pow_callback
from mypy.plugins.functools import partial_call_callback, partial_new_callback
from mypy.subtypes import is_proper_subtype, is_subtype
from mypy.types import AnyType, CallableType, Instance, LiteralType, Type, TypeOfAny, get_proper_type

OPERATORS: Final = frozenset({*op_methods.values(), *reverse_op_methods.values()}) - {"__contains__"}
"""The methods of operators with two operands, the reflected ones among them."""

Checker = Any
"""mypy.checker.TypeChecker, which a hook gets as `ctx.api`."""

_Bare: Any = getattr(mypy.types, "SentinelValue", None)
"""The value of a literal that prints without `Literal[...]`; mypy has it since 2.4."""
PRINTS_BARE: Final = _Bare is not None
"""Whether the sizes that we write print as numbers."""


def literal_of(size: int, ints: Instance) -> LiteralType:
    """A known size as a type."""
    return LiteralType(_Bare(str(size), str(size)) if PRINTS_BARE else size, ints)


def some_size(ints: Instance) -> LiteralType:
    """The bound of a size that has a name: an int, of which mypy makes Any where it joins it with other sizes.

    Of an int and a variable, it makes an object.
    """
    return LiteralType(_Bare("int", "int") if PRINTS_BARE else "int", ints)


def size_in(t: LiteralType) -> int | None:
    """The number in a literal type, of ours or of the user's; None where it is none."""
    value: Any = t.value
    if PRINTS_BARE and isinstance(value, _Bare):
        return int(value.name) if value.name.lstrip("-").isdigit() else None
    return value if type(value) is int else None


_Cache = TypeVar("_Cache", bound=dict[Any, Any])
_caches: list[dict[Any, Any]] = []
_round: list[object] = [None]


def for_this_round(cache: _Cache) -> _Cache:
    """A cache that is emptied when the checker comes to another file, or its daemon checks a function again.

    The daemon keeps functions, classes and calls whose types and bodies, or callees, have changed.
    """
    _caches.append(cache)
    return cache


def notice(checker: Checker) -> None:
    """Whoever reads such a cache calls this before; the checker makes its scope anew each time."""
    if _round[0] is not checker.scope:
        _round[0] = checker.scope
        for cache in _caches:
            cache.clear()
    if _retyped and _retyped[0].function is not outermost_function(checker):
        for each in reversed(_retyped):
            each.variable.type, each.variable.is_inferred = each.type, each.is_inferred
        _retyped.clear()


class _Retyped(NamedTuple):
    """A variable of a function that was given another type, and what it had before."""

    function: FuncItem | None
    variable: Var
    type: Type | None
    is_inferred: bool


_retyped: list[_Retyped] = []


def retype(checker: Checker, variable: Var, t: Type) -> None:
    """Give a variable another type, until its function is done with.

    When the daemon checks it again, mypy makes the union of the type that it finds then and of that of the variable.
    """
    if "." not in variable.fullname:
        _retyped.append(_Retyped(outermost_function(checker), variable, variable.type, variable.is_inferred))
    variable.type = t


def power_of_ints(ctx: Any) -> Type:
    """What mypy says of an int to the power of an int; a hook for it hides mypy's own."""
    return int_pow_callback(ctx)


def partial_by_mypy(ctx: Any) -> Type:
    """The same of `functools.partial(...)`."""
    return partial_new_callback(ctx)


def partial_call_by_mypy(ctx: Any) -> Type:
    """The same of a call of what that gives."""
    return partial_call_callback(ctx)


def type_of(checker: Checker, expression: Expression) -> Type | None:
    """The type that mypy has inferred for an expression; nothing is checked a second time."""
    found: Type | None = checker.lookup_type_or_none(expression)
    return found


def inferred(checker: Checker, expression: Expression) -> Type:
    """The type of an expression that mypy is about to check, and says what is wrong with it then."""
    with checker.msg.filter_errors():
        found: Type = checker.expr_checker.accept(expression)
    return found


def read_again(checker: Checker, field: MemberExpr) -> Type:
    """The type of a field that was just assigned to, when it is read."""
    read = MemberExpr(field.expr, field.name)
    read.set_line(field)
    return inferred(checker, read)


def declared_and_held(checker: Checker, variable: NameExpr) -> list[Type]:
    """What mypy makes of the types that were assigned to a variable without annotation, and what it holds now."""
    node = variable.node
    if not isinstance(node, Var) or node.type is None or not (node.is_inferred or node.is_argument):
        return []
    held = checker.binder.get(variable)
    return [] if held is None else [node.type, held]


def hold_what_is_assigned(checker: Checker, variable: NameExpr) -> None:
    """From here on a variable is what was assigned to it last, or, after branches, the union of that."""
    node = variable.node
    assert isinstance(node, Var)
    retype(checker, node, AnyType(TypeOfAny.unannotated))
    node.is_inferred = True
    checker.binder.declarations[literal_hash(variable)] = checker.named_type("builtins.object")
    checker.binder.version += 1  # types that were inferred with the other one do not hold


def is_compatible(got: Type, wanted: Type) -> bool:
    """Whether mypy lets a value of one type go where the other is declared."""
    return is_subtype(got, wanted)


def absorbs(t: Type, other: Type) -> bool:
    """Whether mypy takes a union of two types for the first of them."""
    return is_proper_subtype(other, t)


def mentions_any(t: Type) -> bool:
    """Whether there is an Any in a type; of an argument, more than one overload may fit it."""
    return bool(has_any_type(t))


def has_new_errors(checker: Checker) -> bool:
    """Whether mypy has found something wrong with the form of a call that it tries."""
    return bool(checker.msg.errors._watchers[-1].has_new_errors())


def is_refused(checker: Checker) -> bool:
    """Whether mypy tries a form of a call and has found something wrong with it."""
    return len(checker.msg.errors._watchers) > 1 and has_new_errors(checker)


def refuse(checker: Checker, context: Context) -> None:
    """Tell mypy that the form of a call that it tries does not fit; nothing when it does not try."""
    if any(watcher._filter is True for watcher in checker.msg.errors._watchers[-1:]):
        checker.fail("this form does not fit", context)


def current_body(checker: Checker) -> FuncItem | None:
    """The function or lambda whose body is being checked."""
    found: FuncItem | None = checker.scope.current_function()
    return found


def current_function(checker: Checker) -> FuncDef | None:
    """The function whose body is being checked."""
    found = current_body(checker)
    return found if isinstance(found, FuncDef) else None


def outermost_function(checker: Checker) -> FuncItem | None:
    """The function that holds the place that is being checked, whatever functions are between."""
    found = checker.scope.top_level_function()
    return found if isinstance(found, FuncItem) else None


def enclosing_names(checker: Checker) -> set[str]:
    """The full names of the functions and classes around the place that is being checked."""
    return {getattr(item, "fullname", "") for item in checker.scope.stack}


def scopes_around(checker: Checker) -> list[FuncDef | MypyFile]:
    """The functions around the place that is being checked, the innermost first, and its file."""
    return [*(item for item in reversed(checker.scope.stack) if isinstance(item, FuncDef)), checker.tree]


def is_local(checker: Checker) -> bool:
    """Whether the function whose body is being checked is defined inside another one."""
    return len(scopes_around(checker)) > 2


def file_of(checker: Checker) -> MypyFile:
    """The file that is being checked."""
    found: MypyFile = checker.tree
    return found


def module_name(checker: Checker) -> str:
    """The module that is being checked."""
    return str(checker.tree.fullname)


def node_named(checker: Checker, fullname: str) -> SymbolNode | None:
    """What a full name stands for, if its module is part of this run."""
    module, _, name = fullname.rpartition(".")
    tree = checker.modules.get(module)
    symbol = None if tree is None else tree.names.get(name)
    return None if symbol is None else symbol.node


def class_named(checker: Checker, fullname: str) -> TypeInfo | None:
    """A class by its full name, if its module is part of this run."""
    node = node_named(checker, fullname)
    return node if isinstance(node, TypeInfo) else None


def uses_shapes(checker: Checker) -> bool:
    """Whether the file that is being checked imports jaxtyping or the language."""
    tree: MypyFile = checker.tree
    found = _uses.get(id(tree))
    if found is None or found[0] is not tree:
        modules = [item.id for item in tree.imports if isinstance(item, ImportFrom)]
        modules += [name for item in tree.imports if isinstance(item, Import) for name, _ in item.ids]
        used = any(name.partition(".")[0] in ("jaxtyping", "tl_dsl") for name in modules)
        found = _uses[id(tree)] = (tree, used)
    return found[1]


_uses: dict[int, tuple[MypyFile, bool]] = for_this_round({})


def may_write(errors: Any, tree: MypyFile, text: str) -> bool:
    """Whether a text may stand in a line of a file that mypy has read, by what it shows lines of its errors from."""
    read = None if errors.options.shadow_file else errors.read_source
    lines: list[str] | None = None if read is None else read(tree.path)
    return lines is None or any(text in line for line in lines)


def check_lambda(checker: Checker, function: LambdaExpr, parameters: list[Type]) -> CallableType | None:
    """Check the body of a lambda with types for its parameters; its type.

    What we said of it while its parameters had no types is taken back.
    """
    if _checked.get(id(function)) != (function, checker.scope):
        _checked[id(function)] = (function, checker.scope)
        _forget(checker, function)
    result = AnyType(TypeOfAny.special_form)
    fallback = checker.named_type("builtins.function")
    context = CallableType(parameters, function.arg_kinds, function.arg_names, result, fallback)
    found = get_proper_type(checker.expr_checker.accept(function, type_context=context))
    return found if isinstance(found, CallableType) else None


_checked: dict[int, tuple[LambdaExpr, object]] = {}
"""Lambdas, with the scope of the checker, which mypy's daemon makes anew when it checks a function again."""


def _forget(checker: Checker, function: LambdaExpr) -> None:
    start, last = (function.line, function.column), function.expr()  # mypy before 2.4 leaves the end of a lambda out
    end = (last.end_line or last.line, last.end_column or last.column + 1)
    infos = checker.errors.error_info_map.get(checker.errors.file, [])
    infos[:] = [
        info
        for info in infos
        if info.code is None or not info.code.code.startswith("tensor-") or not start <= (info.line, info.column) < end
    ]


def in_lambda(checker: Checker) -> bool:
    """Whether the body of a lambda is being checked; mypy may do so more than once."""
    return any(isinstance(item, LambdaExpr) for item in checker.scope.stack)


def forget_errors(checker: Checker, code: str, line: int, column: int) -> None:
    """Take back what was reported at a place under a code."""
    infos = checker.errors.error_info_map.get(checker.errors.file, [])
    infos[:] = [
        info
        for info in infos
        if info.code is None or info.code.code != code or (info.line, info.column) != (line, column)
    ]


def int_type(checker: Checker) -> Instance:
    """mypy's type of ints."""
    found: Instance = checker.named_type("builtins.int")
    return found


def float_type(checker: Checker) -> Instance:
    """mypy's type of floats."""
    found: Instance = checker.named_type("builtins.float")
    return found


def tuple_of(checker: Checker, item: Type) -> Instance:
    """mypy's type of tuples of any length."""
    found: Instance = checker.named_generic_type("builtins.tuple", [item])
    return found


# -- what mypy's binder keeps along the branches of a function: the types of variables, and names of ours


def held_type(checker: Checker, expression: Expression) -> Type | None:
    """The type that a variable or an attribute has here beyond what is declared for it."""
    found: Type | None = checker.binder.get(expression) if checker.binder.can_put_directly(expression) else None
    return found


def narrowed_type(checker: Checker, expression: Expression) -> Type | None:
    """The type that a variable or an attribute has here."""
    found = held_type(checker, expression)
    return type_of(checker, expression) if found is None else found


def narrow(checker: Checker, expression: Expression, t: Type) -> None:
    """Give a variable or an attribute a type until it is assigned to; nothing happens for other expressions."""
    checker.binder.put(expression, t, from_assignment=False)


def assign(checker: Checker, variable: MemberExpr | NameExpr, t: Type) -> None:
    """Give a place a type as an assignment does, so that where branches meet, it counts beside what others give."""
    checker.binder.put(variable, t)


def forget_parts(checker: Checker, variable: NameExpr) -> None:
    """Forget what is known of the attributes and items of a variable beyond their declarations."""
    checker.binder.invalidate_dependencies(variable)


def assign_throughout(checker: Checker, variable: NameExpr, t: Type) -> None:
    """The same, where branches meet that began before, too: the variable has been this from the start."""
    checker.binder.put(variable, t)
    key = literal_hash(variable)
    now = checker.binder.frames[-1].types[key]
    for frame in checker.binder.frames:
        if key in frame.types:
            frame.types[key] = now


def hold(checker: Checker, name: Var, t: Type | None = None) -> None:
    """Keep a name for as long as the program has come through here."""
    expression = NameExpr(name.name)
    expression.node = name
    checker.binder.put(expression, int_type(checker) if t is None else t)


def held(checker: Checker) -> list[Var]:
    """The names that are kept here; variables of the program are among them."""
    keys = [key for frame in checker.binder.frames for key in frame.types]
    return [key[1] for key in keys if len(key) == 2 and key[0] == "Var" and isinstance(key[1], Var)]
