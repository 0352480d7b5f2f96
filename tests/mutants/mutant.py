"""Mechanical mutants: the program with one small change in its syntax tree."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from tests.mutants.changes import Change, changes
from tests.mutants.places import ROOT, Module, Place, places
from tests.mutants.usual import bound_in


@dataclass(frozen=True)
class Mutant:
    """One change. ``key`` describes it by what it changes and where, so that it survives shifted lines."""

    kind: str
    change: str
    key: str
    module: str
    path: str
    line: int
    last_line: int
    start: int
    end: int
    text: str
    primitive: str = ""

    def source(self) -> bytes:
        """The module with the change."""
        old = Module(ROOT / self.path).source
        return old[: self.start] + self.text.encode() + old[self.end :]


def drawn(key: str, seed: str, fraction: float) -> bool:
    """Whether the mutant of that key is in the sample of a seed."""
    told = hashlib.sha256(f"{seed} {key}".encode()).digest()
    return int.from_bytes(told[:6], "big") < fraction * 2**48


def mechanical() -> list[Mutant]:
    """Every mutant of every place."""
    found: list[Mutant] = []
    counted: dict[str, int] = {}
    for place in places():
        for change, context in _within(place):
            found.append(_made(place, change, context, counted))
    return found


def _made(place: Place, change: Change, context: ast.AST, counted: dict[str, int]) -> Mutant:
    start, end = (_offset(place.module, *position) for position in _span(change.node))
    text = change.text
    if isinstance(change.node, ast.expr) and _needs_parentheses(text):
        text = f"({text})"
    low, high = (_offset(place.module, *position) for position in _span(context))
    source = place.module.source
    before = _one_line(source[low:high])
    after = _one_line(source[low:start] + text.encode() + source[end:high])
    key = f"{place.module.name}:{place.name}: {before} -> {after}"
    counted[key] = number = counted.get(key, 0) + 1
    return Mutant(
        place.kind,
        change.kind,
        key if number == 1 else f"{key} #{number}",
        place.module.name,
        str(place.module.path.relative_to(ROOT)),
        change.node.lineno,  # type: ignore[attr-defined]
        change.node.end_lineno,  # type: ignore[attr-defined]
        start,
        end,
        text,
        place.primitive,
    )


def _one_line(text: bytes) -> str:
    return " ".join(text.decode().split())


def _needs_parentheses(text: str) -> bool:
    """Whether an expression must be wrapped to stand anywhere."""
    node = ast.parse(text, mode="eval").body
    return not isinstance(node, (ast.Name, ast.Constant, ast.Call, ast.Attribute, ast.Subscript, ast.Tuple, ast.List))


def _span(node: ast.AST) -> tuple[tuple[int, int], tuple[int, int]]:
    return (node.lineno, node.col_offset), (node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]


def _offset(module: Module, line: int, column: int) -> int:
    lines = module.source.split(b"\n")
    return sum(len(one) + 1 for one in lines[: line - 1]) + column


def _within(place: Place) -> Iterator[tuple[Change, ast.AST]]:
    """The changes inside of a place, each with the node that tells what it is about."""
    is_rule = place.kind in ("jvp rule", "transpose rule")
    yield from _walk(place.node, place.node, [], [], is_rule)


def _walk(
    node: ast.AST, parent: ast.AST, names: list[str], scope: list[str], is_rule: bool
) -> Iterator[tuple[Change, ast.AST]]:
    if _left_alone(node):
        return
    if isinstance(node, (ast.FunctionDef, ast.Lambda)):
        names, scope = _parameters(node), bound_in(node)
    for change in changes(node, parent, names, scope, is_rule=is_rule):
        yield change, _context(change.node, parent)
    for child in _parts(node):
        yield from _walk(child, node, names, scope, is_rule)


def _context(node: ast.AST, parent: ast.AST) -> ast.AST:
    """What is shown of a change: what it stands in, where that is short."""
    telling = isinstance(parent, (ast.expr, ast.Return, ast.Assign, ast.keyword, ast.Slice))
    return parent if telling and len(ast.unparse(parent)) < 160 else node


def _parameters(node: ast.FunctionDef | ast.Lambda) -> list[str]:
    told = node.args
    return [one.arg for one in (*told.posonlyargs, *told.args, *told.kwonlyargs) if one.arg not in ("self", "trace")]


def _left_alone(node: ast.AST) -> bool:
    """What is no part of a derivative: messages and guards that only raise, assertions, annotations, texts."""
    if isinstance(node, ast.If) and all(isinstance(one, ast.Raise) for one in node.body) and not node.orelse:
        return True
    return isinstance(node, (ast.Raise, ast.Assert, ast.JoinedStr, ast.arg, ast.ClassDef))


def _parts(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.FunctionDef):
        yield from [one for one in (*node.args.defaults, *node.args.kw_defaults) if one is not None]
        yield from node.body
    elif isinstance(node, ast.AnnAssign):
        yield from [node.value] if node.value is not None else []
    else:
        yield from ast.iter_child_nodes(node)
