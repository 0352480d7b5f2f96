"""What each hook gives: for calls of operations and of functions, for attributes, for markers."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable
from typing import Any

from mypy.nodes import CallExpr, IndexExpr, MemberExpr, RefExpr
from mypy.types import AnyType, FunctionLike, Instance, TupleType, Type, UnpackType, get_proper_type

from tl_checker.shapes.annotations.axes import (
    changes,
    dims_in,
    has_axes,
    is_computed,
    mentions_shapes,
    names_in,
    names_of,
    names_of_callables,
    scope_of,
    shared_axes,
    value_of_attribute,
)
from tl_checker.shapes.annotations.element_types import is_open_scalar
from tl_checker.shapes.annotations.encoding import Encoder, as_array, encoder_of, members_of
from tl_checker.shapes.annotations.fields import value_of_field
from tl_checker.shapes.annotations.promises import keep_promises
from tl_checker.shapes.calls.caches import cached, cached_call
from tl_checker.shapes.calls.calls import Calls
from tl_checker.shapes.calls.entry_points import EntryPoints, carrying, derived_signature
from tl_checker.shapes.calls.models import Models, parameter_type
from tl_checker.shapes.calls.partials import partial_called, partial_made
from tl_checker.shapes.facts.conditions import Condition, NamedCondition
from tl_checker.shapes.facts.reading import ConditionReader
from tl_checker.shapes.facts.values import known_shape
from tl_checker.shapes.host.internals import enclosing_names, is_refused, notice, refuse, uses_shapes
from tl_checker.shapes.host.markers import meaning_of
from tl_checker.shapes.libraries.libraries import Form
from tl_checker.shapes.libraries.library_calls import LibraryCalls, concerns_shapes, undescribed
from tl_checker.shapes.libraries.library_index import Libraries
from tl_checker.shapes.libraries.overloads import Overloads
from tl_checker.shapes.messages.report import fail, watch
from tl_checker.shapes.objects.bound_methods import lose_methods
from tl_checker.shapes.objects.inferred_fields import is_one_of_several, is_unwritten, of_its_kind
from tl_checker.shapes.objects.iterated_objects import without_axes_of_classes
from tl_checker.shapes.objects.local_objects import Renewed, forget_objects
from tl_checker.shapes.objects.receivers import call_signature, instance_of
from tl_checker.shapes.objects.replacing import replaced, replaces, taking_fields
from tl_checker.shapes.operations.containers import out_of_containers, taking_ints
from tl_checker.shapes.operations.conversions import as_numpy, as_tensor
from tl_checker.shapes.operations.integers import Integers
from tl_checker.shapes.operations.iteration import SUM, items_result, lose_items, row_of, sum_of_sizes, sum_result
from tl_checker.shapes.operations.open_sizes import lose_first_axis, lose_read_sizes
from tl_checker.shapes.operations.operations import Operations
from tl_checker.shapes.signatures.matching import Erasure, Substitution
from tl_checker.shapes.statements.asserted import assert_shape
from tl_checker.shapes.statements.captured import Changed, ChangedInside, lose_changed, lose_changed_inside
from tl_checker.shapes.statements.declared_places import Place, arrives, comes, place_of
from tl_checker.shapes.statements.filled import Filled, keep_filled
from tl_checker.shapes.statements.joined import Joined, lose_given, lose_joined, lose_stored
from tl_checker.shapes.statements.narrowing import Narrowing
from tl_checker.shapes.statements.other_objects import (
    Begun,
    FieldGiven,
    Given,
    OneOf,
    Rejoined,
    begin,
    forget_rejoined,
    lose_field,
    lose_one_of,
    lose_other_objects,
    lose_stored_objects,
)
from tl_checker.shapes.statements.reassigned import Again, forget_declarations
from tl_checker.shapes.statements.rounds import Entered, Left, Round, begin_round, enter, leave
from tl_checker.shapes.statements.settled import Settled, settle_shapes
from tl_dsl.dims import atoms, substitute
from tl_dsl.errors import ShapeError


def _hook(method: Callable[..., Type]) -> Callable[..., Type]:
    """A hook in a function, which may promise something of its sizes; its last argument is mypy's context."""

    @functools.wraps(method)
    def hook(self: Answers, *arguments: Any) -> Type:
        ctx = arguments[-1]
        notice(ctx.api)
        keep_promises(ctx.api)
        found = method(self, *arguments)
        if isinstance(ctx.context, CallExpr) and hasattr(ctx, "arg_types"):
            found = without_axes_of_classes(found, ctx, self.encoder(ctx.api))
            found = out_of_containers(found, ctx, self.encoder(ctx.api))
        if (place := place_of(ctx.context)) is not None and not is_refused(ctx.api):
            arrives(place, ctx, found)
        return found

    return hook


