"""mypy's entry: `plugins = ["tl_checker.plugin"]`. Only dispatch; the work is done in `tl_checker.shapes`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mypy.nodes import Import, ImportFrom, MypyFile
from mypy.options import Options
from mypy.plugin import (
    AnalyzeTypeContext,
    AttributeContext,
    ClassDefContext,
    FunctionContext,
    FunctionSigContext,
    MethodContext,
    MethodSigContext,
    Plugin,
    ReportConfigContext,
)
from mypy.types import FunctionLike, Type

from tl_checker.shapes.checking import Checking
from tl_checker.shapes.settings import Settings, fingerprint


class ShapePlugin(Plugin):
    """Dependent shapes of tensors, in mypy."""

    def __init__(self, options: Options) -> None:
        super().__init__(options)
        options.allow_redefinition = True  # `x = x @ w` gives x another shape
        self._settings = Settings.read(options.config_file)
        self._checking = Checking(self._settings, self.lookup_fully_qualified)

    def report_config_data(self, ctx: ReportConfigContext) -> Any:
        """What a cached result depends on beyond mypy's own settings; stub files hold no shapes."""
        return None if ctx.path.endswith(".pyi") else fingerprint(self._settings)

    def get_additional_deps(self, file: MypyFile) -> list[tuple[int, str, int]]:
        """Files that use jaxtyping or the language can see the types that we write."""
        for statement in file.imports:
            names = [statement.id] if isinstance(statement, ImportFrom) else []
            names += [name for name, _ in statement.ids] if isinstance(statement, Import) else []
            if any(name.split(".")[0] in ("jaxtyping", "tl_dsl") for name in names):
                return [(10, "tl_checker.symint", -1)]
        return []

    def get_type_analyze_hook(self, fullname: str) -> Callable[[AnalyzeTypeContext], Type] | None:
        return self._checking.annotations.hook(fullname, self.lookup_fully_qualified)

    def get_customize_class_mro_hook(self, fullname: str) -> Callable[[ClassDefContext], None] | None:
        return self._checking.class_hook(fullname)

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        return self._checking.signature if self._checking.concerns(fullname) else None

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        return self._checking.function_hook(fullname)

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        return self._checking.signature if self._checking.concerns(fullname) else None

    def get_method_hook(self, fullname: str) -> Callable[[MethodContext], Type] | None:
        return self._checking.method_hook(fullname)

    def get_attribute_hook(self, fullname: str) -> Callable[[AttributeContext], Type] | None:
        return self._checking.attribute_hook(fullname)


def plugin(version: str) -> type[Plugin]:
    """mypy calls this with its version."""
    return ShapePlugin
