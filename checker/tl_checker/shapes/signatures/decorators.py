"""What decorators make of functions whose axes mypy forgets on the way.

mypy solves `Callable[P, T] -> Callable[P, T]` for a function that is generic in its axes: it loses `n+1`, and of an
axis that only the result has, such as the value `{n}` of an argument, it says `Never`.
"""

from __future__ import annotations

from typing import Any, Final

from mypy.type_visitor import TypeQuery, TypeTranslator
from mypy.types import CallableType, Instance, Type, TypeAliasType, get_proper_type

from tl_checker.shapes.annotations.axes import dims_in
from tl_checker.shapes.annotations.element_types import dtype_class
from tl_checker.shapes.annotations.encoding import ARRAYS, array_shape, dtype_of
from tl_checker.shapes.annotations.function_text import functions_fit, without_arrays
from tl_checker.shapes.messages.report import lost

MANAGERS: Final = frozenset({"contextlib.contextmanager", "contextlib.asynccontextmanager"})


def decorated(ctx: Any, result: Type) -> Type:
    """What a decorator gives for a function whose parameters it keeps, with the axes of the function."""
    made = get_proper_type(result)
    given = get_proper_type(ctx.arg_types[0][0]) if [len(types) for types in ctx.arg_types] == [1] else None
    if not isinstance(made, CallableType) or not isinstance(given, CallableType) or given.is_type_obj():
        return result
    same = made.arg_names == given.arg_names and made.arg_kinds == given.arg_kinds
    if not same or not dims_in(given) or made.is_ellipsis_args:
        return result
    texts = [str(t.copy_modified(variables=[])) for t in (made, given)]
    if without_arrays(texts[0]) == without_arrays(texts[1]) and functions_fit(texts[0], texts[1]):
        return given
    if "Never" in texts[0]:
        kept = _with_result_of(made, given)
        if kept is not None:
            return kept
        lost(ctx.api, ctx.context, "a decorator forgets the axes of the function")
    return result


def _with_result_of(made: CallableType, given: CallableType) -> CallableType | None:
    """The function that is made, with the one array that the result of the other speaks of in its own result.

    `Iterator[T]` becomes a context manager of T. None where the results speak of more than one array, or of others.
    """
    ours, theirs = (set(map(str, t.ret_type.accept(_Arrays()))) for t in (made, given))
    array = next(iter(given.ret_type.accept(_Arrays())), None)
    like = next(iter(made.ret_type.accept(_Arrays())), None)
    if array is None or like is None or len(ours | theirs) != 2 or len(ours) != 1 or "Never" not in str(like):
        return None
    if dtype_class(dtype_of(like)) is not dtype_class(dtype_of(array)):
        return None
    parameters = [[without_arrays(str(t)) for t in function.arg_types] for function in (made, given)]
    if len(array_shape(like)) != len(array_shape(array)) or parameters[0] != parameters[1]:
        return None
    return given.copy_modified(ret_type=made.ret_type.accept(_Putting(array)))


class _Arrays(TypeQuery[list[Instance]]):
    """The arrays in a type."""

    def strategy(self, items: list[list[Instance]]) -> list[Instance]:
        return [array for item in items for array in item]

    def visit_instance(self, t: Instance) -> list[Instance]:
        return [t] if t.type.fullname in ARRAYS else super().visit_instance(t)


class _Putting(TypeTranslator):
    """Puts an array in the place of those of which mypy knows no axis."""

    def __init__(self, array: Instance) -> None:
        super().__init__()
        self._array = array

    def visit_type_alias_type(self, t: TypeAliasType) -> Type:
        return get_proper_type(t).accept(self)

    def visit_instance(self, t: Instance) -> Type:
        return self._array if t.type.fullname in ARRAYS else super().visit_instance(t)
