"""Reading jaxtyping's annotations while mypy analyses types.

For mypy, `Float[Tensor, "n m"]` is `typing.Annotated[Tensor, "n m"]` under another name; the hook on `Annotated` sees
the string. This module rests on the insides of mypy's semantic analyser: the enclosing function and class, and patches
that run after the analysis.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from mypy.nodes import (
    Block,
    Context,
    FuncDef,
    MypyFile,
    SymbolNode,
    SymbolTableNode,
    TypeAlias,
    TypeInfo,
    TypeVarExpr,
    Var,
)
from mypy.plugin import AnalyzeTypeContext, ClassDefContext
from mypy.semanal_shared import has_placeholder
from mypy.types import (
    AnyType,
    CallableType,
    Instance,
    ProperType,
    RawExpressionType,
    Type,
    TypeVarType,
    UnboundType,
    UnionType,
    get_proper_type,
)

from tl_checker.shapes.annotations.aliases import Written, annotations_around, named_tuple_at
from tl_checker.shapes.annotations.assignments import binds_each_once
from tl_checker.shapes.annotations.axes import own_dims_of
from tl_checker.shapes.annotations.element_types import PYTHON_NUMBERS, common_elements, takes_number
from tl_checker.shapes.annotations.encoding import (
    ARRAYS,
    LOST,
    NDARRAY,
    TENSOR,
    Encoder,
    any_type,
    array_dtype,
    array_shape,
    encoder_of_file,
    is_bare,
    keep_encoder,
)
from tl_checker.shapes.annotations.fields import note_class
from tl_checker.shapes.annotations.jaxtyping_names import dtype_name, imports_jaxtyping
from tl_checker.shapes.annotations.names import (
    ALIAS,
    Names,
    Part,
    Scope,
    mentions_alias,
    not_decided,
    parts_of_shape,
    parts_of_text,
)
from tl_checker.shapes.annotations.outer_names import note_outer_names, outer_names
from tl_checker.shapes.annotations.placing import Placer, belongs_to_user, variables_in
from tl_checker.shapes.annotations.written_order import in_result
from tl_checker.shapes.annotations.written_shapes import WrittenNames
from tl_checker.shapes.facts.conditions import mark_conditions
from tl_checker.shapes.host.error_codes import code
from tl_checker.shapes.host.faults import CODE, fault_message
from tl_checker.shapes.host.hooks import never
from tl_checker.shapes.host.internals import may_write
from tl_checker.shapes.host.markers import mark_blocks
from tl_checker.shapes.messages.report import reports_losses, say, watch_errors
from tl_checker.shapes.objects.local_objects import mark_objects
from tl_checker.shapes.signatures.callables import bind_names, own_of_parameters, scope_at
from tl_checker.shapes.signatures.overrides import is_of_object, override_errors
from tl_checker.shapes.statements.captured import mark_comprehensions
from tl_checker.shapes.statements.declared_places import mark_places
from tl_checker.shapes.statements.filled import mark_filled
from tl_checker.shapes.statements.joined import has_broadcast, mark_joined
from tl_checker.shapes.statements.other_objects import mark_fields, mark_given
from tl_checker.shapes.statements.reassigned import mark_reassigned
from tl_checker.shapes.statements.rounds import mark_rounds
from tl_checker.shapes.statements.settled import mark_settled
from tl_checker.shapes.statements.simultaneous import assign_at_once
from tl_dsl.errors import AnnotationError, TlError
from tl_dsl.shapes import UNKNOWN_SHAPE, ShapeSpec, Star, parse_shape
from tl_dsl.shapes.text import on_one_line

ANNOTATED: Final = frozenset({"typing.Annotated", "typing_extensions.Annotated"})
_SHARED: Final = ANNOTATED | ARRAYS | {"typing.Callable", "numpy._typing._array_like.NDArray"}
"""What libraries name, too, that may have a meaning to us in a file of the user's."""
_AS_MYPY: Final = dict.fromkeys(ARRAYS)
TypeHook = Callable[[AnalyzeTypeContext], Type]
Lookup = Callable[[str], SymbolTableNode | None]


