"""What a function's code names: globals, closure cells, and what it reads from modules."""

from __future__ import annotations

import dis
import functools
import types
from collections import defaultdict
from dataclasses import dataclass

_ROOTS = frozenset({"LOAD_GLOBAL", "LOAD_DEREF"})
_ATTRIBUTES = frozenset({"LOAD_ATTR", "LOAD_METHOD"})
_EFFECTS = frozenset(
    {"IMPORT_NAME", "STORE_GLOBAL", "DELETE_GLOBAL", "STORE_NAME", "DELETE_NAME", "LOAD_BUILD_CLASS", "STORE_ATTR"}
    | {"DELETE_ATTR", "LOAD_LOCALS", "LOAD_FROM_DICT_OR_GLOBALS", "LOAD_FROM_DICT_OR_DEREF"}
)
_SILENT = frozenset({"EXTENDED_ARG", "CACHE", "NOP", "PUSH_NULL", "PRECALL"})
_SPECIAL = frozenset({"__call__", "__len__", "__getitem__"})


@dataclass(frozen=True)
class Code:
    """The globals that code reads; the attributes read from each name, step by step; whether it does what no watching
    covers: imports, assignments outside of itself, new classes, attributes with double underscores."""

    globals: frozenset[str]
    paths: dict[str, frozenset[tuple[str, ...]]]
    gives_up: bool


@functools.lru_cache(maxsize=4096)
def read(code: types.CodeType) -> Code:
    """Read the instructions of a function and of the functions inside.

    >>> import math
    >>> found = read((lambda r: math.pi * r**2 * len([k for k in range(2)])).__code__)
    >>> sorted(found.globals), sorted(found.paths["math"]), found.gives_up
    (['len', 'math', 'range'], [('pi',)], False)
    """
    globals_: set[str] = set()
    paths: defaultdict[str, set[tuple[str, ...]]] = defaultdict(set)
    gives_up = _read(code, globals_, paths)
    return Code(frozenset(globals_), defaultdict(frozenset, {k: frozenset(v) for k, v in paths.items()}), gives_up)


def _read(code: types.CodeType, globals_: set[str], paths: defaultdict[str, set[tuple[str, ...]]]) -> bool:
    gives_up = False
    root = ""
    path: tuple[str, ...] = ()
    for step in dis.get_instructions(code):
        if step.opname in _SILENT:
            continue
        if step.opname in _ATTRIBUTES or step.opname == "LOAD_SUPER_ATTR":
            path += (step.argval,)
            gives_up |= step.argval.startswith("__") and step.argval.endswith("__") and step.argval not in _SPECIAL
            continue
        if root:
            paths[root].add(path)
        root, path = "", ()
        if step.opname in _ROOTS:
            root = step.argval
            if step.opname == "LOAD_GLOBAL":
                globals_.add(root)
        gives_up |= step.opname in _EFFECTS
        gives_up |= step.opname in ("STORE_DEREF", "DELETE_DEREF") and step.argval in code.co_freevars
    for constant in code.co_consts:
        if isinstance(constant, types.CodeType):
            gives_up |= _read(constant, globals_, paths)
    return gives_up
