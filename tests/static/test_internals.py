"""mypy's insides are touched in three modules only; the others use its types, its trees and the plugin interface."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

CHECKER = Path(__file__).parents[2] / "checker" / "tl_checker"
INSIDE = {"shapes/analysis.py", "shapes/host/internals.py", "shapes/messages/report.py"}
TYPES = {
    "types",
    "type_visitor",
    "typeops",
    "maptype",
    "argmap",
    "expandtype",
    "nodes",
    "patterns",
    "plugin",
    "options",
    "errorcodes",
}
INTERFACE = {"fail", "path", "analyze_type", "msg"}
"""What a hook may ask of the `api` that it gets, by mypy's plugin interface; of `msg`, only whether it is there."""
HOLDERS = {"api", "checker", "_checker", "analyser", "semantic"}
"""Names under which mypy's type checker and analysers are held."""


def reached(path: Path) -> set[str]:
    """What a module uses of mypy beyond that."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mypy."):
            module = (node.module or "").removeprefix("mypy.")
            names = {alias.name for alias in node.names}
            if module not in TYPES and not (module == "errors" and names == {"CompileError"}):
                found.add(module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.split(".")[0] == "mypy"}
        elif isinstance(node, ast.Attribute):
            holder = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if holder in HOLDERS and node.attr not in INTERFACE and node.attr != "api":
                found.add(f"{holder}.{node.attr}")
    return found


@pytest.mark.parametrize("path", sorted(CHECKER.rglob("*.py")), ids=lambda path: path.stem)
def test_insides(path: Path) -> None:
    assert bool(reached(path)) == (path.relative_to(CHECKER).as_posix() in INSIDE), reached(path)