class Annotations:
    """Turns annotations into types of arrays that carry their shapes."""

    def __init__(self, lookup: Lookup, answers: dict[str, TypeHook | None]) -> None:
        self._lookup = lookup
        self._answers = answers
        """What mypy is told of names without a call of `hook`."""
        self._semantic: Any = None
        self._passing = False
        self._inside = 0
        self._module: tuple[object, bool] = None, False
        """The file that mypy is in, and whether it is a library's."""
        self._described = 0
        self._dtypes: tuple[object, dict[str, str | None]] = None, {}
        """The file, and jaxtyping's names of the names that it has written before strings."""
        self._names = Names()
        self._patches: object = None
        self._patched: set[tuple[int, int]] = set()
        self._marked: MypyFile | None = None
        """The file, and the function, for which that was done last."""
        self._watched: MypyFile | None = None
        """The file whose messages are watched."""
        self._signature: FuncDef | None = None
        self._elements: dict[tuple[TypeInfo, str], Type] = {}
        """The types of the elements of bare arrays under the names of jaxtyping."""

    def note_class(self, ctx: ClassDefContext) -> None:
        """A class whose bases are known: its fields are read before its methods."""
        tree = getattr(ctx.api, "cur_mod_node", None)
        if isinstance(tree, MypyFile) and not tree.is_stub and imports_jaxtyping(tree):
            note_class(ctx.cls, _is_jaxtyping(ctx.api))

    def hook(self, fullname: str) -> TypeHook | None:
        """The hook for a type of that name; `never` for one that stands for nothing but a class, until files are read.

        Each hands back to mypy what is not ours, once, or it would come again.
        """
        if self._passing:
            self._passing = False
            return None
        if self._inside and fullname not in ANNOTATED:
            return None
        at = self._semantic
        if at is not None and (self._module[1] if at.cur_mod_node is self._module[0] else self._in_library(at)):
            return None if fullname in _SHARED or "." not in fullname else never  # it names nothing of the user's
        if fullname in ANNOTATED:
            return self.annotated
        if fullname == "typing.Callable":
            return self.function
        if fullname in ARRAYS or "." not in fullname:
            return self.named
        symbol = self._lookup(fullname)
        node = None if symbol is None else symbol.node
        if isinstance(node, (TypeAlias, TypeVarExpr)):
            return self.named
        return never if isinstance(node, TypeInfo) else None

    def _in_library(self, at: Any) -> bool:
        """Whether mypy is in the standard library's files, or in numpy's: nothing is annotated with shapes there."""
        of_library: bool = at.is_typeshed_stub_file or at.cur_mod_id.partition(".")[0] == "numpy"
        self._module = at.cur_mod_node, of_library
        return of_library

    def annotated(self, ctx: AnalyzeTypeContext) -> Type:
        """`typing.Annotated` under any name."""
        analyser, at = self._analyser(ctx), ctx.type
        args, semantic = at.args, analyser.api
        dtype = self._dtype_name(at.name, semantic)
        if dtype is None or len(args) != 2:
            for name in ANNOTATED:
                self._answers.pop(name, None)
            return self._left_to_mypy(ctx)
        base = self._before_string(args[0], analyser)
        if isinstance(base, Instance) and base.type.fullname == TENSOR:
            self._mark_later(semantic)
        text = _text(args[1], analyser)
        if text is None:
            return base
        of_user = self._inside or self._described or analyser.defining_alias
        scope = Scope(ALIAS) if of_user else _scope(analyser, at)
        return self._annotation(_Site(at, analyser, scope, args[1]), base, dtype, text)

    def _dtype_name(self, written: str, semantic: Any) -> str | None:
        """jaxtyping's own name of a name as the file writes it."""
        tree = semantic.cur_mod_node
        if self._dtypes[0] is not tree:
            self._dtypes = tree, {}
        known = self._dtypes[1]
        if written not in known:
            known[written] = dtype_name(written, tree, semantic.modules)
        return known[written]

    def _before_string(self, written: Type, analyser: Any) -> Type:
        """The type before a string, taken as mypy takes it."""
        self._inside += 1
        self._answers.update(_AS_MYPY)
        try:
            found: Type = analyser.analyze_type(written)
        finally:
            self._inside -= 1
            if not self._inside:
                self._answers.pop(TENSOR, None)
                self._answers.pop(NDARRAY, None)
        return found

    def named(self, ctx: AnalyzeTypeContext) -> Type:
        """An array class, an alias or a type variable by its name.

        Of `X = Float[Tensor, "n"]` mypy has dropped the string, so it is looked up again.
        """
        analyser = self._analyser(ctx)
        found = self._left_to_mypy(ctx)
        if isinstance(found, Instance) and found.type.fullname == TENSOR:
            self._mark_later(analyser.api)
        if not isinstance(ctx.type, UnboundType):
            return found
        around = _around(ctx.type, analyser)
        constraint = any(written.constraint for written in around)
        annotations = [(written, written.text) for written in around if written.text is not None]
        for i, (written, text) in enumerate(annotations):
            # Otherwise mypy takes the alias for another name of Tensor and expands it before it is used.
            ctx.type.empty_tuple_index = True
            of_user = written.bound or analyser.defining_alias or self._described or i < len(annotations) - 1
            scope = Scope(ALIAS) if of_user else Scope("") if constraint else _scope(analyser, ctx.type)
            found = self._annotation(_Site(ctx.type, analyser, scope, text), found, written.dtype, text.value)
        if annotations or analyser.defining_alias or self._described or not belongs_to_user(found):
            return found
        scope = Scope("") if constraint else _scope(analyser, ctx.type)
        site = _Site(ctx.type, analyser, scope, ctx.type)
        try:
            placed = found.accept(Placer(self._names, site.scope, ctx.type, _encoder(analyser)))
        except AnnotationError as error:
            site.fail(error, f'in "{ctx.type.name}"')
            return found
        self._bind_later(site)
        return placed

    def function(self, ctx: AnalyzeTypeContext) -> Type:
        """`Callable[...]`: outside of parameters it binds the names that are new in it."""
        analyser = self._analyser(ctx)
        scope = _scope(analyser, ctx.type)
        of_signature = scope.function is not None and not scope.in_body and not scope.in_result
        ours = imports_jaxtyping(analyser.api.cur_mod_node) and not analyser.defining_alias
        if of_signature or self._described or not ours or len(ctx.type.args) != 2:
            return self._left_to_mypy(ctx)
        self._described += 1
        try:
            found = get_proper_type(self._left_to_mypy(ctx))
        finally:
            self._described -= 1
        if not isinstance(found, CallableType) or has_placeholder(found):  # mypy comes back to what is not known yet
            return found
        own = scope_at(analyser.api.cur_mod_id, ctx.type.line, ctx.type.column)
        return bind_names(found, self._names.visible(scope, ctx.type), own, _encoder(analyser))

    def _analyser(self, ctx: AnalyzeTypeContext) -> Any:
        """mypy's analyser of types; with the next files, or anew in the daemon, nothing is bound yet."""
        analyser: Any = ctx.api
        if self._patches is not analyser.api.patches:
            self._semantic = analyser.api
            self._patches, self._patched, self._names = analyser.api.patches, set(), Names()
            self._marked = self._watched = self._signature = None
            self._elements.clear()
            self._dtypes = None, {}
            watch_errors(analyser.api.errors)
        return analyser

    def _left_to_mypy(self, ctx: AnalyzeTypeContext) -> Type:
        analyser: Any = ctx.api
        self._passing = True
        try:
            found: Type = analyser.visit_unbound_type(ctx.type)
        finally:
            self._passing = False
        return found

    # -- one annotation

    def _annotation(self, site: _Site, base: Type, dtype: str, text: str) -> Type:
        """An array type with a shape string around it."""
        try:
            found = self._around(site, get_proper_type(base), dtype, parse_shape(text, ALIAS))
        except AnnotationError as error:
            site.fail(error, f'"{text}"')
            return _of_lost_shape(get_proper_type(base), site)
        if found is None:
            site.fail(AnnotationError("a Python number has no axes and one kind of element"), f'"{text}"')
            return base
        self._bind_later(site)
        return found

    def _around(self, site: _Site, base: ProperType, dtype: str, spec: ShapeSpec) -> Type | None:
        """jaxtyping's reading of what stands before the string; None where it makes no type of it."""
        if isinstance(base, Instance) and base.type.fullname in ARRAYS:
            return self._around_array(site, base, dtype, spec)
        if isinstance(base, UnionType) and any(_is_foreign(get_proper_type(item)) for item in base.items):
            self._names.place(parts_of_text(spec.text), site.scope, site.at)
            return base  # with a shape in one member, mypy would hold the results of the others against it
        if isinstance(base, UnionType):
            members = [self._around(site, get_proper_type(item), dtype, spec) for item in base.items]
            made = [member for member in members if member is not None]
            return UnionType.make_union(made) if made else None
        if isinstance(base, TypeVarType) and not base.values:
            bound = get_proper_type(base.upper_bound)
            return self._around(site, bound, dtype, spec) if isinstance(bound, Instance) and _is_array(bound) else base
        if isinstance(base, Instance) and base.type.fullname in PYTHON_NUMBERS:
            without_axes = all(token.kind in ("star", "ellipsis") for token in spec.tokens)
            return base if without_axes and takes_number(base, dtype) else None
        self._names.place(parts_of_text(spec.text), site.scope, site.at)
        return base

    def _around_array(self, site: _Site, base: Instance, dtype: str, spec: ShapeSpec) -> Type:
        parts: Sequence[Part] = parts_of_text(spec.text)
        inner = UNKNOWN_SHAPE if is_bare(base) else array_shape(base)
        extends = inner is not UNKNOWN_SHAPE and (inner != UNKNOWN_SHAPE or mentions_alias(inner))
        if extends:
            parts = (*parts, *parts_of_shape(inner))
            if inner and len([part for part in parts if isinstance(part.axis, Star)]) > 1:
                raise AnnotationError("only one axis may be variadic (`*name` or `...`), here or in what it extends")
        shape = self._names.place(parts, site.scope, site.at)
        semantic = site.analyser.api
        if self._watched is not semantic.cur_mod_node:
            self._watched = semantic.cur_mod_node
            watch_errors(semantic.errors, semantic.cur_mod_id)
        elements = self._elements_of(base, dtype, site, extends=extends and bool(inner))
        encoder = _encoder(site.analyser)
        if reports_losses() and (evaluated := not_decided(spec.text)):
            site.say_lost(evaluated)
            encoder = replace(encoder, unknown=LOST)
        return encoder.array(base.type, elements, shape)

    def _elements_of(self, base: Instance, dtype: str, site: _Site, *, extends: bool) -> Type:
        if not isinstance(get_proper_type(array_dtype(base)), AnyType):
            return common_elements(base, dtype, site.lookup, extends=extends)
        found = self._elements.get((base.type, dtype))
        if found is None:
            found = common_elements(base, dtype, site.lookup, extends=extends)
            if isinstance(found, Instance):  # else the module that has the name may not be there yet
                self._elements[base.type, dtype] = found
        return found

    # -- after the analysis

    def _bind_later(self, site: _Site) -> None:
        """Make the axes of a signature bound type variables of the function; mark the conditions of the file."""
        function, semantic = site.scope.function, site.analyser.api
        if self._signature is function and function is not None:
            return
        self._mark_later(semantic)
        if function is not None and not site.scope.in_body and (id(function), 1) not in self._patched:
            encoder = _encoder(site.analyser)
            self._signature = function
            self._later(semantic, function, lambda: bind_axes(function, encoder))
            if function.info:
                of_override = functools.partial(self._override, semantic, function, encoder, semantic.errors.file)
                self._later(semantic, function, of_override, order=2)

    def _override(self, semantic: Any, function: FuncDef, encoder: Encoder, path: str) -> None:
        found = [*override_errors(function, encoder)][:1]
        errors = [(e, f"{function.name} overrides that of {base}: ") for e, base in found]
        say(semantic, path, function, errors, judged=is_of_object(function))

    def _mark_later(self, semantic: Any) -> None:
        tree = semantic.cur_mod_node
        if self._marked is not tree:
            self._marked = tree
            self._later(semantic, tree, lambda: _mark_file(tree, semantic.errors))

    def _later(self, semantic: Any, subject: Context, step: Callable[[], None], order: int = 1) -> None:
        """Do something once for each subject, when the files that are analysed together have been."""
        if (id(subject), order) in self._patched:
            return
        self._patched.add((id(subject), order))
        file, module, options = semantic.errors.file, semantic.cur_mod_id, semantic.options

        def finish() -> None:  # mypy has moved on to other files by then
            try:
                step()
            except Exception as error:
                semantic.errors.set_file(file, module, options)
                semantic.errors.report(subject.line, subject.column, fault_message(error), code=code(CODE))

        semantic.schedule_patch(order, finish)


