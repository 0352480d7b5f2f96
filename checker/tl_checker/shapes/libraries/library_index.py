"""Finding the forms of a function by the name under which mypy knows it.

Shape files use public names (`numpy.zeros`); mypy names the place of the definition (`numpy._core.numeric.zeros`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeAlias

import tl_stubs
from mypy.errors import CompileError
from mypy.nodes import SymbolTableNode, TypeInfo, Var

from tl_checker.shapes.host.settings import SUFFIX
from tl_checker.shapes.libraries.libraries import Described, Form, LibraryError, read_library, read_names, read_outline

_Names: TypeAlias = dict[str, Described]


class Libraries:
    """The shape files of this run: ours, and the user's own."""

    def __init__(self, lookup: Callable[[str], SymbolTableNode | None], own: Iterable[Path] = ()) -> None:
        self._lookup = lookup
        self._files: dict[str, list[Path]] = {}
        for path in (*_shipped(), *own):
            self._files.setdefault(path.name.removesuffix(SUFFIX).partition(".")[0], []).append(path)
        self._index: dict[str, _Names] = {}
        """The forms of each library that was asked for, by the names that have been found out."""
        self._open: dict[str, dict[str, _Names]] = {}
        """Those of each of its modules and classes that mypy has not come to, by public names."""
        self._short: set[str] = set()

    def covers(self, fullname: str) -> bool:
        """Whether a name belongs to a library that has a shape file."""
        return fullname.partition(".")[0] in self._files

    def has_function(self, short: str) -> bool:
        """Whether a function of that name, without its module, is described in a shape file."""
        if not self._short:
            for paths in self._files.values():
                self._short.update(name.rpartition(".")[2] for path in paths for name in _read(path))
        return short in self._short

    def forms(self, fullname: str) -> list[Form] | None:
        """The forms of a function, a method (`numpy.ndarray.sum`) or a variable that is called (`numpy.exp`)."""
        root = fullname.partition(".")[0]
        if root not in self._files:
            return None
        known = self._index.get(root)
        if known is None:
            self._open[root] = self._by_owner(root)
            known = self._index[root] = {
                name: forms for one in self._open[root].values() for name, forms in one.items()
            }
        found = known.get(fullname)
        if found is None and self._open[root]:
            self._name_definitions(root, known)
            found = known.get(fullname)
        return None if found is None else found.forms

    def _by_owner(self, root: str) -> dict[str, _Names]:
        owners: dict[str, _Names] = {}
        for path in self._files[root]:
            for public, forms in _read(path).items():
                owners.setdefault(public.rpartition(".")[0], {})[public] = forms
        return owners

    def _name_definitions(self, root: str, known: _Names) -> None:
        """Find out where functions are defined. mypy asks for some names of a library before it has read all of it."""
        for owner, library in [*self._open[root].items()]:
            symbol = self._lookup(owner)
            info = symbol.node if symbol is not None and isinstance(symbol.node, TypeInfo) else None
            defined = {name: forms for public, forms in library.items() for name in self._defined(public, info)}
            if defined:
                known.update(defined)
                del self._open[root][owner]

    def _defined(self, public: str, owner: TypeInfo | None) -> Iterator[str]:
        """The name of the definition; nothing where there is none yet."""
        if owner is not None:
            name = public.rpartition(".")[2]
            base = owner.get_containing_type_info(name)
            if base is not None:
                yield f"{base.fullname}.{name}"
            return
        symbol = self._lookup(public)
        if symbol is not None and symbol.fullname:
            yield symbol.fullname
            return
        holder, _, name = public.rpartition(".")
        symbol = self._lookup(holder)
        if symbol is not None and isinstance(symbol.node, Var):  # an object whose methods are described: `numpy.add`
            yield f"{symbol.fullname}.{name}"


def _shipped() -> Iterator[Path]:
    for folder in tl_stubs.__path__:
        yield from sorted(Path(folder).glob(f"*{SUFFIX}"))


def _read(path: Path) -> _Names:
    return read_outline(path) if str(path.parent) in tl_stubs.__path__ else read_names(path)


def check_files(paths: Iterable[Path]) -> None:
    """Read the user's shape files once. Errors: CompileError, with which mypy ends, for one that cannot be read."""
    for path in paths:
        try:
            read_library(path)
        except LibraryError as error:
            raise CompileError([str(error)]) from error
        except OSError as error:
            raise CompileError([f"error: {error}"]) from error
