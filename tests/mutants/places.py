"""Where mistakes are made: the rules of operations, the simplifications, the transforms and the entry points."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
ENTRY_POINTS = ("function", "model", "loss", "params", "program", "traced", "traces", "vmap")
ENTRY_POINTS += ("custom", "custom_calls", "custom_site", "guard", "code")
WHOLE = {
    "simplification": sorted((ROOT / "tl_dsl/transform/simplify").glob("*.py")),
    "transform": sorted((ROOT / "tl_dsl/transform").glob("*.py")),
    "entry point": [ROOT / "tl_dsl/autodiff" / f"{name}.py" for name in ENTRY_POINTS],
}
"""Files in which every function is one of a class."""

KEPT_TRACES = {"Program", "Traces", "_describe"}
KEPT_BY = ("guard", "code")
"""What keeps traces and finds them again, and files of nothing else: a class of its own, since most of its mistakes
only cost time."""

PLUMBING = {"as_tensor", "promoted", "elementwise", "floating", "number", "sizes", "constant", "bind"}
"""Helpers that bring the arguments of every operation together: what they do is no part of a rule."""

TEXTS = {"place_of", "described", "__str__", "__repr__"}
"""Functions that only make texts."""

RULES = {"jvp": "jvp rule", "transpose": "transpose rule", "batch": "batching rule"}


@dataclass(frozen=True)
class Module:
    """A file of the language, read once."""

    path: Path

    @property
    def name(self) -> str:
        """Its dotted name."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def source(self) -> bytes:
        """Its text."""
        return _source(self.path)

    @property
    def tree(self) -> ast.Module:
        """Its syntax tree."""
        return _tree(self.path)


@cache
def _source(path: Path) -> bytes:
    return path.read_bytes()


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(_source(path))


@dataclass(frozen=True)
class Place:
    """A part of a module in which mistakes are made, the class that they belong to, and the name of what it is in."""

    kind: str
    module: Module
    name: str
    node: ast.AST
    primitive: str = ""


JUDGED = ("tl_dsl", "tests/mutants/programs.py")
JUDGING = ("checker/tl_checker/gradients", "specs/tl_specs", "tests/mutants/judges.py")
BY_HAND = ("tests/mutants/by_hand.py", "tests/mutants/faults.py", "tests/mutants/known.py")


def fingerprint(*parts: str) -> str:
    """What changes when a source in these folders and files does."""
    told = hashlib.sha256()
    for part in parts:
        for path in sorted((ROOT / part).rglob("*.py")) or [ROOT / part]:
            told.update(path.read_bytes())
    return told.hexdigest()[:16]


def places() -> Iterator[Place]:
    """All of them, each once."""
    seen: set[int] = set()
    for place in (*_of_rules(), *_of_files()):
        if id(place.node) not in seen:
            seen.add(id(place.node))
            yield place


def _of_files() -> Iterator[Place]:
    for kind, files in WHOLE.items():
        for path in files:
            if path.exists():
                module = Module(path)
                for name, node in _functions(module.tree):
                    if node.name in TEXTS:
                        continue
                    keeps = name.partition(".")[0] in KEPT_TRACES or path.stem in KEPT_BY
                    yield Place("kept traces" if keeps else kind, module, name, node)


def _functions(tree: ast.AST, prefix: str = "") -> Iterator[tuple[str, ast.FunctionDef]]:
    """The functions of a module and the methods of its classes, by name; not those inside of functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield prefix + node.name, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{prefix}{node.name}.")


def _of_rules() -> Iterator[Place]:
    """What stands after ``jvp=``, ``transpose=`` and ``batch=`` of a primitive, and the helpers that it calls."""
    helpers: list[Place] = []
    for path in sorted((ROOT / "tl_dsl/ops").glob("*.py")):
        module = Module(path)
        for call in ast.walk(module.tree):
            if isinstance(call, ast.Call) and (rules := dict(_rules_of(call))):
                told = call.args[0] if call.args else None
                name = told.value if isinstance(told, ast.Constant) else "of several"
                for field, rule in rules.items():
                    place = Place(RULES[field], module, f"{name}.{field}", rule, name)
                    helpers += _called(place)
                    if not isinstance(rule, (ast.Name, ast.Constant)):
                        yield place
    yield from helpers


def _rules_of(call: ast.Call) -> Iterator[tuple[str, ast.expr]]:
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    if name not in ("primitive", "unary"):
        return
    if name == "unary" and len(call.args) > 2:
        yield "jvp", call.args[2]
    for keyword in call.keywords:
        if keyword.arg in RULES:
            yield keyword.arg, keyword.value


def _called(place: Place) -> list[Place]:
    """The helpers that a rule calls, and those that they call: functions that are no public operations."""
    found: dict[int, Place] = {}
    pending = [place]
    while pending:
        one = pending.pop()
        for node in ast.walk(one.node):
            if isinstance(node, ast.Name) and (helper := _helper(one.module, node.id)) is not None:
                module, function = helper
                if id(function) not in found:
                    new = Place(place.kind, module, function.name, function, place.primitive)
                    found[id(function)] = new
                    pending.append(new)
    return list(found.values())


def _helper(module: Module, name: str) -> tuple[Module, ast.FunctionDef] | None:
    if name in PLUMBING:
        return None
    for node in module.tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == name:
            return None if node.decorator_list or node.name.endswith(("_rule", "_shape")) else (module, node)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("tl_dsl.ops."):
            for alias in node.names:
                if name == (alias.asname or alias.name):
                    path = ROOT / (str(node.module).replace(".", "/") + ".py")
                    return _helper(Module(path), alias.name) if path.exists() else None
    return None