class _Site:
    """Where an annotation stands: its type as written, its scope, and where its string is."""

    def __init__(self, at: UnboundType, analyser: Any, scope: Scope, text: Context) -> None:
        self.at = at
        self.analyser = analyser
        self.scope = scope
        self._text = text

    def fail(self, error: TlError, shown: str) -> None:
        """Report a fault of the annotation at its string."""
        detail = error.got or shown
        text = on_one_line(f"{error.rule} ({detail})")
        self.analyser.fail(text, self._text, code=code("tensor-annotation"))

    def say_lost(self, axis: str) -> None:
        """Report an axis that only Python can evaluate."""
        text = on_one_line(f'The shape is lost: the axis "{axis}" is evaluated when the program runs')
        self.analyser.fail(text, self._text, code=code("tensor-shape-lost"))

    def lookup(self, fullname: str) -> SymbolNode | None:
        """What a full name stands for."""
        symbol = self.analyser.api.lookup_fully_qualified_or_none(fullname)
        return None if symbol is None else symbol.node


def _is_array(t: Instance) -> bool:
    return t.type.fullname in ARRAYS


def _is_foreign(t: ProperType) -> bool:
    """Whether a type is of values whose shapes are not carried: jax's arrays."""
    return isinstance(t, Instance) and not _is_array(t) and t.type.fullname not in PYTHON_NUMBERS


