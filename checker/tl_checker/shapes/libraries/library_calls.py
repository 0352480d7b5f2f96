"""Calls of the functions that shape files describe, numpy's first.

numpy says the type of a function once for all sizes, with many overloads; only the shape, and where it follows from the
arguments the element type, are written here. What is not in a file is left as the library's own types say.
"""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, TypeAlias

from mypy.nodes import ARG_POS, ListExpr, TupleExpr
from mypy.typeops import make_simplified_union
from mypy.types import AnyType, Instance, NoneType, Overloaded, TupleType, Type, get_proper_type

from tl_checker.shapes.annotations.element_types import (
    dtype_class,
    element_type,
    is_open_scalar,
    scalar_of,
)
from tl_checker.shapes.annotations.encoding import (
    LOST,
    NDARRAY,
    any_type,
    array_dtype,
    array_shape,
    as_array,
    encoder_of,
)
from tl_checker.shapes.annotations.promotion import promoted
from tl_checker.shapes.facts.contradictions import NUMBERS, Forgotten, settle
from tl_checker.shapes.facts.facts import Change, by_facts
from tl_checker.shapes.facts.results import TUPLE
from tl_checker.shapes.facts.scalars import misuses
from tl_checker.shapes.facts.values import NotStatic, Reader, ScalarValue, TensorValue, agreed_shape
from tl_checker.shapes.host.internals import (
    class_named,
    current_function,
    is_refused,
    mentions_any,
    node_named,
    uses_shapes,
)
from tl_checker.shapes.host.memory import Memory
from tl_checker.shapes.libraries.doubted import doubt
from tl_checker.shapes.libraries.libraries import EXPRESSIONS, Form
from tl_checker.shapes.libraries.shape_functions import UNDECIDED, Undecided, dtypes_of
from tl_checker.shapes.libraries.shape_functions import as_array as array_value
from tl_checker.shapes.messages.report import gaps, lost, rely, remark_error, reports_losses
from tl_checker.shapes.operations.alternatives import judge_each, unsure, whole_operand
from tl_checker.shapes.operations.arguments import OPAQUE, Arguments, IllTyped, sizes_in, without_numbers
from tl_checker.shapes.operations.operations import ALTERNATIVE_RESULTS
from tl_checker.shapes.operations.refused_by_tensors import refused, takes_items
from tl_checker.shapes.operations.renaming import Patterns
from tl_checker.shapes.operations.undecided import undecided
from tl_checker.shapes.sizes.unify import Bindings
from tl_dsl.dims import UNKNOWN, Dim, atoms, collect_assumptions
from tl_dsl.dtypes import DType
from tl_dsl.errors import LostShape, ShapeError, TlError
from tl_dsl.op import OPS
from tl_dsl.shapes import UNKNOWN_SHAPE, Shape, Star, broadcast_to_shape, is_open, show_shape

Bound = dict[str, Any]
"""The arguments of a call by the parameters of a form."""
Judged: TypeAlias = tuple[Any, type[DType], bool]
"""The shapes of a result, its element type, and whether without axes it is an array."""
_ARRAY_FAMILIES = ("creation", "manipulation", "compare")
_KEEP_ARRAYS = frozenset(
    {name for name, op in OPS.items() if op.function.__module__.rpartition(".")[2] in _ARRAY_FAMILIES}
    - {"less", "less_equal", "greater", "greater_equal", "equal", "not_equal"}
    - {"logical_and", "logical_or", "logical_xor", "logical_not"}
) | {
    *("of", "array", "array_of", "of_the_kind", "drawn", "choice"),
    *("reversed_axes", "swap", "move", "at_least", "without_ones", "resized"),
}
"""Functions whose results without axes are arrays in numpy too; the others give scalars."""

_REFLECTED = frozenset(
    f"__r{name}__" for name in ("add", "sub", "mul", "truediv", "floordiv", "mod", "pow", "matmul", "and", "or", "xor")
)

_patterns = Patterns()
_judged = Memory[tuple[list[Form], list[Any], dict[str, Any], Judged]]()


