"""Which hook a name has."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from mypy.nodes import SymbolTableNode
from mypy.types import FunctionLike, Type

from tl_checker.shapes.analysis import Annotations
from tl_checker.shapes.annotations.encoding import ARRAYS, NDARRAY, TENSOR
from tl_checker.shapes.answers import Answers
from tl_checker.shapes.calls.caches import CACHED_CALL, CACHES
from tl_checker.shapes.calls.models import SEQUENTIAL
from tl_checker.shapes.calls.partials import PARTIAL, PARTIAL_CALL
from tl_checker.shapes.host.internals import OPERATORS
from tl_checker.shapes.host.markers import MARKER_ATTRIBUTE
from tl_checker.shapes.host.settings import Settings
from tl_checker.shapes.libraries.library_index import Libraries
from tl_checker.shapes.messages.report import judged_by_files, read_anew, report_losses
from tl_checker.shapes.objects.replacing import REPLACE, REPLACE_METHODS
from tl_checker.shapes.operations.containers import CONTAINER_METHODS
from tl_checker.shapes.operations.conversions import TO_TENSOR
from tl_checker.shapes.operations.integers import INT_FUNCTIONS, INT_OPERATORS
from tl_checker.shapes.operations.iteration import ITERATING, OF_ROWS, SUM
from tl_checker.shapes.operations.operations import by_fullname, operation_of_method
from tl_checker.shapes.signatures.decorators import MANAGERS
from tl_checker.shapes.statements.asserted import ASSERT_SHAPE

PROGRAM_MODULE = "tl_dsl.autodiff.program"
CUSTOM_MODULE = "tl_dsl.autodiff.custom"
KEEPS_SIGNATURE = {
    *(f"{PROGRAM_MODULE}.{name}" for name in ("compile", "program")),
    *(f"{CUSTOM_MODULE}.{name}" for name in ("custom_jvp", "custom_vjp")),
}
KEEPS_SIGNATURE_CALLS = {
    f"{PROGRAM_MODULE}.Program.__call__",
    *(f"{CUSTOM_MODULE}.{name}.__call__" for name in ("custom_jvp", "custom_vjp")),
}
METHODS_OF_OBJECTS = frozenset({"outer", "reduce", "accumulate", "reduceat", "__getitem__"})
"""What a shape file may say of one object: of `numpy.add`, of `numpy.r_`."""
Hook = Callable[[Any], Type]
# Not ours, and mypy's own plugin has hooks for some of them, which the first plugin that answers would hide.
_SILENT = (
    *("builtins.", "typing.", "typing_extensions.", "_typeshed.", "types.", "numpy."),
    *(
        "sys.",
        "abc.",
        "attr.",
        "attrs.",
        "collections.",
        "contextlib.",
        "ctypes.",
        "dataclasses.",
        "enum.",
        "functools.",
    ),
)


def _is_of_some_member(fullname: str) -> bool:
    """Whether mypy looks an operator of arrays up in all members of a union at once: `__rmatmul__ of ndarray`."""
    method, _, owner = fullname.partition(" of ")
    return owner in _ARRAY_CLASSES and method in OPERATORS


_READING = frozenset({"numpy._core.fromnumeric.shape", "numpy._core.fromnumeric.size"})
"""numpy's functions that read the sizes of an array."""
_ARRAY_CLASSES = frozenset(name.rpartition(".")[2] for name in ARRAYS)


