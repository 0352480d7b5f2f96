"""Reading jaxtyping's annotations while mypy analyses types.

For mypy, `Float[Tensor, "n m"]` is `typing.Annotated[Tensor, "n m"]` under another name; the hook on `Annotated` sees
the string. This module rests on the insides of mypy's semantic analyser: the enclosing function and class, and patches
that run after the analysis.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from mypy.nodes import Context, FuncDef, Import, ImportFrom, MypyFile, SymbolNode, TypeInfo
from mypy.plugin import AnalyzeTypeContext, ClassDefContext
from mypy.types import (
    CallableType,
    Instance,
    Type,
    TypeVarTupleType,
    TypeVarType,
    UnboundType,
    get_proper_type,
)

from tl_checker.shapes.aliases import alias_expression, forget_aliases
from tl_checker.shapes.assignments import stored_parameters
from tl_checker.shapes.axes import class_axes, own_dims, scope_of, value_of_field
from tl_checker.shapes.conditions import mark_conditions
from tl_checker.shapes.element_types import dtype_class, element_type
from tl_checker.shapes.encoding import ARRAYS, NDARRAY, OPEN, Encoder, any_type, array_dtype
from tl_checker.shapes.fields import declare, note_class, shape_text
from tl_checker.shapes.report import code, watch_errors
from tl_dsl import dtypes
from tl_dsl.dims import UNKNOWN, Axis, Dim
from tl_dsl.dtypes import DType
from tl_dsl.errors import AnnotationError
from tl_dsl.shapes import Shape, ShapeSpec, Star, parse_shape

DTYPE_NAMES: Final = frozenset(
    name for name, value in vars(dtypes).items() if isinstance(value, type) and issubclass(value, dtypes.DType)
) | {"Complex", "Complex64", "Complex128", "BFloat16", "Key"}


@dataclass
class Scope:
    """What an annotation belongs to: a function's signature, its body, a class, or a module."""

    name: str
    function: FuncDef | None = None
    in_body: bool = False
    in_result: bool = False
    owner: TypeInfo | None = None
    local: bool = False
    """Whether the function is defined inside another one."""

    def local_name(self, name: str) -> str:
        """The name of an axis of a local function: `n@inner`."""
        return f"{name}@{self.name.rpartition('.')[2]}"

    def local_star(self, star: Star) -> Star:
        """A run of axes of a local function."""
        if star.name is None:
            return star
        scope, _, name = star.name.rpartition(":")
        return Star(f"{scope}:{self.local_name(name)}")

    @property
    def rigid(self) -> bool:
        """Whether names that are new here are axes from now on: in parameters, and in the fields of a class."""
        if self.function is not None:
            return not self.in_body and not self.in_result
        return self.owner is not None and not self.owner.is_protocol


@dataclass
class Bound:
    """The names that a function's annotations bind, by position, so that a second analysis finds the same."""

    function: FuncDef
    names: dict[tuple[int, int], frozenset[str]] = field(default_factory=dict)

    def before(self, position: tuple[int, int]) -> frozenset[str]:
        return frozenset().union(*(names for at, names in self.names.items() if at < position))