class LibraryCalls:
    """Applies the forms of a shape file to one call."""

    def __init__(self, ctx: Any, name: str) -> None:
        self._ctx = ctx
        self._name = _short(name)
        self._checker = ctx.api
        self._reader = Reader(ctx.api)
        self._unknown: int = LOST
        self._is_ambiguous = False
        """Whether there is an Any in an argument's type: more than one of the library's overloads may fit.

        What we say has to be the same for each, or mypy makes Any of it.
        """
        self.is_judged = False
        """Whether a form of the file said what the call gives."""

    def call(self, forms: list[Form], receiver: Type | None = None) -> Type:
        """The type of a call of a function, or of a method of `receiver`."""
        default: Type = self._ctx.default_return_type
        arguments = Arguments(self._reader, None if receiver is None else self._ctx.context)
        if receiver is not None:
            arguments.add(None, receiver, ARG_POS, None)
        is_index = receiver is not None and forms[0].name.endswith(("__getitem__", "__setitem__"))
        for i, types in enumerate(self._ctx.arg_types):
            for j, t in enumerate(types):
                if self._ctx.arg_kinds[i][j].is_star():
                    return self._lost("arguments are spread here", default, [])
                if is_index and i == 0:
                    try:
                        arguments.add_key(self._reader.key(self._ctx.args[i][j]), t)
                    except (NotStatic, LostShape):
                        return self._lost("the index is not known", default, [self._ctx.type, t])
                    except TlError as error:
                        return self._refused(error, default)
                else:
                    kind, named = self._ctx.arg_kinds[i][j], self._ctx.arg_names[i][j]
                    if receiver is not None:
                        t = whole_operand(self._checker, self._reader, self._ctx.context, t)
                    arguments.add(self._ctx.args[i][j], t, kind, named)
        given = [*arguments.types, *self._items()] if takes_items(forms[0].name) else arguments.types
        found = refused(forms[0].name, given)
        if found is not None:
            error, tensor = found
            remark_error(self._checker, self._ctx.context, error)
            return encoder_of(self._checker, LOST).array(tensor.type, array_dtype(tensor), UNKNOWN_SHAPE)
        return self._apply(forms, arguments, default)

    def _items(self) -> list[Type]:
        """The types of what stands in the lists that are given."""
        lists = [written for args in self._ctx.args for written in args if isinstance(written, (ListExpr, TupleExpr))]
        types = [self._reader.type_of(item) for written in lists for item in written.items]
        return [t for t in types if t is not None]

    def attribute(self, forms: list[Form]) -> Type:
        """The type of an attribute."""
        arguments = Arguments(self._reader)
        arguments.add(None, self._ctx.type, ARG_POS, None)
        return self._apply(forms, arguments, self._ctx.default_attr_type)

    def _apply(self, forms: list[Form], arguments: Arguments, default: Type) -> Type:
        self._is_ambiguous = any(map(mentions_any, arguments.types))
        judge = functools.partial(self._judge, forms)
        with collect_assumptions() as assumed:
            try:
                found, wrong = judge_each(self._checker, self._ctx.context, arguments, judge, _merged)
            except IllTyped:
                if is_refused(self._checker) or as_array(default) is None:
                    return default
                return self._lost("what an argument is, is not known", default, arguments.types)
            except LostShape as why:
                return self._lost(why.rule, default, arguments.types)
            except TlError as error:
                return self._refused(error, default)
        values = [value for i, value in enumerate(found) if value not in found[:i]]
        if wrong is not None:
            lost(self._checker, self._ctx.context, f"{self._name}: {unsure(wrong)}", *arguments.types)
        rely(self._checker, self._ctx.context, assumed, f"{self._name}: ")
        if len(values) > ALTERNATIVE_RESULTS:
            return self._lost("the call has too many possible results", default, arguments.types)
        shapes = _shapes([value for value, _, _ in values])
        undecided = "" if wrong is not None else self._undecided(forms, arguments)
        self._unknown = gaps(self._checker, self._ctx.context, shapes, arguments.types, undecided)
        types = [self._type(value, dtype, default, keeps_arrays=keeps) for value, dtype, keeps in values]
        self.is_judged = True
        made = make_simplified_union(types)
        self._misuses(get_proper_type(made))
        return made

    def _misuses(self, made: Type) -> None:
        """Report what the function does with a scalar that is Any to mypy, which shows us nothing of that."""
        function = current_function(self._checker)
        if isinstance(made, AnyType) and is_open_scalar(made) and function is not None:
            for place, error in misuses(self._checker, function, self._ctx.context):
                if isinstance(error, LostShape):
                    lost(self._checker, place, error.rule)
                else:
                    remark_error(self._checker, place, error)

    def _judge(self, forms: list[Form], positional: list[Any], named: dict[str, Any]) -> Judged:
        """What a call gives. mypy asks once for each overload that it tries, and most of them ask the same."""
        place = self._ctx.context
        before = _judged.of(place)
        if before is not None and before[:3] == (forms, positional, named):
            return before[3]

        def attempt(change: Change, strict: bool) -> Judged:
            changed = {name: change(value) for name, value in named.items()}
            return self._by_form(forms, [change(value) for value in positional], changed, strict)

        def judge(note: Callable[[Judged], None]) -> Judged:
            def keep(found: Judged) -> None:
                _judged.note(place, (forms, positional, named, found))
                note(found)

            return by_facts(self._checker, place, attempt, keep)

        return _patterns.result(forms[0].name, positional, named, judge)

    def _undecided(self, forms: list[Form], arguments: Arguments) -> str:
        """Why the rule cannot be decided, where losses are reported."""

        def judge(positional: list[Any], named: dict[str, Any]) -> None:
            def attempt(change: Change, strict: bool) -> Any:
                changed = {name: change(value) for name, value in named.items()}
                self._by_form(forms, [change(value) for value in positional], changed, True)
                return ()

            by_facts(self._checker, self._ctx.context, attempt)

        why = undecided(arguments, judge) if reports_losses() else ""
        return why and f"{self._name}: {why}"

    def _by_form(self, forms: list[Form], positional: list[Any], named: dict[str, Any], strict: bool) -> Judged:
        """By the form that fits.

        Where several may, nothing is known; where none does, the last says what is wrong.
        """
        fitting = []
        for form in forms:
            with contextlib.suppress(TypeError):
                fitting.append((form, _bound(form, positional, named)))
        if not fitting:
            raise IllTyped
        results = []
        for form, bound in fitting if len(fitting) > 1 else ():
            with contextlib.suppress(ShapeError):
                results.append(_result(form, bound, strict))
        if not results:
            return _result(*fitting[-1], strict)
        if any(result != results[0] for result in results):
            raise LostShape("the call fits more than one form of the function")
        return results[0]

    # -- results as types

    def _type(self, value: Any, dtype: type[DType], default: Type, *, keeps_arrays: bool) -> Type:
        if isinstance(get_proper_type(default), NoneType):
            return default
        if isinstance(value, (list, tuple)):
            return self._several(value, dtype, default, keeps_arrays)
        if not isinstance(value, TensorValue):
            return default
        lookup = functools.partial(node_named, self._checker)
        if value.shape == () and (not keeps_arrays or isinstance(value, ScalarValue)):
            return self._scalar(dtype, default)
        if value.shape == (Star(),) and not keeps_arrays and as_array(default) is None:
            return default  # without axes it would be a number
        info = class_named(self._checker, NDARRAY)
        if info is None:
            return default
        elements = element_type(info, dtype.__name__, lookup)
        declared = as_array(default)
        if dtype_class(elements) is DType and declared is not None and not self._is_ambiguous:
            elements = array_dtype(declared)
        return encoder_of(self._checker, self._unknown).array(info, elements, value.shape)

    def _several(self, value: Any, dtype: type[DType], default: Type, keeps_arrays: bool) -> Type:
        proper, items = get_proper_type(default), list[Type]()
        if isinstance(value, tuple):
            items = [self._type(item, dtype, any_type(), keeps_arrays=keeps_arrays) for item in value]
            return TupleType(items, encoder_of(self._checker).tuple_type)
        if isinstance(proper, TupleType) and len(proper.items) == len(value):
            pairs = zip(value, proper.items, strict=True)
            items = [self._type(x, dtype, t, keeps_arrays=keeps_arrays) for x, t in pairs]
            named = proper.partial_fallback
            if named.type.fullname != TUPLE:  # a named tuple; what it is generic in differs by overload, too
                return proper.copy_modified(
                    items=items, fallback=named.copy_modified(args=[any_type()] * len(named.args))
                )
        elif isinstance(proper, Instance) and proper.type.fullname == TUPLE and proper.args:
            items = [self._type(x, dtype, proper.args[0], keeps_arrays=keeps_arrays) for x in value]
        if items:  # the same for each of numpy's overloads, or mypy takes the result for Any
            return TupleType(items, encoder_of(self._checker).tuple_type)
        if not isinstance(proper, Instance) or len(proper.args) != 1 or not value:
            return default
        agreed = functools.reduce(agreed_shape, [item.shape for item in value])
        return proper.copy_modified(args=[self._type(TensorValue(agreed, dtype), dtype, any_type(), keeps_arrays=True)])

    def _scalar(self, dtype: type[DType], default: Type) -> Type:
        """A numpy scalar."""
        return scalar_of(dtype, default, functools.partial(node_named, self._checker))

    def _forgotten(self, default: Type) -> Type:
        """The library's own type, without what it may say of the shape."""
        array = as_array(default)
        if array is None:
            return any_type() if not isinstance(get_proper_type(default), NoneType) else default
        elements = array_dtype(array)
        if self._is_ambiguous:  # these differ by overload
            elements = element_type(array.type, "DType", functools.partial(node_named, self._checker))
        return encoder_of(self._checker, LOST).array(array.type, elements, UNKNOWN_SHAPE)

    def _refused(self, error: TlError, default: Type) -> Type:
        remark_error(self._checker, self._ctx.context, error, subject=f"{self._name}: ")
        doubt(self._ctx, self._name)
        return self._forgotten(default)

    def _lost(self, why: str, default: Type, sources: list[Type]) -> Type:
        lost(self._checker, self._ctx.context, why, *sources)
        return self._forgotten(default)