class Checking(Answers):
    """The state of one run of mypy."""

    def __init__(
        self,
        settings: Settings,
        lookup: Callable[[str], SymbolTableNode | None],
        type_hooks: dict[str, Callable[[Any], Any] | None],
    ) -> None:
        report_losses(settings.strict_shapes)
        super().__init__(Libraries(lookup, settings.stubs))
        judged_by_files(self.libraries.has_function)
        self.annotations = Annotations(lookup, type_hooks)
        self.type_hook = self.annotations.hook
        """The hook for a type of a name; mypy asks for every type that is written in a program and in its libraries."""

    def read_anew(self, module: str) -> None:
        """mypy has read a file, for the first time or in its daemon once more."""
        read_anew(module)

    def concerns(self, fullname: str) -> bool:
        """Whether calls of this function or method may involve shapes."""
        return not fullname.startswith(_SILENT) and fullname not in by_fullname() and not fullname.startswith(TENSOR)

    def class_hook(self, fullname: str) -> Callable[[Any], None] | None:
        """The hook for the definition of a class."""
        return None if fullname.startswith(_SILENT) else self.annotations.note_class

    def signature_hook(self, fullname: str) -> Callable[[Any], FunctionLike] | None:
        """The hook that sees the signature before a call."""
        if self.libraries.covers(fullname):
            described = self.libraries.forms(fullname) is not None or fullname.endswith(".__call__")
            return functools.partial(self._library_signature, fullname) if described else None
        if fullname in CONTAINER_METHODS:
            return self.taking_ints
        if fullname.endswith(".replace") and self.concerns(fullname):
            return self.taking_fields
        return self.signature if self.concerns(fullname) else None

    def function_hook(self, fullname: str) -> Hook | None:
        """The hook for calls of a function."""
        op = by_fullname().get(fullname)
        if op is not None:
            return functools.partial(self._operation, op)
        if fullname == TO_TENSOR:
            return self.from_numpy
        if _is_of_some_member(fullname):
            return self.member_by_member
        if fullname == "builtins.len":
            return self.length
        if fullname in ITERATING:
            return self.items
        if fullname.startswith(OF_ROWS):
            return functools.partial(self.of_rows, fullname)
        if fullname == SUM:
            return self.sum
        if fullname in CACHES:
            return self.cached
        if fullname == PARTIAL:
            return self.partial
        if fullname in INT_FUNCTIONS:
            return functools.partial(self._int_function, fullname)
        head, _, name = fullname.rpartition(".")
        if head in ("tl_dsl.autodiff.function", "tl_dsl.autodiff.vmap"):
            return functools.partial(self._entry_point, name)
        if head == "tl_dsl.autodiff.model":
            return functools.partial(self._model_entry_point, name)
        if fullname in KEEPS_SIGNATURE:
            return self.program
        if fullname == SEQUENTIAL:
            return self.sequential
        if fullname in _READING:
            return functools.partial(self.read_from, name)
        if self.libraries.covers(fullname):
            forms = self.libraries.forms(fullname)
            if forms is None:
                return functools.partial(self._undescribed, fullname)
            return functools.partial(self._library_call, fullname, forms, False)
        if fullname in REPLACE:
            return self.replaced
        if fullname == ASSERT_SHAPE:
            return self.asserted
        return self.result if self.concerns(fullname) or fullname in MANAGERS else None

    def method_hook(self, fullname: str) -> Hook | None:
        """The hook for calls of a method."""
        head, _, name = fullname.rpartition(".")
        if head == TENSOR:
            found = operation_of_method(name)
            if name == "__iter__":
                return self.rows
            if name == "numpy":
                return self.to_numpy
            return None if found is None else functools.partial(self._tensor_method, found)
        if self.libraries.covers(fullname):
            return self._library_method(fullname, name)
        if _is_of_some_member(fullname):
            return self.member_by_member
        if fullname == f"{SEQUENTIAL}.__call__":
            return self.sequential_call
        if fullname in KEEPS_SIGNATURE_CALLS:
            return self.program_call
        if name in REPLACE_METHODS and self.concerns(fullname):
            return functools.partial(self._replaced_by, name)
        if fullname == CACHED_CALL:
            return self.cached_call
        if fullname == PARTIAL_CALL:
            return self.partial_call
        if fullname == "builtins.float.__rpow__":
            return self.root
        if fullname == "builtins.int.__pow__":
            return self.power
        if fullname in INT_OPERATORS:
            return functools.partial(self._int_operator, INT_OPERATORS[fullname])
        return self.result if self.concerns(fullname) else None

    def attribute_hook(self, fullname: str) -> Hook | None:
        """The hook for an attribute."""
        if fullname == MARKER_ATTRIBUTE:
            return self.marker
        head, _, name = fullname.rpartition(".")
        if head == TENSOR:
            found = operation_of_method(name)
            if name == "shape":
                return self.shape
            if name == "size":
                return self.size
            return None if found is None or found[1] != "property" else functools.partial(self._property, found[0])
        if self.libraries.covers(fullname):
            if head.endswith("Result"):
                return functools.partial(self.item, name)
            forms = self.libraries.forms(fullname)
            if name in ("shape", "size") and head == NDARRAY:  # scalars have one, too
                return self.shape if name == "shape" else self.size
            return None if forms is None else functools.partial(self._library_attribute, forms)
        if head == "tl_dsl.autodiff.params.Pack":
            return functools.partial(self._parameter, name)
        return None if fullname.startswith(_SILENT) else self.field

    def _library_method(self, fullname: str, name: str) -> Hook | None:
        """The hook for a method of a library's class, or for a call of one of its objects (numpy's ufuncs)."""
        if name == "__iter__" and fullname == f"{NDARRAY}.__iter__":
            return self.rows
        forms = self.libraries.forms(fullname)
        if forms is not None:
            return functools.partial(self._library_call, fullname, forms, True)
        if name == "__call__":
            return functools.partial(self._library_object, fullname)
        return functools.partial(self._method_of_object, name) if name in METHODS_OF_OBJECTS else None
