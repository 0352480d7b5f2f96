"""Matching mypy's types: the parameters of a signature with the arguments of a call, wherever they hold Tensors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from mypy.maptype import map_instance_to_supertype
from mypy.type_visitor import TypeTranslator
from mypy.types import (
    AnyType,
    CallableType,
    ExtraAttrs,
    Instance,
    LiteralType,
    NoneType,
    TupleType,
    Type,
    TypeAliasType,
    TypeVarLikeType,
    TypeVarType,
    UninhabitedType,
    UnionType,
    UnpackType,
    get_proper_type,
)

from tl_checker.shapes.annotations.axes import (
    AXIS,
    axes_of_object,
    dims_in,
    names_in,
    names_of_parameters,
    protocol_mentions_shapes,
    scope_of,
)
from tl_checker.shapes.annotations.element_types import dtype_class
from tl_checker.shapes.annotations.encoding import (
    ARRAYS,
    LOST,
    OPEN,
    SYMINT,
    Encoder,
    any_type,
    array_dtype,
    array_shape,
    as_array,
    decode_axis,
    dtype_of,
    is_dim,
    is_int_variable,
    shape_of,
)
from tl_checker.shapes.annotations.type_text import readable
from tl_checker.shapes.messages.losses import lost_before
from tl_checker.shapes.signatures.protocols import free_names, int_variable_name, protocol_methods
from tl_checker.shapes.sizes.unify import Bindings, substitute_shape
from tl_dsl.dims import UNKNOWN, Axis, Dim, substitute
from tl_dsl.errors import ShapeError
from tl_dsl.shapes import Shape, Star, is_nameless, show_shape

Recheck = Callable[[list[Type]], CallableType | None]
"""Gives the type of a function for the types of its arguments."""


_PLAIN: Final = frozenset(f"builtins.{name}" for name in ("int", "float", "bool", "complex", "str", "bytes"))


class Matcher:
    """Matches types, and leaves what the axes are in `bindings`. Functions are matched last, by `finish`."""

    def __init__(self, bindings: Bindings, encoder: Encoder) -> None:
        self.bindings = bindings
        self._encoder = encoder
        self._functions: list[tuple[CallableType, CallableType, str, Recheck | None]] = []

    def match(self, wanted: Type, got: Type, where: str, recheck: Recheck | None = None) -> None:
        """Match one parameter with one argument; a function may be checked again when its parameters are known."""
        wanted, got = get_proper_type(wanted), get_proper_type(got)
        if isinstance(wanted, UnionType):
            self._wanted_union(wanted, got, where)
        elif isinstance(got, UnionType):
            self._got_union(wanted, got, where)
        elif isinstance(got, AnyType):
            if dims_in(wanted) and not lost_before(got):
                self.bindings.leave(where, "Any", readable(str(wanted)))
        elif (shape := shape_of(wanted)) is not None:
            given = shape_of(got)
            if given is not None:
                before = None if not lost_before(got) else dict(self.bindings.undecided)
                self.bindings.shape(shape, given, where)
                self.bindings.undecided = self.bindings.undecided if before is None else before
        elif isinstance(wanted, Instance) and wanted.type.is_protocol and protocol_mentions_shapes(wanted.type):
            self._functions += [(x, y, f"{name} of {where}", None) for name, x, y in protocol_methods(wanted, got)]
        elif isinstance(wanted, CallableType):
            if isinstance(got, CallableType):
                self._functions.append((wanted, got, where, recheck))
        elif isinstance(wanted, TupleType) and isinstance(got, TupleType):
            if len(wanted.items) == len(got.items):
                for x, y in zip(wanted.items, got.items, strict=True):
                    self.match(x, y, where)
        elif isinstance(wanted, Instance) and isinstance(got, TupleType):
            for item in got.items if len(wanted.args) == 1 else ():
                if not isinstance(item, UnpackType):
                    self.match(wanted.args[0], item, where)
        elif isinstance(wanted, Instance) and isinstance(got, Instance):
            self._instances(wanted, got, where)

    def _instances(self, wanted: Instance, got: Instance, where: str) -> None:
        if wanted.args and got.type.has_base(wanted.type.fullname):
            mapped = map_instance_to_supertype(got, wanted.type)
            variables = wanted.type.defn.type_vars
            for variable, x, y in zip(variables, wanted.args, mapped.args, strict=False):
                if is_int_variable(variable):
                    self.bindings.shape((decode_axis(x),), (decode_axis(y),), f"the {variable.name} of {where}")
                else:
                    self.match(x, y, where)

    def _wanted_union(self, wanted: UnionType, got: Type, where: str) -> None:
        """Exactly one member takes arrays of this shape: it is the one; none is an error; else nothing is known."""
        shape = shape_of(got)
        takers = arrays = [member for member in wanted.items if shape_of(member) is not None]
        if shape is not None:
            if len(arrays) > 1:
                takers = [member for member in arrays if self._fits(member, got, shape, where)]
            if arrays and not takers and all(shape_of(m) is not None or _is_plain(m) for m in wanted.items):
                members = " | ".join(readable(str(member)) for member in arrays)
                rule = f"{where} fits no member of {members}"
                bindings = self.bindings.bindings()
                self.bindings.errors.append(ShapeError(rule, got=readable(str(got)), bindings=bindings))
            elif len(takers) == 1:
                self.match(takers[0], got, where)
            elif takers:
                self.bindings.leave(where, show_shape(shape), readable(str(wanted)))
        elif isinstance(got := get_proper_type(got), UnionType):
            for member in got.items:
                self._wanted_union(wanted, member, where)
        else:
            for member in wanted.items:
                if shape_of(member) is None:
                    self.match(member, got, where)

    def _fits(self, wanted: Type, given: Type, got: Shape, where: str) -> bool:
        array, other = as_array(wanted), as_array(given)
        if array is None or other is None or array.type is not other.type:
            return False
        elements, others = dtype_class(dtype_of(wanted)), dtype_class(dtype_of(given))
        if not (issubclass(elements, others) or issubclass(others, elements)):
            return False
        trial = self.bindings.trial(self.bindings.runs)
        trial.shape(shape_of(wanted) or (), got, where)
        trial.solve()
        return not trial.errors

    def _got_union(self, wanted: Type, got: UnionType, where: str) -> None:
        """Each alternative has to fit by itself; after that, only what they agree on is known."""
        shape = shape_of(wanted)
        shapes = [found for member in got.items if (found := shape_of(member)) is not None]
        if shape is None or len(shapes) != len(got.items):
            return
        for given in shapes:
            trial = self.bindings.trial(self.bindings.runs)
            trial.shape(shape, given, where)
            trial.solve()
            self.bindings.errors += trial.errors
            self.bindings.undecided.update(trial.undecided)
        if len({len(given) for given in shapes}) == 1 and not any(
            is_nameless(axis) for given in shapes for axis in given
        ):
            agreed: list[Axis | Star] = [
                axes[0] if all(axis == axes[0] for axis in axes) else UNKNOWN for axes in zip(*shapes, strict=True)
            ]
            if not any(isinstance(axis, Star) for axis in agreed):
                before = len(self.bindings.errors)
                undecided = dict(self.bindings.undecided)
                self.bindings.shape(shape, tuple(agreed), where)
                self.bindings.undecided = undecided
                del self.bindings.errors[before:]

    def finish(self) -> None:
        """Match functions given as arguments, now that the axes of the other arguments are known."""
        self.bindings.solve()
        for wanted, got, where, recheck in self._functions:
            if recheck is None and self._holds_for_all(wanted, got, where):
                continue
            given = [t.accept(self._known({})) for t in wanted.arg_types]
            again = recheck(given) if recheck is not None else None
            self._function(wanted, got if again is None else again, given, where)
        self.bindings.solve(last=True)

    def _function(self, wanted: CallableType, got: CallableType, parameters: list[Type], where: str) -> None:
        """The function given holds for all its own axes: fit its parameters to what it will be called with."""
        own = self._applied(got, parameters, where)
        self.bindings.errors += own.errors
        self.bindings.undecided.update(own.undecided)
        result = got.ret_type.accept(Substitution(own.axes, own.runs, self._encoder, own.free))
        self.match(wanted.ret_type, result, f"the result of {where}")

    def _applied(self, got: CallableType, parameters: list[Type], where: str) -> Bindings:
        own = Bindings(free_names(got), facts=self.bindings.facts)
        inner = Matcher(own, self._encoder)
        for x, given in zip(got.arg_types, parameters, strict=False):
            inner.match(x, given, f"the parameter of {where}")
        inner.finish()
        return own

    def _holds_for_all(self, wanted: CallableType, got: CallableType, where: str) -> bool:
        """Match a function that takes all the sizes which the parameter has for itself; one for some is left."""
        own = {name for name in names_of_parameters(wanted) if name not in self.bindings.axes and name[0] != "*"}
        if not own:
            return False
        axes: dict[str, Axis] = {name: Dim.name(name.rpartition(":")[2], scope_of(name)) for name in own}
        parameters = [t.accept(self._known(axes)) for t in wanted.arg_types]
        if self._applied(got, parameters, where).errors:
            return False
        self.bindings.axes.update(axes)
        self._function(wanted, got, parameters, where)
        return True

    def _known(self, more: dict[str, Axis]) -> Substitution:
        now = self.bindings
        return Substitution({**now.axes, **more}, now.runs, self._encoder, now.free)


def _is_plain(t: Type) -> bool:
    """Whether a member of a union surely takes no array."""
    t = get_proper_type(t)
    return isinstance(t, NoneType) or (isinstance(t, Instance) and t.type.fullname in _PLAIN)


class Substitution(TypeTranslator):
    """Puts sizes in the place of axes, in a whole type. Names in `forgotten` that have no value become unknown.

    `sizes` are those of axes that are more than a name.
    """

    def __init__(
        self,
        axes: Mapping[str, Axis],
        runs: Mapping[str, Shape],
        encoder: Encoder,
        forgotten: frozenset[str] = frozenset(),
        sizes: Mapping[Dim, Axis] | None = None,
    ) -> None:
        super().__init__()
        self._sizes = sizes or {}
        unknown: dict[str, Axis] = {name: UNKNOWN for name in forgotten if not name.startswith("*")}
        self._axes = {**unknown, **axes}
        self._runs = {**{name: (Star(),) for name in forgotten if name.startswith("*")}, **runs}
        self._encoder = encoder

    def visit_type_var(self, t: TypeVarType) -> Type:
        if not is_dim(t):
            if is_int_variable(t) and (name := int_variable_name(t)) in self._axes:
                return self._encoder.size(self._axes[name])
            return t
        try:
            return self._encoder.axis(substitute(decode_axis(t), self._axes))
        except ZeroDivisionError:
            return any_type()

    def visit_type_alias_type(self, t: TypeAliasType) -> Type:
        return get_proper_type(t).accept(self)

    def visit_instance(self, t: Instance) -> Type:
        if t.type.fullname not in ARRAYS:
            changed = super().visit_instance(t)
            if (kept := axes_of_object(t)) and isinstance(changed, Instance) and t.extra_attrs is not None:
                values = {AXIS + name: value.accept(self) for name, value in kept.items()}
                changed.extra_attrs = ExtraAttrs(t.extra_attrs.attrs | values, None, t.extra_attrs.mod_name)
            return changed
        array = t
        if any([isinstance(get_proper_type(a), UninhabitedType) for a in t.args]):
            arguments = [AnyType(OPEN) if isinstance(get_proper_type(a), UninhabitedType) else a for a in t.args]
            array = t.copy_modified(args=arguments)
        shape = substitute_shape(array_shape(array), self._axes, self._runs) if not self._sizes else self._put(array)
        encoder = replace(self._encoder, unknown=LOST) if lost_before(t) else self._encoder
        return encoder.array(t.type, array_dtype(array), shape)

    def _put(self, array: Instance) -> Shape:
        put: list[Axis | Star] = []
        for axis in array_shape(array):
            size = self._sizes.get(axis) if isinstance(axis, Dim) else None
            put += substitute_shape((axis,), self._axes, self._runs) if size is None else (size,)
        return tuple(put)

    def visit_tuple_type(self, t: TupleType) -> Type:
        if not any(isinstance(item, UnpackType) for item in t.items):
            return super().visit_tuple_type(t)
        return t

    def visit_callable_type(self, t: CallableType) -> Type:
        changed = super().visit_callable_type(t)
        if isinstance(changed, CallableType):
            free = free_names(changed)
            gone = self._axes.keys() | self._runs.keys()
            keep = [v for v in changed.variables if not (is_dim(v) and names_in(v) <= gone)]  # type: ignore[arg-type]
            return changed.copy_modified(variables=keep) if free & gone else changed
        return changed


class Erasure(TypeTranslator):
    """Forgets the axes in the types of parameters, so that mypy's own check says nothing about them."""

    def __init__(self, encoder: Encoder) -> None:
        super().__init__()
        self._encoder = encoder

    def visit_type_var(self, t: TypeVarType) -> Type:
        return any_type() if is_dim(t) else t

    def variable(self, t: TypeVarLikeType) -> TypeVarLikeType:
        """A type variable of the user, bound by arrays of any shape where it was bound by arrays of one."""
        if not isinstance(t, TypeVarType):
            return t
        bound, values = t.upper_bound.accept(self), [value.accept(self) for value in t.values]
        return t.copy_modified(upper_bound=bound, values=values)

    def visit_literal_type(self, t: LiteralType) -> Type:
        return t

    def visit_type_alias_type(self, t: TypeAliasType) -> Type:
        return get_proper_type(t).accept(self)

    def visit_instance(self, t: Instance) -> Type:
        if t.type.fullname in ARRAYS:
            return self._encoder.array(t.type, array_dtype(t), (Star(),))
        if t.type.fullname == SYMINT:
            return self._encoder.int_type
        if t.type.is_protocol and protocol_mentions_shapes(t.type):
            return any_type()  # mypy would ask for a method that takes every size
        erased = super().visit_instance(t)
        if axes_of_object(t) and isinstance(erased, Instance):
            erased.extra_attrs = None
        variables = t.type.defn.type_vars
        if isinstance(erased, Instance) and any(map(is_int_variable, variables)) and len(variables) == len(t.args):
            sizes = [any_type() if is_int_variable(v) else a for v, a in zip(variables, erased.args, strict=True)]
            return erased.copy_modified(args=sizes)
        return erased

    def visit_callable_type(self, t: CallableType) -> Type:
        changed = super().visit_callable_type(t)
        if isinstance(changed, CallableType):
            return changed.copy_modified(variables=[v for v in changed.variables if not is_dim(v)])
        return changed