def given_by(forms: list[Form], positional: list[Any], named: dict[str, Any]) -> Judged:
    """What the forms of a function give for values whose sizes are all known."""
    return LibraryCalls(SimpleNamespace(api=None), forms[0].name)._by_form(forms, positional, named, True)


def _merged(judged: Sequence[Judged], shape: Callable[[Sequence[Shape]], Shape]) -> Judged:
    """What a call gives for a list of any length, by what it gives for a few items."""
    values = [value for value, _, _ in judged]
    if not all(isinstance(value, TensorValue) for value in values):
        raise LostShape("the results depend on how long a list is")
    return TensorValue(shape([value.shape for value in values]), values[0].dtype), *judged[0][1:]


def undescribed(ctx: Any, name: str, found: Type) -> Type:
    """What a function gives of which no shape file says anything: where it is Any, an array's shape is lost in it.

    An array of which the library says no shape is told where something depends on that; about Any, mypy asks nobody.
    """
    given = [t for types in ctx.arg_types for t in types]
    callee = Reader(ctx.api).type_of(getattr(ctx.context, "callee", ctx.context))
    if isinstance(get_proper_type(callee), Overloaded):  # another overload may be the one
        return found
    if not isinstance(get_proper_type(found), AnyType) or not any(map(_is_known, given)):
        return found
    lost(ctx.api, ctx.context, f"no shape file says what {_short(name)} gives", *given)
    return any_type() if reports_losses() else found


