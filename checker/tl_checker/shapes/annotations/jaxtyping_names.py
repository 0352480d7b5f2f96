"""Which names of a file are jaxtyping's: mypy knows them all as `Annotated`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from mypy.nodes import Import, ImportAll, ImportFrom, MypyFile

DTYPE_NAMES: Final = frozenset(
    {
        "Shaped",
        "Bool",
        "Num",
        "Real",
        "Inexact",
        "Integer",
        "Key",
        "Float",
        "Complex",
        "Int",
        "UInt",
        "Int2",
        "Int4",
        "Int8",
        "Int16",
        "Int32",
        "Int64",
        "UInt2",
        "UInt4",
        "UInt8",
        "UInt16",
        "UInt32",
        "UInt64",
        "Float4e2m1fn",
        "Float8e4m3b11fnuz",
        "Float8e4m3fn",
        "Float8e4m3fnuz",
        "Float8e5m2",
        "Float8e5m2fnuz",
        "BFloat16",
        "Float16",
        "Float32",
        "Float64",
        "Complex64",
        "Complex128",
    }
)
DEPTH: Final = 8
"""Through how many files a name is followed that one imports from another."""

_importing: dict[int, tuple[object, bool]] = {}
_read: dict[int, tuple[MypyFile, object, dict[str, tuple[str, str]]]] = {}


def dtype_name(written: str, tree: MypyFile, modules: Mapping[str, MypyFile]) -> str | None:
    """jaxtyping's own name (`Float`) of a name as a file writes it (`jt.Float`, `F`); None for other names."""
    module, name = _imports(tree).get(written, ("", ""))
    if module == "jaxtyping":
        return name if name in DTYPE_NAMES else None
    return _follow(written, tree, modules, DEPTH)


def imports_jaxtyping(tree: MypyFile) -> bool:
    """Whether a file may write annotations of jaxtyping."""
    imported = _imports(tree)
    found = _importing.get(id(tree))
    if found is None or found[0] is not imported:
        ours = any(name in DTYPE_NAMES or module == "jaxtyping" for module, name in imported.values())
        found = _importing[id(tree)] = (imported, ours)
    return found[1]


def _follow(written: str, tree: MypyFile, modules: Mapping[str, MypyFile], depth: int) -> str | None:
    head, _, last = written.rpartition(".")
    imported = _imports(tree)
    if head in imported:
        module, name = imported[head]
        module = f"{module}.{name}".strip(".") if name else module
        return _in_module(module, last, modules, depth)
    if written in imported:
        return _in_module(*imported[written], modules, depth)
    for module, name in imported.values() if not head else ():
        if name == "*" and (found := _in_module(module, written, modules, depth)) is not None:
            return found
    return None


def _in_module(module: str, name: str, modules: Mapping[str, MypyFile], depth: int) -> str | None:
    if module == "jaxtyping":
        return name if name in DTYPE_NAMES else None
    tree = modules.get(module)
    return None if tree is None or not depth else _follow(name, tree, modules, depth - 1)


def _imports(tree: MypyFile) -> dict[str, tuple[str, str]]:
    """{local name: (module, name in it)}; the name is empty for a module, and `*` for all names."""
    found = _read.get(id(tree))
    if found is None or found[0] is not tree or found[1] is not tree.imports:
        found = _read[id(tree)] = (tree, tree.imports, _read_imports(tree))
    return found[2]


def _read_imports(tree: MypyFile) -> dict[str, tuple[str, str]]:
    names: dict[str, tuple[str, str]] = {}
    for statement in tree.imports:
        if isinstance(statement, ImportFrom):
            module = _absolute(statement, tree)
            names.update((alias or name, (module, name)) for name, alias in statement.names)
        elif isinstance(statement, ImportAll):
            names[f"* {statement.id}"] = (_absolute(statement, tree), "*")
        elif isinstance(statement, Import):
            names.update((alias or name, (name, "")) for name, alias in statement.ids)
    return names


def _absolute(statement: ImportFrom | ImportAll, tree: MypyFile) -> str:
    if not statement.relative:
        return statement.id
    package = tree.fullname if tree.path.endswith("__init__.py") else tree.fullname.rpartition(".")[0]
    for _ in range(statement.relative - 1):
        package = package.rpartition(".")[0]
    return f"{package}.{statement.id}".strip(".")