def _of_lost_shape(base: ProperType, site: _Site) -> Type:
    """The type without a shape, of which nothing needs to be said any more."""
    if not isinstance(base, Instance) or not _is_array(base):
        return base
    return replace(_encoder(site.analyser), unknown=LOST).array(base.type, array_dtype(base), UNKNOWN_SHAPE)


def _encoder(analyser: Any) -> Encoder:
    tree = analyser.api.cur_mod_node
    found = encoder_of_file(tree)
    if found is None:
        ints, tuples = analyser.named_type("builtins.int", []), analyser.named_type("builtins.tuple", [any_type()])
        found = keep_encoder(tree, Encoder(ints, tuples))
    return found


def bind_axes(function: FuncDef, encoder: Encoder) -> None:
    """Add the axes of a signature to the type variables of its function, for mypy's own checks of generic functions."""
    signature = function.type
    if not isinstance(signature, CallableType):
        return
    signature.arg_types = own_of_parameters(signature, function.fullname, encoder)
    of_outer = frozenset(outer_names(function).values())
    have = {variable.id for variable in signature.variables}
    bounded: dict[Any, TypeVarType] = {}
    parts = (*signature.arg_types, signature.ret_type)
    for part in parts if signature.variables else ():
        bounded.update((variable.id, variable) for variable in variables_in(part))
    dims = own_dims_of(parts, function.fullname, encoder, of_outer)
    new = [encoder.variable(variable) for variable in dims if variable.id not in have]
    old = [
        bounded.get(variable.id, variable)
        if isinstance(variable, TypeVarType) and belongs_to_user(variable)
        else variable
        for variable in signature.variables
    ]
    signature.variables = (*old, *new)