def concerns_shapes(ctx: Any, receiver: Type | None) -> bool:
    """Whether a call is ours to judge: in a file that uses jaxtyping or the language, or of arrays with known axes.

    Other programs that use numpy are left alone.
    """
    if uses_shapes(ctx.api):
        return True
    given = [t for types in getattr(ctx, "arg_types", ()) for t in types]
    return any(_is_known(t) for t in (given if receiver is None else [receiver, *given]))


def _is_known(t: Type) -> bool:
    array = as_array(t)
    return array is not None and any(isinstance(axis, Dim) for axis in array_shape(array))


def _short(name: str) -> str:
    """`numpy.linalg.solve` is called solve, and `__rmul__` mul."""
    short = name.rpartition(".")[2]
    return short.removeprefix("__r").strip("_") if short in _REFLECTED else short.strip("_")


def _bound(form: Form, positional: list[Any], named: dict[str, Any]) -> Bound:
    bound = form.signature.bind(*positional, **named)
    bound.apply_defaults()
    return {name: _decided(value) for name, value in bound.arguments.items()}


def _decided(value: Any) -> Any:
    if value is OPAQUE:
        return UNDECIDED
    return type(value)(_decided(item) for item in value) if type(value) in (tuple, list) else value


def _result(form: Form, bound: Bound, strict: bool) -> Judged:
    """What a form gives: shapes, the element type, and whether a result without axes is an array."""
    out = bound.get("out")
    target = out if isinstance(out, TensorValue) else None
    if strict:
        value = _written(_evaluate(form, bound), target, form)
    else:
        sizes = {axis for value in bound.values() for axis in _sizes(value)}

        def judge(forgotten: Forgotten) -> Any:
            changed = _forget(bound, forgotten)
            return _written(_evaluate(form, changed), None if target is None else changed["out"], form)

        value = settle(sizes, judge, _unknowns)
    keeps = form.outermost <= _KEEP_ARRAYS or any(part is Ellipsis for part in _keys(bound)) or target is not None
    return value, _dtype(form, bound) if target is None else target.dtype, keeps


