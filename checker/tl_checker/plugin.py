"""mypy's entry: `plugins = ["tl_checker.plugin"]`. Only dispatch; the work is done in `tl_checker.shapes`.

mypy loads this module in every run, also in one that has nothing to check. So whatever needs the language, and with it
numpy, is imported when the program gets to a module of jaxtyping or of the language.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

from mypy.errors import CompileError
from mypy.nodes import Import, ImportFrom, MypyFile
from mypy.options import Options
from mypy.plugin import (
    AnalyzeTypeContext,
    Plugin,
    ReportConfigContext,
)
from mypy.types import Type

from tl_checker.mypy_versions import not_supported
from tl_checker.shapes.host.hooks import Find, Hook, Hooks
from tl_checker.shapes.host.settings import Settings, fingerprint

if TYPE_CHECKING:
    from tl_checker.shapes.checking import Checking

SOURCES: Final = ("jaxtyping", "tl_dsl")
"""What shapes come from: a file that imports neither, itself or through others, has none."""
ANNOTATED: Final = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
"""As what mypy knows the names of jaxtyping."""
ASKED: Final = ANNOTATED | {"typing.Callable", "numpy.ndarray", "numpy._typing._array_like.NDArray"}
NEVER_OURS: Final = (
    "builtins.",
    "typing.",
    "typing_extensions.",
    "_typeshed.",
    "types.",
    "collections.",
    "abc.",
    "numpy.",
)
"""Most types of a program have such names; the aliases of numpy hold no annotations of jaxtyping."""
WRITTEN: Final = (10, "tl_checker.symint", -1)
"""The module of a type that we write, as a dependency of the files that may see it."""


@contextlib.contextmanager
def _no_threads() -> Iterator[None]:
    """Import numpy without threads for products of matrices: there are none here, and they would wait busily."""
    name = "OPENBLAS_NUM_THREADS"
    before = os.environ.get(name)
    os.environ[name] = "1"
    try:
        yield
    finally:
        del os.environ[name]
        if before is not None:
            os.environ[name] = before


class _TypeHooks(Hooks):
    """mypy asks for the hook of every type that is written anywhere: of most names, a dict answers."""

    passing = False
    """Whether the next name is left to mypy."""

    def __missing__(self, fullname: str) -> Hook | None:
        if self.passing:
            self.passing = False
            return None
        if fullname.startswith(NEVER_OURS) and fullname not in ASKED:
            return self.setdefault(fullname)
        found = super().__missing__(fullname)
        if found is not None and fullname in ANNOTATED:
            self[fullname] = found
        return found


class ShapePlugin(Plugin):
    """Dependent shapes of tensors, in mypy."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        options.allow_redefinition = True  # `x = x @ w` gives x another shape
        self._settings, self._wrong = _settings(options.config_file)
        self._types = _TypeHooks(self._finder("type_hook"), self._left_to_mypy, self._used, lasting=False)
        signatures = self._hooks("signature_hook", attrgetter("default_signature"))
        answers = {
            "get_type_analyze_hook": self._types,
            "get_customize_class_mro_hook": self._hooks("class_hook", lambda ctx: None),
            "get_function_signature_hook": signatures,
            "get_method_signature_hook": signatures,
            "get_function_hook": self._hooks("function_hook", attrgetter("default_return_type")),
            "get_method_hook": self._hooks("method_hook", attrgetter("default_return_type")),
            "get_attribute_hook": self._hooks("attribute_hook", attrgetter("default_attr_type")),
        }
        for question, hooks in answers.items():
            setattr(self, question, hooks.__getitem__)  # answered without a call of ours for names that are known

    def _hooks(self, finder: str, otherwise: Hook) -> Hooks:
        return Hooks(self._finder(finder), otherwise, self._used, lasting=True)

    def _finder(self, name: str) -> Callable[[], Find]:
        return lambda: getattr(self._checking, name)

    def set_modules(self, modules: dict[str, MypyFile]) -> None:
        """mypy gives us the modules of a run before it does anything, and ends when the settings are wrong."""
        if self._wrong is not None:
            raise self._wrong
        super().set_modules(modules)

    @property
    def _checking(self) -> Checking:
        if isinstance(self._made, Exception):
            raise RuntimeError(f"tl_checker cannot be used: {self._made}")
        return self._made

    @cached_property
    def _made(self) -> Checking | Exception:
        try:
            with _no_threads():
                from tl_checker.shapes.checking import Checking

            return Checking(self._settings, self.lookup_fully_qualified, self._types)
        except Exception as error:
            return error

    @property
    def _has_checked(self) -> bool:
        return not isinstance(self.__dict__.get("_made"), Exception | None)

    def _used(self) -> bool:
        """Whether the program has come to where shapes come from."""
        return any(name in (self._modules or ()) for name in SOURCES)

    def report_config_data(self, ctx: ReportConfigContext) -> Any:
        """What a cached result depends on beyond mypy's own settings; stub files hold no shapes."""
        return None if ctx.path.endswith(".pyi") else fingerprint(self._settings)

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """Files that use jaxtyping or the language can see the types that we write. mypy asks after it has read one.

        Errors: CompileError, with which mypy ends, when the checker cannot be used: no shape would be checked.
        """
        if self._has_checked:
            self._checking.read_anew(file.fullname)
            self._types.clear()
        names = [statement.id for statement in file.imports if isinstance(statement, ImportFrom)]
        names += [name for statement in file.imports if isinstance(statement, Import) for name, _ in statement.ids]
        if not any(name.split(".")[0] in SOURCES for name in names):
            return []
        if isinstance(self._made, Exception):
            raise CompileError([f"error: tl_checker cannot be used: {self._made}"])
        return [WRITTEN]

    def _left_to_mypy(self, ctx: AnalyzeTypeContext) -> Type:
        """What mypy makes of a type that we failed to read; it asks for a hook again."""
        self._types.clear()
        self._types.passing = True
        return ctx.api.analyze_type(ctx.type)


def _settings(config_file: str | None) -> tuple[Settings, CompileError | None]:
    """The settings, and what is wrong with them or with the files that they name."""
    try:
        settings = Settings.read(config_file)
        if settings.stubs:
            from tl_checker.shapes.libraries.library_index import check_files

            check_files(settings.stubs)
    except CompileError as error:
        return Settings(), error
    return settings, None


def _ending(reason: str) -> type[Plugin]:
    """What a mypy gets with which the checker is not tested: it ends, in one line."""

    class Ending(Plugin):
        def set_modules(self, modules: dict[str, MypyFile]) -> None:
            raise CompileError([reason])

    return Ending


def plugin(version: str) -> type[Plugin]:
    """mypy calls this with its version."""
    reason = not_supported(version)
    return _ending(reason) if reason else ShapePlugin