class Annotations:
    """Turns annotations into Tensor types that carry their shapes."""

    def __init__(self) -> None:
        self._pass_annotated = False
        self._pass_tensor = False
        self._bound: dict[int, Bound] = {}
        self._class_names: dict[tuple[str, int], dict[tuple[int, int], frozenset[str]]] = {}
        self._written: dict[tuple[str, int], dict[tuple[int, int], frozenset[str]]] = {}
        self._patches: object = None
        self._patched: set[int] = set()

    def note_class(self, ctx: ClassDefContext) -> None:
        """A class whose bases are known: its fields are read before its methods."""
        tree = getattr(ctx.api, "cur_mod_node", None)
        if isinstance(tree, MypyFile) and not tree.is_stub:
            note_class(ctx.cls, lambda name: _is_jaxtyping(name, tree))

    # -- the hooks; each hands back to mypy what is not ours, once, or it would be called again for the same type

    def annotated(self, ctx: AnalyzeTypeContext) -> Type:
        """`typing.Annotated` under any name."""
        analyser: Any = ctx.api
        if _is_jaxtyping(ctx.type.name, analyser.api.cur_mod_node) and len(ctx.type.args) == 2:
            base = analyser.analyze_type(ctx.type.args[0])
            return self._annotation(ctx, analyser, base, shape_text(ctx.type.args[1]), ctx.type.name)
        self._pass_annotated = True
        left_to_mypy: Type = analyser.visit_unbound_type(ctx.type)
        return left_to_mypy

    def passes_annotated(self) -> bool:
        """Whether mypy itself reads this `Annotated`."""
        passed, self._pass_annotated = self._pass_annotated, False
        return passed

    def tensor(self, ctx: AnalyzeTypeContext) -> Type:
        """A bare `Tensor`; of `X = Float[Tensor, "n"]` mypy has dropped the string, so it is looked up again."""
        analyser: Any = ctx.api
        self._pass_tensor = True
        base: Type = get_proper_type(analyser.visit_unbound_type(ctx.type))
        if analyser.defining_alias and not ctx.type.args:
            found = alias_expression(analyser.api.cur_mod_node, ctx.type.line, ctx.type.column, _is_jaxtyping)
            if found is not None:
                # Otherwise mypy takes the alias for another name of Tensor and expands it before it is used.
                ctx.type.empty_tuple_index = True
                return self._annotation(ctx, analyser, base, found[1], found[0])
        return base

    def passes_tensor(self) -> bool:
        """Whether mypy itself reads this `Tensor`."""
        passed, self._pass_tensor = self._pass_tensor, False
        return passed

    # -- one annotation

    def _annotation(self, ctx: AnalyzeTypeContext, analyser: Any, base: Type, text: str | None, dtype: str) -> Type:
        if text is None:
            return base
        array = get_proper_type(base)
        carries = isinstance(array, Instance) and array.type.fullname in ARRAYS
        if carries:
            watch_errors(analyser.api.errors)
        scope = _scope(analyser, ctx.type)
        try:
            spec = parse_shape(text, scope.name)
            shape = self._shape(spec, scope, ctx.type, analyser)
        except AnnotationError as error:
            detail = f" ({error.got})" if error.got else f' ("{text}")'
            analyser.fail(f"{error.rule}{detail}", ctx.context, code=code("tensor-annotation"))
            return base
        if not (isinstance(array, Instance) and carries):
            return base  # jaxtyping reads the string of any array, and its names bind
        if scope.function is not None and not scope.in_body:
            self._bind_later(analyser.api, scope.function)
        ints, tuples = analyser.named_type("builtins.int", []), analyser.named_type("builtins.tuple", [any_type()])
        encoder = Encoder(ints, tuples, unknown=OPEN)
        return encoder.array(array.type, _elements(analyser, array, dtype), shape)

    def _shape(self, spec: ShapeSpec, scope: Scope, at: Context, analyser: Any) -> Shape:
        of_class = class_axes(scope.owner) if scope.owner is not None else {}
        names: dict[str, Axis] = {name: _class_axis(atom) for name, atom in of_class.items() if name[0] != "*"}
        # In the class itself, what it declares further down is not bound yet.
        own = {name for name, atom in of_class.items() if scope_of(atom.lstrip("*")) == scope.name}
        bound = self._names_before(scope, at) | (of_class.keys() - own)
        written = self._written.setdefault((scope.name, id(scope.function or scope.owner)), {})
        readable = bound.union(*(found for place, found in written.items() if place < (at.line, at.column)))
        fresh: set[str] = set()
        for token in spec.tokens:
            missing = token.names - readable - fresh
            if token.kind == "expression" and missing and scope.name and not scope.in_body:
                raise AnnotationError(
                    f'nothing before it binds "{min(missing)}", and an expression never does',
                    got=f'"{spec.text}", column {token.column + 1}',
                )
            if token.kind == "name":
                fresh |= token.names
            elif token.kind == "star":
                fresh.add("*" + token.text)
        fresh -= bound
        written[at.line, at.column] = frozenset(fresh)
        if scope.rigid:
            self._record(scope, at, frozenset(fresh))
        if scope.function is None and scope.rigid and scope.owner is not None:
            names.update((name, Dim.name(name, scope.name)) for name in fresh)
            declare(scope.owner, fresh - of_class.keys())
        if scope.local:
            names.update((name, Dim.name(scope.local_name(name), scope.name)) for name in fresh | bound - names.keys())
        if not scope.rigid:  # bound by whatever comes: nothing is known of it
            names.update(dict.fromkeys(fresh, UNKNOWN))
        if scope.function is not None and analyser.api.type is not None:
            names.update(_values_of_self(spec, scope.function, analyser.api.type))
        shape = spec.shape(names, values=scope.function is not None)
        runs = {f"{scope.name}:{name[1:]}": atom[1:] for name, atom in of_class.items() if name[0] == "*"}
        if scope.local:
            shape = tuple(
                scope.local_star(axis) if isinstance(axis, Star) and axis.name not in runs else axis for axis in shape
            )
        shape = tuple(Star(runs[axis.name]) if isinstance(axis, Star) and axis.name in runs else axis for axis in shape)
        if scope.rigid:
            return shape
        unbound = [name[1:] for name in fresh if name.startswith("*")]
        lost = {f"{scope.name}:{scope.local_name(name) if scope.local else name}" for name in unbound}
        return tuple(Star() if isinstance(axis, Star) and axis.name in lost else axis for axis in shape)

    def _names_before(self, scope: Scope, at: Context) -> frozenset[str]:
        position = (at.line, at.column)
        if scope.function is not None:
            return self._bound_of(scope.function).before(position)
        found = self._class_names.get((scope.name, id(scope.owner)), {})
        return frozenset().union(*(names for place, names in found.items() if place < position))

    def _record(self, scope: Scope, at: Context, names: frozenset[str]) -> None:
        position = (at.line, at.column)
        if scope.function is not None:
            self._bound_of(scope.function).names[position] = names
        else:
            self._class_names.setdefault((scope.name, id(scope.owner)), {})[position] = names

    def _bound_of(self, function: FuncDef) -> Bound:
        bound = self._bound.get(id(function))
        if bound is None or bound.function is not function:
            bound = self._bound[id(function)] = Bound(function)
        return bound

    # -- axes as type variables of their function

    def _bind_later(self, semantic: Any, function: FuncDef) -> None:
        """After the analysis, make the axes of a signature bound type variables of the function."""
        if self._patches is not semantic.patches:
            self._patches, self._patched = semantic.patches, set()
        if id(function) not in self._patched:
            self._patched.add(id(function))
            forget_aliases(semantic.cur_mod_node)
            semantic.schedule_patch(1, lambda: bind_axes(function))
            semantic.schedule_patch(1, lambda: mark_conditions(function))


