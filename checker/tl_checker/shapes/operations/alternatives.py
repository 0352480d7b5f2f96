"""Arguments that may be one of several arrays: which of their combinations are tried, and which of them meet.

A variable is one value everywhere: `u + u` is tried with each member of its union once. In `u.T @ u`, the types of the
operands do not tell which members belong together, and a pair that the operation refuses may be one that never meets.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple, TypeAlias, TypeVar

from mypy.nodes import (
    Block,
    CallExpr,
    ComparisonExpr,
    Context,
    Expression,
    ForStmt,
    MemberExpr,
    NameExpr,
    OpExpr,
    SymbolNode,
    Var,
)
from mypy.types import Type, UnionType, get_proper_type

from tl_checker.shapes.annotations.assignments import assigned_names, bound_in
from tl_checker.shapes.facts.values import Reader
from tl_checker.shapes.host.internals import current_function
from tl_checker.shapes.host.walking import walk
from tl_checker.shapes.operations.arguments import Arguments
from tl_checker.shapes.operations.ranks import fails_for_few
from tl_checker.shapes.operations.repeated import for_any_number
from tl_dsl.errors import LostShape, TlError
from tl_dsl.shapes import Shape

ALTERNATIVES = 16
"""How many combinations of the members of unions are tried."""

R = TypeVar("R")
Judge: TypeAlias = Callable[[list[Any], dict[str, Any]], R]
Merge: TypeAlias = Callable[[Sequence[R], Callable[[Sequence[Shape]], Shape]], R]


class Combination(NamedTuple):
    """The arguments of a call by position and by name, with one of the alternatives of each."""

    positional: list[Any]
    named: dict[str, Any]
    chosen: tuple[int, ...]
    """Which alternative of each argument it is."""


def combinations(arguments: Arguments) -> Iterator[Combination]:
    """The arguments with each choice of one of their alternatives. Errors: LostShape when there are too many."""
    single = arguments.single()
    if single is not None:
        yield Combination(*single, ())
        return
    groups = [*arguments.positional, *arguments.named.values()]
    of_both = _both_operands(arguments.operator)
    variables = [of_both or _variable_of(expression) for expression in arguments.written()]
    first: dict[SymbolNode, int] = {}
    source = [i if found is None else first.setdefault(found, i) for i, found in enumerate(variables)]
    choices = [range(len(group) if source[i] == i else 1) for i, group in enumerate(groups)]
    for number, chosen in enumerate(itertools.product(*choices)):
        if number == ALTERNATIVES:
            raise LostShape("the arguments have too many alternatives")
        values = [groups[i][chosen[i]] for i in source]
        at = len(arguments.positional)
        yield Combination(values[:at], dict(zip(arguments.named, values[at:], strict=True)), chosen)


def judge_each(
    checker: Any, place: Context, arguments: Arguments, judge: Judge[R], merged: Merge[R]
) -> tuple[list[R], TlError | None]:
    """What a call gives with each combination, and what is wrong with some of those that may never meet.

    `judge` says what it gives for lists of some length, `merged` what follows for any.

    Errors: what `judge` says of a combination that is sure to happen, if that of any is.
    """
    results: list[R] = []
    passed: list[tuple[int, ...]] = []
    refused: list[tuple[tuple[int, ...], TlError]] = []
    in_rounds = False
    for positional, named, chosen in combinations(arguments):
        try:
            results.append(_judged(checker, place, judge, merged, positional, named))
            passed.append(chosen)
        except LostShape:
            raise
        except TlError as error:
            written = [*arguments.written(), _receiver(arguments)]
            in_rounds = in_rounds or change_with_a_loop(checker, arguments.reader, written)
            if not chosen or not (in_rounds or hang_together(checker, arguments.reader, written)):
                raise
            refused.append((chosen, error))
    if in_rounds and not passed:
        raise LostShape("none of several arrays fits here, which change with the rounds of a loop")
    for chosen, error in refused if not in_rounds else ():
        if any(all(other[i] != chosen[i] for other in passed) for i in _each_occurs(arguments)):
            raise error
    return results, refused[0][1] if refused else None


def _judged(
    checker: Any, place: Context, judge: Judge[R], merged: Merge[R], positional: list[Any], named: dict[str, Any]
) -> R:
    """What a call gives, or what it says of few axes where runs of any number lose the result."""
    try:
        return for_any_number(judge, positional, named, merged)
    except LostShape:
        wrong = fails_for_few(checker, place, judge, positional, named)
        if wrong is None:
            raise
        raise wrong from None


def unsure(error: TlError) -> str:
    """What is said of a combination that is refused and may never meet."""
    return f"some alternatives do not fit, and whether they meet is not known; got {error.got or error.rule}"


def whole_operand(checker: Any, reader: Reader, operator: Context, t: Type) -> Type:
    """The type of the other operand of an operator: mypy tries each member of its union, which may not meet ours."""
    operands = _operands(operator)
    for side in reversed(operands):
        whole = get_proper_type(reader.type_of(side))
        if isinstance(whole, UnionType) and t in whole.items and hang_together(checker, reader, operands):
            return whole
    return t


def hang_together(checker: Any, reader: Reader, written: Sequence[Expression | None]) -> bool:
    """Whether the members of one operand's union may depend on those of another's.

    They do not where the operands are made of different parameters, which keep the values that the caller gives.
    """
    several = [expression for expression in written if expression is not None and _is_union(reader, expression)]
    function = current_function(checker)
    given = set[SymbolNode]()
    if function is not None:
        assigned = assigned_names(function)
        given = {each.variable for each in function.arguments if each.variable.name not in assigned}
    seen = set[SymbolNode]()
    for expression in several if len(several) > 1 else ():
        found = {node for part in walk(expression) if (node := _variable_of(part)) is not None}
        if not found <= given or found & seen:
            return True
        seen |= found
    return False


def change_with_a_loop(checker: Any, reader: Reader, written: Sequence[Expression | None]) -> bool:
    """Whether a loop goes through the members of a union, and gives what they meet another value in each round.

    `for w in (first, second): x = x @ w`, where mypy comes by the second one with the x of the first.
    """
    function = current_function(checker)
    operands = [expression for expression in written if expression is not None]
    unions = _variables_in(expression for expression in operands if _is_union(reader, expression))
    for loop in walk(function.body) if function is not None else ():
        taken = _variables_in([loop.index]) if isinstance(loop, ForStmt) else set[SymbolNode]()
        if isinstance(loop, ForStmt) and taken & unions:
            changed = {*bound_in(loop.body), *_filled_in(loop.body)}
            if any(other.name in changed for other in _variables_in(operands) - taken):
                return True
    return False


def _filled_in(body: Block) -> Iterator[str]:
    """The names of lists that get more items."""
    for node in walk(body):
        match node:
            case CallExpr(callee=MemberExpr(expr=NameExpr(name=name), name="append" | "insert" | "extend")):
                yield name


def _variables_in(expressions: Iterable[Expression]) -> set[SymbolNode]:
    return {node for each in expressions for part in walk(each) if (node := _variable_of(part)) is not None}


def _each_occurs(arguments: Arguments) -> list[int]:
    """The arguments of which each alternative meets one of those that are tried with it."""
    receiver = _receiver(arguments)
    if arguments.receiver is not None and receiver is not None and _is_union(arguments.reader, receiver):
        return [arguments.receiver]  # the others' may meet another member of its union
    return list(range(len(arguments.positional) + len(arguments.named)))


def _is_union(reader: Reader, expression: Expression) -> bool:
    return isinstance(get_proper_type(reader.type_of(expression)), UnionType)


def _receiver(arguments: Arguments) -> Expression | None:
    """What the receiver of an operator or a method is written as."""
    match arguments.operator:
        case CallExpr(callee=MemberExpr(expr=receiver)):
            return receiver
    operands = _operands(arguments.operator)
    return operands[0 if arguments.receiver == 0 else 1] if operands else None


def _variable_of(expression: Any) -> SymbolNode | None:
    """The variable that an argument is."""
    return expression.node if isinstance(expression, NameExpr) and isinstance(expression.node, Var) else None


def _both_operands(context: Context | None) -> SymbolNode | None:
    """The variable that stands on both sides of an operator, as in `x * x`."""
    variables = [*map(_variable_of, _operands(context))]
    return variables[0] if variables and variables[0] is variables[1] else None


def _operands(context: Context | None) -> list[Expression]:
    """Both operands of an operator."""
    match context:
        case OpExpr(left=left, right=right) | ComparisonExpr(operands=[left, right]):
            return [left, right]
    return []