def _mark_file(tree: MypyFile, errors: Any) -> None:
    in_expressions = may_write(errors, tree, ":=")  # as few files do; to look into every expression takes long
    mark_blocks(tree.defs, functools.partial(_mark, assigns_in_expressions=in_expressions))
    mark_rounds(tree.defs)


def _mark(block: Block, function: FuncDef | None, *, assigns_in_expressions: bool) -> None:
    assign_at_once(block)
    mark_conditions(block, function)
    mark_settled(block)
    mark_places(block, function)
    if assigns_in_expressions:
        mark_comprehensions(block)
    if function is not None and block is function.body and not binds_each_once(function):
        mark_reassigned(block, function)
        mark_given(block, function)
        mark_objects(block, function)
    if function is not None:
        mark_filled(block)
    mark_fields(block, function)
    if function is not None and reports_losses() and has_broadcast(function):
        mark_joined(block)
    mark_rounds(block.body)


# -- where an annotation stands


def _around(at: UnboundType, analyser: Any) -> list[Written]:
    tree, modules = analyser.api.cur_mod_node, analyser.api.modules
    if tree.is_stub or not imports_jaxtyping(tree):
        return []
    return annotations_around(tree, at.line, at.column, lambda name: dtype_name(name, tree, modules))


def _scope(analyser: Any, at: UnboundType) -> Scope:
    semantic = analyser.api
    function = semantic.scope.functions[-1] if semantic.scope.functions else None
    if isinstance(function, FuncDef):
        in_body = bool(semantic.function_stack) and semantic.function_stack[-1] is function
        of_result = not in_body and in_result(function, at)
        place = (analyser.tvar_scope, function, semantic.type, in_body, of_result)
        known = _last_scope.get(place)
        if known is not None:
            return known
        if _namespace(analyser) == function.fullname:
            around = [outer for outer in semantic.scope.functions if isinstance(outer, FuncDef)]
            found = _scope_in(around, analyser)._replace(in_body=in_body, in_result=of_result, owner=semantic.type)
            _last_scope.clear()
            _last_scope[place] = found
            return found
    owner: TypeInfo | None = semantic.type
    if owner is not None and _namespace(analyser) in (owner.fullname, "", semantic.cur_mod_node.fullname):
        return Scope(owner.fullname, owner=owner)
    tuples = None if function is not None or owner is not None else named_tuple_at(semantic.cur_mod_node, at.line)
    return Scope("") if tuples is None else Scope(f"{semantic.cur_mod_id}.{tuples.name}", fields=tuples.defs)