def _written(value: Any, out: TensorValue | None, form: Form) -> Any:
    """What a call with `out=` gives: that array. What is computed along an axis has its shape, the rest broadcasts."""
    if out is None or not isinstance(value, TensorValue):
        return value
    shape = broadcast_to_shape(value.shape, out.shape)
    fits = value.shape == out.shape or (len(value.shape) == len(out.shape) and 1 not in value.shape)
    if "axis" in form.signature.parameters and not fits and not any(map(is_open, (*value.shape, *out.shape))):
        raise ShapeError("out has the shape of the result", got=show_shape(out.shape), wanted=show_shape(value.shape))
    return TensorValue(shape, out.dtype)


def _keys(bound: Bound) -> tuple[Any, ...]:
    """The parts of an index; with `...` among them, an array without axes is an array in numpy, too."""
    key = bound.get("key")
    return key if isinstance(key, tuple) else ()


def _evaluate(form: Form, bound: Bound) -> Any:
    return _matched(form, bound) if form.shape is None else _settled(_given_by(form.shape.function, bound))


def _given_by(function: Callable[..., Any], bound: Bound) -> Any:
    """What an expression of a shape file gives. Raises LostShape for values that it does not go with: `size(p) + m`."""
    try:
        return function(**bound)
    except TypeError as error:
        trace = error.__traceback__
        while trace is not None and trace.tb_next is not None:
            trace = trace.tb_next
        if trace is None or trace.tb_frame.f_code.co_filename != EXPRESSIONS:
            raise
        raise LostShape("what an argument is, is not known") from error


def _settled(value: Any) -> Any:
    """A result in which sizes that are not decided are unknown."""
    if isinstance(value, TensorValue):
        shape = tuple(UNKNOWN if isinstance(axis, Undecided) else axis for axis in value.shape)
        return type(value)(shape, value.dtype)
    return type(value)(map(_settled, value)) if type(value) in (tuple, list) else value


def _dtype(form: Form, bound: Bound) -> type[DType]:
    """The element type of the result; what the arguments promote to where the form says nothing else."""
    given = [value for name, value in bound.items() if not form.arguments or name in form.arguments]
    with contextlib.suppress(TlError):
        if form.dtype is not None:
            found = _given_by(form.dtype.function, {**bound, "given": given})
            return found if isinstance(found, type) else DType
        return promoted(dtypes_of([value for value in given if isinstance(value, TensorValue)]))
    return DType


def _matched(form: Form, bound: Bound) -> TensorValue:
    """The result of a form with annotations: its axes take what the arguments are."""
    names = {name for shape in form.arguments.values() for name in _names(shape)}
    bindings = Bindings(frozenset(names))
    for i, (name, wanted) in enumerate(form.arguments.items()):
        value = bound[name]
        if value is None:
            continue
        bindings.shape(wanted, array_value(value).shape, f"argument {i + 1} ({name})")
    bindings.solve()
    if bindings.errors:
        raise bindings.errors[0]
    assert form.result is not None
    return TensorValue(bindings.result(form.result), DType)


def _names(shape: Shape) -> set[str]:
    found: set[str] = set()
    for axis in shape:
        found |= {f"*{axis.name}"} if isinstance(axis, Star) else atoms(axis)
    return found


def _sizes(value: Any) -> set[Dim | Star]:
    if isinstance(value, TensorValue):
        return sizes_in(value.shape)
    if isinstance(value, (tuple, list)):
        return {axis for item in value for axis in _sizes(item)}
    return sizes_in((value,)) if isinstance(value, (Dim, Star)) else set()


def _forget(value: Any, forgotten: Forgotten) -> Any:
    """Arguments in which some sizes are unknown."""
    if not forgotten:
        return value
    if isinstance(value, dict):
        return {name: _forget(item, forgotten) for name, item in value.items()}
    if isinstance(value, TensorValue):
        value = without_numbers(value) if NUMBERS in forgotten else value
        return TensorValue(_forget(value.shape, forgotten), value.dtype)
    if type(value) in (tuple, list):
        return type(value)(_forget(item, forgotten) for item in value)
    if isinstance(value, (Dim, Star)) and value in forgotten:
        return Star() if isinstance(value, Star) else UNKNOWN
    return value


def _shapes(value: Any) -> list[Shape]:
    """The shapes in a result."""
    if isinstance(value, TensorValue):
        return [value.shape]
    return [shape for item in value for shape in _shapes(item)] if isinstance(value, (tuple, list)) else []


def _unknowns(value: Any) -> int:
    """How much is not known of a result."""
    if isinstance(value, TensorValue):
        return sum(map(is_open, value.shape))
    return sum(map(_unknowns, value)) if isinstance(value, (tuple, list)) else 0