def _foreign_names(declared: Type, ctx: Any) -> frozenset[str]:
    """The axes of a field that belong to a function which does not enclose this place, such as ``__init__``.

    The object keeps no word of what they were, so they are unknown here.
    """
    names = {name for dim in dims_in(declared) for name in names_in(dim)} - names_of_callables(declared)
    receiver = instance_of(ctx.type)
    classes = {base.fullname for base in receiver.type.mro} if receiver is not None else set()
    around = enclosing_names(ctx.api)
    return frozenset(name for name in names if scope_of(name.lstrip("*")) not in classes | around)


class Answers:
    """The hooks; which one a name has is for `Checking` to say."""

    def __init__(self, libraries: Libraries) -> None:
        self.libraries = libraries
        self.calls = Calls()
        self.overloads = Overloads()

    def signature(self, ctx: Any) -> FunctionLike:
        """Before a call."""
        notice(ctx.api)
        watch(ctx.api)
        return self.calls.signature(ctx, self.encoder(ctx.api))

    def taking_ints(self, ctx: Any) -> FunctionLike:
        """Before a call of a method of a list, a set or a dictionary."""
        lose_stored(ctx)
        lose_stored_objects(ctx)
        return taking_ints(ctx, self.encoder(ctx.api))

    def taking_fields(self, ctx: Any) -> FunctionLike:
        """Before a call of a method, or of a function, named `replace`."""
        owner = getattr(ctx, "type", None)
        found = taking_fields(ctx, self.encoder(ctx.api)) if owner is not None and replaces(owner, "replace") else None
        return self.signature(ctx) if found is None else found

    @_hook
    def result(self, ctx: Any) -> Type:
        """After a call."""
        return self.calls.result(ctx, self.encoder(ctx.api))

    @_hook
    def _operation(self, op: Any, ctx: Any) -> Type:
        watch(ctx.api)
        return Operations(ctx.api).function(op, ctx)

    @_hook
    def _tensor_method(self, found: Any, ctx: Any) -> Type:
        watch(ctx.api)
        return Operations(ctx.api).method(found[0], found[1], ctx)

    def _library_signature(self, name: str, ctx: Any) -> FunctionLike:
        """Before a call of a library's function."""
        if not uses_shapes(ctx.api):
            return ctx.default_signature  # type: ignore[no-any-return]
        watch(ctx.api)
        return self.overloads.signature(name, ctx)

    @_hook
    def _library_call(self, name: str, forms: list[Form], is_method: bool, ctx: Any) -> Type:
        through_class = is_method and isinstance(get_proper_type(ctx.type), FunctionLike)
        receiver = ctx.type if is_method and not through_class else None  # `np.ndarray.sum(x)`
        if not concerns_shapes(ctx, receiver):
            return ctx.default_return_type  # type: ignore[no-any-return]
        watch(ctx.api)
        called = getattr(getattr(ctx.context, "callee", None), "fullname", None)
        calls = LibraryCalls(ctx, called or forms[0].name if name.endswith(".__call__") else name)
        result = calls.call(forms, receiver)
        if calls.is_judged:
            self.overloads.note(name, ctx, ctx.default_return_type, result)
        return result

    def _library_object(self, name: str, ctx: Any) -> Type:
        forms = self.libraries.forms(getattr(getattr(ctx.context, "callee", None), "fullname", None) or "")
        if forms is None:
            return undescribed(ctx, name.removesuffix(".__call__"), ctx.default_return_type)
        return self._library_call(name, forms, False, ctx)

    @_hook
    def _undescribed(self, name: str, ctx: Any) -> Type:
        """After a call of a library's function that no shape file describes."""
        watch(ctx.api)
        return undescribed(ctx, name, self.calls.result(ctx, self.encoder(ctx.api)))

    def _method_of_object(self, name: str, ctx: Any) -> Type:
        """A method that depends on the object: `np.add.outer(x, y)`, `np.r_[x, y]`."""
        match ctx.context:
            case CallExpr(callee=MemberExpr(expr=RefExpr(fullname=owner))) | IndexExpr(base=RefExpr(fullname=owner)):
                forms = self.libraries.forms(f"{owner}.{name}")
                if forms is not None:
                    return self._library_call(forms[0].name, forms, False, ctx)
        return ctx.default_return_type  # type: ignore[no-any-return]

    @_hook
    def from_numpy(self, ctx: Any) -> Type:
        """`tl.tensor(array)`, whose shape is that of `np.array(array)`."""
        watch(ctx.api)
        forms = self.libraries.forms("numpy.array")
        found = None if forms is None else as_tensor(LibraryCalls(ctx, "tensor").call(forms), ctx.api)
        return ctx.default_return_type if found is None else found

    @_hook
    def to_numpy(self, ctx: Any) -> Type:
        """`x.numpy()`."""
        return as_numpy(ctx.type, ctx.api) or ctx.default_return_type

    @_hook
    def _library_attribute(self, forms: list[Form], ctx: Any) -> Type:
        # Of a union, mypy asks for each member, and shows us the whole.
        if all(as_array(member) is None for member in members_of(ctx.type)) or not concerns_shapes(ctx, ctx.type):
            return ctx.default_attr_type  # type: ignore[no-any-return]
        watch(ctx.api)
        return LibraryCalls(ctx, forms[0].name).attribute(forms)

    @_hook
    def _property(self, op: Any, ctx: Any) -> Type:
        watch(ctx.api)
        return Operations(ctx.api).attribute(op, ctx)

    @_hook
    def shape(self, ctx: Any) -> Type:
        """`x.shape`: a tuple of sizes that know their axes."""
        shape = known_shape(ctx.type)
        if shape is None:
            return ctx.default_attr_type  # type: ignore[no-any-return]
        lose_read_sizes(ctx.api, ctx.context, ctx.type)
        return Integers(ctx.api, self.encoder(ctx.api)).shape_tuple(shape, ctx.type)

    @_hook
    def item(self, name: str, ctx: Any) -> Type:
        """`np.linalg.eigh(x).eigenvalues`: an item of a library's named tuple."""
        default: Type = ctx.default_attr_type
        owner = get_proper_type(ctx.type)
        fields = owner.partial_fallback.type.metadata.get("namedtuple", {}) if isinstance(owner, TupleType) else {}
        names = fields.get("fields", [])
        return owner.items[names.index(name)] if isinstance(owner, TupleType) and name in names else default

    @_hook
    def size(self, ctx: Any) -> Type:
        """`x.size`."""
        shape = known_shape(ctx.type)
        if shape is None:
            return ctx.default_attr_type  # type: ignore[no-any-return]
        return Integers(ctx.api, self.encoder(ctx.api)).size(shape, ctx.type)

    @_hook
    def read_from(self, name: str, ctx: Any) -> Type:
        """`np.shape(x)`, `np.size(x)`: as `x.shape` and `x.size`; with an axis, numpy's own answer."""
        given = [t for types in ctx.arg_types for t in types]
        shape = known_shape(given[0]) if len(given) == 1 else None
        if shape is None:
            return ctx.default_return_type  # type: ignore[no-any-return]
        integers = Integers(ctx.api, self.encoder(ctx.api))
        if name == "size":
            return integers.size(shape, given[0])
        lose_read_sizes(ctx.api, ctx.context, given[0])
        return integers.shape_tuple(shape, given[0])

    @_hook
    def length(self, ctx: Any) -> Type:
        """`len(x)`."""
        if not ctx.arg_types or not ctx.arg_types[0]:
            return ctx.default_return_type  # type: ignore[no-any-return]
        given = get_proper_type(ctx.arg_types[0][0])
        shape = known_shape(given)
        lose_first_axis(ctx.api, ctx.context, given)
        if shape == () or (isinstance(given, AnyType) and is_open_scalar(given)):
            fail(ctx.api, ctx.context, ShapeError("a tensor without axes has no length", got="len of []"))
        integers = Integers(ctx.api, self.encoder(ctx.api))
        if isinstance(given, TupleType) and not any(isinstance(item, UnpackType) for item in given.items):
            return integers.of(len(given.items))
        return ctx.default_return_type if shape is None else integers.length(shape, given)

    @_hook
    def _entry_point(self, name: str, ctx: Any) -> Type:
        watch(ctx.api)
        return EntryPoints(ctx, self.encoder(ctx.api)).apply(name)

    @_hook
    def _model_entry_point(self, name: str, ctx: Any) -> Type:
        watch(ctx.api)
        return Models(ctx, self.encoder(ctx.api)).entry_point(name)

    @_hook
    def sequential(self, ctx: Any) -> Type:
        """`nn.Sequential(...)`."""
        return Models(ctx, self.encoder(ctx.api)).sequential()

    @_hook
    def sequential_call(self, ctx: Any) -> Type:
        """A call of a Sequential."""
        return Models(ctx, self.encoder(ctx.api)).call()

    @_hook
    def program(self, ctx: Any) -> Type:
        """`tl.compile(f)`, `tl.custom_jvp(f)`: what is made of f keeps its signature."""
        result: Type = ctx.default_return_type
        function = call_signature(ctx.arg_types[0][0], self.encoder(ctx.api)) if ctx.arg_types[0] else None
        proper = get_proper_type(result)
        return carrying(proper, function) if function is not None and isinstance(proper, Instance) else result

    @_hook
    def program_call(self, ctx: Any) -> Type:
        """A call of a program, or of a function with a derivative of its own."""
        signature = derived_signature(ctx.type)
        if signature is None or len(signature.arg_types) != len(ctx.arg_types):
            return ctx.default_return_type  # type: ignore[no-any-return]
        return self.calls.check(ctx, signature, signature.ret_type, self.encoder(ctx.api))

    @_hook
    def cached(self, ctx: Any) -> Type:
        """`functools.cache(f)`."""
        return cached(ctx)

    @_hook
    def cached_call(self, ctx: Any) -> Type:
        """A call of a function whose results are kept."""
        return cached_call(ctx, self.calls, self.encoder(ctx.api))

    @_hook
    def partial(self, ctx: Any) -> Type:
        """`functools.partial(f, x)`."""
        watch(ctx.api)
        return partial_made(ctx, self.calls, self.encoder(ctx.api))

    @_hook
    def partial_call(self, ctx: Any) -> Type:
        """A call of what is left of a function."""
        return partial_called(ctx, self.calls, self.encoder(ctx.api))

    @_hook
    def member_by_member(self, ctx: Any) -> Type:
        """An operator whose right operand is a union: refused, after which mypy tries each member by itself."""
        refuse(ctx.api, ctx.context)
        return ctx.default_return_type  # type: ignore[no-any-return]

    @_hook
    def rows(self, ctx: Any) -> Type:
        """`for row in x`: x without its first axis."""
        result = get_proper_type(ctx.default_return_type)
        if not isinstance(result, Instance) or len(result.args) != 1:
            return ctx.default_return_type  # type: ignore[no-any-return]
        lose_first_axis(ctx.api, ctx.context, ctx.type)
        row = row_of(ctx.type, self.encoder(ctx.api), ctx.api, result.args[0])
        return result if row is None else result.copy_modified(args=[row])

    @_hook
    def items(self, ctx: Any) -> Type:
        """`enumerate(x)`, `zip(x, y)` and their kin."""
        for context, t in zip(itertools.chain(*ctx.args), itertools.chain(*ctx.arg_types), strict=True):
            lose_first_axis(ctx.api, context, t)
        result = items_result(ctx, self.encoder(ctx.api))
        lose_given(ctx, result)
        lose_methods(ctx, result)
        return result

    @_hook
    def of_rows(self, name: str, ctx: Any) -> Type:
        """`map(f, x)`, `functools.reduce(f, x)`, `itertools.chain(x, y)`."""
        lose_items(ctx, name)
        return self.calls.result(ctx, self.encoder(ctx.api))

    @_hook
    def sum(self, ctx: Any) -> Type:
        """`sum(xs)`."""
        watch(ctx.api)
        integers = Integers(ctx.api, self.encoder(ctx.api))
        found = sum_result(ctx, self.encoder(ctx.api))
        return sum_of_sizes(ctx, integers.function(SUM, ctx)) if found is None else integers.computed(found)

    @_hook
    def root(self, ctx: Any) -> Type:
        """`n ** 0.5`: a float, where mypy says Any and loses what is divided by it."""
        return Integers(ctx.api, self.encoder(ctx.api)).root(ctx)

    @_hook
    def power(self, ctx: Any) -> Type:
        """`2**n`: a float beside arrays of these, where mypy says Any and loses what is divided by it."""
        return Integers(ctx.api, self.encoder(ctx.api)).power(ctx)

    @_hook
    def _int_function(self, name: str, ctx: Any) -> Type:
        integers = Integers(ctx.api, self.encoder(ctx.api))
        found = integers.function(name, ctx)
        found = integers.computed(found) if name == "builtins.abs" else found
        lose_given(ctx, found)
        lose_methods(ctx, found)
        return found

    @_hook
    def _int_operator(self, operator: Any, ctx: Any) -> Type:
        return Integers(ctx.api, self.encoder(ctx.api)).operator(operator, ctx)

    @_hook
    def replaced(self, ctx: Any) -> Type:
        """`dataclasses.replace(...)`."""
        watch(ctx.api)
        return replaced(ctx, self.encoder(ctx.api), self.calls.receivers)

    def _replaced_by(self, name: str, ctx: Any) -> Type:
        return self.replaced(ctx) if replaces(ctx.type, name) else self.result(ctx)

    @_hook
    def asserted(self, ctx: Any) -> Type:
        """`tl.assert_shape(x, "n 4")`."""
        return assert_shape(ctx, self.encoder(ctx.api))

    @_hook
    def marker(self, ctx: Any) -> Type:
        """What a condition says holds from here on; what a variable holds that is returned, or was assigned to."""
        meaning = meaning_of(ctx.context)
        if isinstance(meaning, Condition):
            Narrowing(ctx.api, self.encoder(ctx.api)).note(meaning)
        elif isinstance(meaning, NamedCondition):
            ConditionReader(ctx.api).keep_named(meaning)
        elif isinstance(meaning, Settled):
            settle_shapes(ctx.api, meaning, self.encoder(ctx.api))
        elif isinstance(meaning, Place):
            watch(ctx.api)
            comes(meaning, ctx)
        elif isinstance(meaning, Again):
            forget_declarations(ctx.api, meaning)
        elif isinstance(meaning, Changed):
            watch(ctx.api)
            lose_changed(ctx.api, meaning)
        elif isinstance(meaning, ChangedInside):
            watch(ctx.api)
            lose_changed_inside(ctx.api, meaning)
        elif isinstance(meaning, Joined):
            watch(ctx.api)
            lose_joined(ctx.api, meaning)
        elif isinstance(meaning, Entered):
            enter(ctx.api, meaning)
        elif isinstance(meaning, Round):
            watch(ctx.api)
            begin_round(ctx.api, meaning, self.encoder(ctx.api))
        elif isinstance(meaning, Left):
            leave(ctx.api, meaning, self.encoder(ctx.api))
        elif isinstance(meaning, Given):
            watch(ctx.api)
            lose_other_objects(ctx.api, meaning)
        elif isinstance(meaning, Begun):
            begin(ctx.api, meaning)
        elif isinstance(meaning, Rejoined):
            forget_rejoined(ctx.api, meaning)
        elif isinstance(meaning, OneOf):
            watch(ctx.api)
            lose_one_of(ctx.api, meaning)
        elif isinstance(meaning, FieldGiven):
            watch(ctx.api)
            lose_field(ctx.api, meaning)
        elif isinstance(meaning, Filled):
            keep_filled(ctx.api, meaning, self.encoder(ctx.api))
        elif isinstance(meaning, Renewed):
            forget_objects(ctx.api, meaning, self.encoder(ctx.api))
        return ctx.default_attr_type  # type: ignore[no-any-return]

    @_hook
    def field(self, ctx: Any) -> Type:
        """A field of an object: its class's axes become this object's."""
        declared: Type = ctx.default_attr_type
        owner = instance_of(ctx.type)
        if owner is None:
            return declared
        encoder = self.encoder(ctx.api)
        if not mentions_shapes(declared):
            return self._size_field(ctx, owner, declared, encoder)
        watch(ctx.api)
        given_from_outside = ctx.is_lvalue and not self.calls.receivers.is_self(ctx)
        if ctx.is_lvalue and is_unwritten(owner, ctx.context):
            declared = of_its_kind(declared, ctx.api, encoder)
            if given_from_outside:
                return declared.accept(Erasure(encoder))
        if is_one_of_several(owner, ctx.context, declared):
            return declared.accept(Erasure(encoder))
        names = names_of(declared, owner.type)
        if ctx.is_lvalue and self.calls.receivers.is_self(ctx) and changes(owner.type, ctx.context):
            lasting = frozenset(name for name in names if "{" in name)  # the values that the object keeps do not change
            return declared.accept(Substitution({}, {}, encoder, names - lasting))
        if given_from_outside:
            declared = declared.accept(Substitution({}, {}, encoder, names - shared_axes(owner.type, ctx.context)))
        axes, runs = self.calls.receivers.axes(ctx.type, ctx, names)
        new = declared.accept(Substitution(axes, runs, encoder)) if axes or runs else declared
        foreign = _foreign_names(new, ctx)
        return new.accept(Substitution({}, {}, encoder, foreign)) if foreign else new

    def _size_field(self, ctx: Any, owner: Instance, declared: Type, encoder: Encoder) -> Type:
        """An int that the constructor kept: `layer.width`."""
        t = get_proper_type(declared)
        if (
            ctx.is_lvalue
            or not isinstance(t, Instance)
            or t.type.fullname != "builtins.int"
            or not has_axes(owner.type)
        ):
            return declared
        name = getattr(ctx.context, "name", "")
        value = value_of_attribute(owner.type, name)
        if is_computed(owner.type, name) and value == value_of_field(owner.type, name):
            return declared  # a property, of which nothing is known
        if value is None or self.calls.receivers.is_self(ctx):
            return declared
        axes, _ = self.calls.receivers.axes(ctx.type, ctx, atoms(value))
        try:
            return Integers(ctx.api, encoder).of(substitute(value, axes))
        except ZeroDivisionError:  # `self.n // self.k`, of an object whose k is 0
            return declared

    @_hook
    def _parameter(self, name: str, ctx: Any) -> Type:
        return parameter_type(ctx.type, name, self.encoder(ctx.api)) or ctx.default_attr_type

    def encoder(self, api: Any) -> Encoder:
        """Writes shapes into this run's types."""
        return encoder_of(api)