def _is_jaxtyping(semantic: Any) -> Callable[[str], bool]:
    """Whether a name that the file writes is one of jaxtyping's."""
    tree, modules = semantic.cur_mod_node, semantic.modules
    return lambda name: dtype_name(name, tree, modules) is not None


def _written_names(semantic: Any) -> WrittenNames:
    """What the file means by the names in its annotations."""

    def lookup(at: UnboundType) -> SymbolNode | None:
        symbol = semantic.lookup_qualified(at.name, at, suppress_errors=True)
        return None if symbol is None else symbol.node

    return WrittenNames(_is_jaxtyping(semantic), lookup)


def _scope_in(around: list[FuncDef], analyser: Any) -> Scope:
    """The scope of the last of several functions, each of which is inside the one before."""
    function = around[-1]
    if len(around) == 1:
        return Scope(function.fullname, function)
    outer = _scope_in(around[:-1], analyser)
    names = note_outer_names(function, around[-2], outer.atom, _written_names(analyser.api))
    return Scope(function.fullname, function, local=True, outer=names)


_last_scope: dict[tuple[Any, ...], Scope] = {}
"""The scope that was made last: it is asked for at each annotation of a function."""


def _namespace(analyser: Any) -> str:
    frame = analyser.tvar_scope
    while frame is not None and not frame.namespace:
        frame = frame.parent
    return (frame.namespace if frame is not None else "").partition("#")[0]


def _text(argument: Type, analyser: Any) -> str | None:
    """The shape string: written here, or a constant (`SHAPE: Final = "n m"`)."""
    if isinstance(argument, RawExpressionType):
        return argument.literal_value if isinstance(argument.literal_value, str) else None
    if not isinstance(argument, UnboundType):
        return None
    if argument.original_str_expr is not None:
        return argument.original_str_expr
    symbol = analyser.api.lookup_qualified(argument.name, argument, suppress_errors=True)
    constant = symbol.node.final_value if symbol is not None and isinstance(symbol.node, Var) else None
    return constant if isinstance(constant, str) else None