def bind_axes(function: FuncDef) -> None:
    """Add the axes of a signature to the type variables of its function, for mypy's own checks of generic functions."""
    signature = function.type
    if not isinstance(signature, CallableType):
        return
    have = {variable.id for variable in signature.variables}
    new: list[TypeVarType | TypeVarTupleType] = []
    for part in (*signature.arg_types, signature.ret_type):
        for variable in own_dims(part, function.fullname):
            if variable.id not in have:
                have.add(variable.id)
                new.append(variable)
    if new:
        signature.variables = (*signature.variables, *new)


# -- where an annotation stands


def _scope(analyser: Any, at: UnboundType) -> Scope:
    semantic = analyser.api
    frame = analyser.tvar_scope
    while frame is not None and not frame.namespace:
        frame = frame.parent
    namespace = (frame.namespace if frame is not None else "").partition("#")[0]
    owner: TypeInfo | None = semantic.type
    function = semantic.scope.functions[-1] if semantic.scope.functions else None
    if isinstance(function, FuncDef) and namespace == function.fullname:
        in_body = bool(semantic.function_stack) and semantic.function_stack[-1] is function
        in_result = not in_body and _in_result(function, at)
        local = sum(isinstance(outer, FuncDef) for outer in semantic.scope.functions) > 1
        return Scope(function.fullname, function, in_body, in_result, owner, local)
    if owner is not None and namespace in (owner.fullname, "", semantic.cur_mod_node.fullname):
        return Scope(owner.fullname, owner=owner)
    return Scope("")


def _values_of_self(spec: ShapeSpec, function: FuncDef, owner: TypeInfo) -> dict[str, Axis]:
    """`{self.width}` is the value of a field; so is, in `__init__`, `{width}` when `self.width = width` stores it."""
    if not any(token.braces for token in spec.tokens):
        return {}
    fields = {f"{{{name}}}": field for name, field in stored_parameters(function).items()}
    for token in spec.tokens:
        fields.update((f"{{{name}}}", name.removeprefix("self.")) for name in re.findall(r"self\.\w+", token.text))
    return {name: value_of_field(owner, field) or UNKNOWN for name, field in fields.items()}


def _class_axis(atom: str) -> Dim:
    scope, _, name = atom.rpartition(":")
    return Dim.name(name, scope)


def _in_result(function: FuncDef, at: UnboundType) -> bool:
    """Whether a type of a signature belongs to the result."""
    written = function.unanalyzed_type
    if not isinstance(written, CallableType):
        return False
    start = (written.ret_type.line, written.ret_type.column)
    last = max(((t.line, t.column) for t in written.arg_types), default=(0, 0))
    return last < start <= (at.line, at.column)


def _elements(analyser: Any, base: Instance, written: str) -> Type:
    """The type of the elements: what jaxtyping's name says, or the array class itself where that says more."""
    own = array_dtype(base)
    if base.type.fullname == NDARRAY and dtype_class(own) is not DType:
        return own

    def lookup(fullname: str) -> SymbolNode | None:
        symbol = analyser.api.lookup_fully_qualified_or_none(fullname)
        return None if symbol is None else symbol.node

    name = _ORIGINAL.get((id(analyser.api.cur_mod_node), written), written.rpartition(".")[2])
    return element_type(base.type, name, lookup)


_IMPORTS: dict[int, tuple[MypyFile, set[str], set[str]]] = {}
_ORIGINAL: dict[tuple[int, str], str] = {}


def _is_jaxtyping(name: str, tree: MypyFile) -> bool:
    """Whether a local name is one of jaxtyping's, as the imports of the file say."""
    found = _IMPORTS.get(id(tree))
    if found is None or found[0] is not tree:
        found = _IMPORTS[id(tree)] = (tree, *_read_imports(tree))
    head, _, last = name.rpartition(".")
    return name in found[1] or (head in found[2] and last in DTYPE_NAMES)


def _read_imports(tree: MypyFile) -> tuple[set[str], set[str]]:
    names: set[str] = set()
    modules: set[str] = set()
    for statement in tree.imports:
        if isinstance(statement, ImportFrom) and statement.id == "jaxtyping":
            for name, alias in statement.names:
                if name in DTYPE_NAMES:
                    names.add(alias or name)
                    _ORIGINAL[(id(tree), alias or name)] = name
        elif isinstance(statement, Import):
            modules |= {alias or name for name, alias in statement.ids if name == "jaxtyping"}
    return names, modules
