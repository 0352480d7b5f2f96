"""Messages: our own, with our codes, and mypy's own about Tensors, made readable.

mypy's native messages (assignment, return, argument, override) are seen by an `ErrorWatcher` at the bottom of the
checker's stack of watchers; this is an inside of mypy.
"""

from __future__ import annotations

import functools
import inspect
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from mypy.errors import ErrorInfo, ErrorWatcher
from mypy.nodes import ComparisonExpr, Context, ForStmt, FuncDef, OpExpr, WhileStmt
from mypy.scope import Scope
from mypy.types import AnyType, Type, get_proper_type

from tl_checker.codes import BY_NAME
from tl_checker.shapes.annotations.encoding import LOST, OPEN
from tl_checker.shapes.annotations.function_text import (
    DERIVED,
    DESCRIBED,
    functions_fit,
    is_function,
    results_of_partial,
)
from tl_checker.shapes.annotations.int_text import differ_in_ints_alone, without_sizes_of_ints
from tl_checker.shapes.annotations.type_text import (
    ARRAY_NAMES,
    after_any_round,
    all_quoted,
    carry_shapes,
    compatible,
    differs_in,
    holds_arrays,
    holds_axes,
    is_scalar_for_array,
    item_given,
    lacks_a_member,
    quoted,
    read,
    readable,
    split,
    uncompared,
    with_bare_sizes,
    with_ints,
    written_out,
)
from tl_checker.shapes.facts.facts import assumed_from_here, facts_of_statement, known_facts
from tl_checker.shapes.facts.scalars import index_of_scalar
from tl_checker.shapes.host.error_codes import code
from tl_checker.shapes.host.faults import CODE, fault_message
from tl_checker.shapes.host.internals import PRINTS_BARE, current_function, forget_errors, in_lambda
from tl_checker.shapes.host.walking import walk
from tl_checker.shapes.messages.generic_calls import call_of, has_own_variables, two_types_for
from tl_checker.shapes.messages.in_place import changes_an_array
from tl_checker.shapes.messages.losses import is_known, lost_before
from tl_checker.shapes.messages.mixed_lists import widen
from tl_checker.shapes.messages.starred import may_end_before
from tl_checker.shapes.messages.suggestions import suggestion
from tl_dsl.dims import Assumption
from tl_dsl.errors import TlError
from tl_dsl.shapes import Shape, is_open, show_shape

LOST_CODE: Final = "tensor-shape-lost"
_LOST: Final = "The shape is lost"
RECODED: Final = frozenset(
    {"assignment", "return-value", "arg-type", "override", "list-item", "dict-item", "typeddict-item", "misc"}
)


_INFERENCE: Final = rf'Cannot infer value of type parameter "(.*)" of "({DERIVED}|(\w+))"'
"""What mypy says of functions, some of whose calls we judge ourselves."""
_AXIS_INFERENCE: Final = r'Cannot infer value of type parameter "[a-z]'
"""What mypy says of a call that it checks before we do (`functions[0](x)`), when an axis would have two sizes."""


_CALL_OF_PARTIAL: Final = r'"partial\[.*\]\.__call__" has type'
"""A note that shows a call of any arguments."""
_CALL_OF_OBJECT: Final = r'"[\w.]+\.__call__" has type'
"""A note that shows what an object is called with."""
_objects_called: set[tuple[str | None, int]] = set()
"""The lines, by module, in which an object goes where a function is asked for."""
_VARIADIC: Final = r"Variadic tuple can have length \d+"
"""What mypy adds to "Tuple index out of range" where the index may be in range, as in `x.shape[1]`."""
_AMBIGUOUS: Final = "Ambiguous slice of a variadic tuple"
"""What mypy says of `x.shape[:-1]` when x has any number of axes."""


_NOT_INDEXABLE: Final = r'Value of type ".*" is not indexable|No overload variant of "__getitem__" of "generic" matches'
"""What mypy says of an index of a numpy scalar."""
_FORMS_OF_INDEX: Final = r"Possible overload variants:|    def __getitem__\(self, "
_indices_told: set[tuple[str | None, int]] = set()
"""Where an index of a scalar was told as ours, by module and line."""


_NO_TRUTH_VALUE: Final = r'has incompatible (item )?type .*(ndarray|Tensor)\[.*; expected "?\w*\[?bool\]?"?$'
"""What mypy says of the arrays of a sum whose result does not fit: it ends with the form for truth values."""
_sums_judged: set[tuple[str | None, int]] = set()
"""Where we have said what a sum of arrays is, by module and line."""


_IN_PLACE: Final = r"Result type of \S+ incompatible in assignment"
"""What mypy says of `x += y` when the sum has another type; an array keeps its shape, and the rule is ours."""
_ADDING: Final = r'to "(append|insert)" of "list"'
_CONTAINERS: Final = r'to "\w+" of "(list|set|frozenset|dict|deque|defaultdict|OrderedDict|Counter|Queue|Mutable\w+)"'
"""What mypy says of a container that gets another shape than it holds: there the axes are those of the place."""


def fail(api: Any, context: Context, error: TlError, *, subject: str = "", certain: bool = False) -> None:
    """Report an error of a rule at a place.

    Inside what is given to an overloaded function, mypy takes an error to mean that a form of it does not fit. One that
    is `certain` is there whatever form that is.
    """
    if _is_told(api, context, error, subject):
        return
    if certain or isinstance(context, (OpExpr, ComparisonExpr)):
        remark_error(api, context, error, subject=subject)
    else:
        api.fail(render(error, subject), context, code=code(_code_of(error)))


def say(
    semantic: Any, path: str, method: FuncDef, found: Iterable[tuple[TlError, str]], *, judged: bool = False
) -> None:
    """Report what is found of a method between the analysis of its file and its check, in place of what mypy will say.

    What mypy says of the arrays of a `judged` method is dropped even if nothing is found.
    The daemon has to know that it is the method's, or it would not be said again when the method is analysed again.
    """
    errors, module, scope = semantic.errors, method.info.module_name, Scope()
    before = (errors.file, errors.target_module, errors.options, errors.scope)
    _overrides.discard((module, method.line))
    _judged_overrides.discard((module, method.line))
    if judged:
        _judged_overrides.add((module, method.line))
    with scope.saved_scope((module, method.info, method)):
        errors.set_file(path, module, errors.options, scope)
        try:
            for error, subject in found:
                _overrides.add((module, method.line))
                if not _is_ignored(errors, path, method.line):
                    errors.report(method.line, method.column, render(error, subject), code=code(_code_of(error)))
        finally:
            errors.set_file(*before)


def judge_sum(api: Any, place: Context) -> None:
    """Say no more what mypy does of a sum of arrays here."""
    _sums_judged.add((api.tree.fullname, place.line))


def _is_ignored(errors: Any, path: str, line: int) -> bool:
    """Whether the program has `# type: ignore[override]` there, by which people mean ours, too."""
    if "override" not in errors.ignored_lines.get(path, {}).get(line, ()):
        return False
    errors.used_ignored_lines[path][line].append("override")
    return True


_overrides: set[tuple[str, int]] = set()
"""Where an override was refused by us."""
_judged_overrides: set[tuple[str, int]] = set()
"""Where the arrays of an override were judged by us."""
_LISKOV: Final = ("This violates the Liskov", "See https://mypy.readthedocs.io/en/stable/common_issues.html#incompat")


def read_anew(module: str) -> None:
    """Forget what was known of a file that the daemon reads again."""
    _annotated.discard(module)
    for places in (_overrides, _judged_overrides, _indices_told, _objects_called, _sums_judged):
        places.difference_update([place for place in places if place[0] == module])


def remark_error(api: Any, context: Context, error: TlError, *, subject: str = "") -> None:
    """The same for calls of overloaded functions, where mypy would take an error to mean that a form does not fit."""
    if not _is_told(api, context, error, subject):
        remark(api, context, render(error, subject), _code_of(error))


def _is_told(api: Any, context: Context, error: TlError, subject: str) -> bool:
    """Whether a rule was broken at a place before: in a loop, mypy comes by with what the first error led to."""
    return render(type(error)(error.rule), subject) in _told(api, context)


def is_lost_at(api: Any, context: Context) -> bool:
    """Whether the shape of what stands at a place was reported as lost."""
    return any(start.startswith(_LOST) for start in _told(api, context))


def _told(api: Any, context: Context) -> list[str]:
    """What the messages at a place say before their first semicolon."""
    found = api.errors.error_info_map.get(api.errors.file, ())
    here = [info for info in found if (info.line, info.column) == (context.line, context.column)]
    return [info.message.partition("; ")[0] for info in here]


def _code_of(error: TlError) -> str:
    return error.code if error.code in BY_NAME else "tensor-shape"


def remark(api: Any, context: Context, text: str, name: str) -> None:
    """Report past mypy's own watchers.

    Of an operator, mypy takes an error to mean that the method does not fit, goes on to the reflected one, and ends
    with Any, about which it complains again.
    """
    watchers = api.msg.errors._watchers
    inner = watchers[1:]
    del watchers[1:]
    try:
        api.fail(text, context, code=code(name))
    finally:
        watchers.extend(inner)


_strict = False


def report_losses(strict: bool) -> None:
    """Whether this run reports every place where a shape is lost (`strict_shapes`)."""
    global _strict
    _strict = strict


def reports_losses() -> bool:
    """Whether places where a shape is lost are reported."""
    return _strict


def lost(api: Any, context: Context, reason: str, *sources: Type) -> None:
    """Say where and why a shape is lost; not when one of the types that it comes from was reported before."""
    text = f"{_LOST}: {reason}"
    if _strict and not any(lost_before(t) for t in sources) and text.partition("; ")[0] not in _told(api, context):
        remark(api, context, text, LOST_CODE)


def gaps(api: Any, context: Context, shapes: Sequence[Shape], sources: Sequence[Type], undecided: str = "") -> int:
    """Report the axes of a result of which nothing is known, and what could not be decided, unless said before.

    The kind of Any to write for what is not known: as open, or as lost and reported, as it is in the operands.
    """
    if not _strict and not undecided and all(map(is_whole, shapes)):
        return OPEN
    if in_lambda(api):  # what was lost when less was known of the parameters
        forget_errors(api, LOST_CODE, context.line, context.column)
    unknown = [(i, s) for s in shapes for i, axis in enumerate(s) if is_open(axis)]
    if undecided:
        lost(api, context, f"this cannot be decided: {undecided}", *sources)
    elif unknown and all(is_known(t) for t in sources):
        place, shape = unknown[0]
        lost(api, context, f"nothing is known of axis {place} of {show_shape(shape)}", *sources)
    elif unknown and any(isinstance(get_proper_type(t), AnyType) for t in sources):
        lost(api, context, "an operand has the type Any", *sources)
    elif not any(lost_before(t) for t in sources):
        return OPEN
    return LOST


def is_whole(shape: Shape) -> bool:
    """Whether something is known of each axis."""
    return not any(map(is_open, shape))


def render(error: TlError, subject: str = "") -> str:
    """One line: the rule, got, wanted, the bindings, one suggestion."""
    parts = [f"got {error.got}" if error.got else "", f"wanted {error.wanted}" if error.wanted else ""]
    parts += [f"where {error.bindings}" if error.bindings else ""]
    parts += [f"try: {error.suggestion}" if error.suggestion else ""]
    if error.rule.startswith(subject.rstrip(": ")):
        subject = ""
    return "; ".join([f"{subject}{error.rule}", *(part for part in parts if part)])


def rely(api: Any, context: Context, assumed: Sequence[Assumption], subject: str) -> None:
    """Report what a call relies on, which holds from there on."""
    for assumption in assumed:
        remark(api, context, f"{subject}assumes {assumption}", "tensor-shape-assumed")
    if assumed:
        assumed_from_here(api, context, assumed)


def watch(api: Any) -> None:
    """See mypy's own messages of this run; safe to call for every expression."""
    scope = api.scope  # made anew with each file, and whenever the daemon checks again
    if _seen[0] is not scope or _checkers[0] is not api:
        _checkers[:], _seen[:] = [api], [scope]
        watch_errors(api.msg.errors)


_checkers: list[Any] = []
"""The type checker whose messages are seen now."""
_seen: list[object] = [None]
"""Its scope. Meanwhile, mypy takes no watcher away but those that it has put there itself."""


def _by_facts(got: str, wanted: str, line: int, names_bind: bool) -> bool | None:
    """Whether the types are compatible by what is known of sizes where the message comes up; None if they may be."""
    facts = facts_of_statement(_checkers[0], line) if _checkers else None
    if facts is None:
        return False
    fit = functools.partial(compatible, facts.written_out(got), facts.written_out(wanted), names_bind=names_bind)
    return fit(same=facts.same_text) or (None if fit(same=facts.may_be_same_text) else False)


_annotated: set[str] = set()
"""The modules with annotations of shapes: there, arrays of which only the elements are known are ours, too."""


def watch_errors(errors: Any, module: str = "") -> None:
    """The same, from the errors of semantic analysis: a file with annotations of shapes is watched from the start."""
    if module:
        _annotated.add(module)
    watchers = errors._watchers
    if not watchers or watchers[0]._filter is not _rewrite:
        watchers.insert(0, ErrorWatcher(errors, filter_errors=_rewrite))


_MAY_HOLD_SIZES: Final = r"ndarray\[|\[Literal\[\d|, Literal\[\d"


def _is_lost(info: ErrorInfo, got: str, wanted: str) -> bool:
    """Whether the message becomes one about sizes that are not held against each other."""
    facts = known_facts(_checkers[0]) if _checkers else None
    sizes = uncompared(got, wanted) if facts is None else uncompared(got, wanted, facts.same_text)
    if not _strict or not sizes:
        return False
    info.message, info.code = f"The shape is lost: {sizes} are not compared", code(LOST_CODE)
    return True


def _is_doubted(info: ErrorInfo) -> bool:
    """Make of the message one of a loss, where a condition that is not understood has spoken of the sizes."""
    text = f"{_LOST}: a condition that is not understood has spoken of these sizes, which are not compared"
    info.message, info.code = text, code(LOST_CODE)
    return not _strict


_gone: list[object] = [None]
"""Where mypy's last message was an error that was dropped, or became one of a loss: its notes go with it."""


def _rewrite(file: str, info: ErrorInfo) -> bool:
    """What mypy's watcher calls with each of its messages."""
    place = (info.module, info.line, info.column, info.code)
    if info.severity == "note" and place == _gone[0] and not info.message.startswith("Revealed type"):
        return True
    try:
        dropped = rewrite(info)
        if info.severity == "error":
            _gone[0] = place if dropped or (info.code is not None and info.code.code == LOST_CODE) else None
        return dropped
    except Exception as error:
        if info.code is not None and info.code.code == CODE:
            return False
        info.message, info.code = f"{fault_message(error)}. mypy said: {info.message}", code(CODE)
        return False


@functools.lru_cache(maxsize=1)
def _entry_points() -> frozenset[str]:
    from tl_dsl.autodiff import model  # which only few messages need

    return frozenset(name for name, value in vars(model).items() if inspect.isfunction(value))


_judged: list[Callable[[str], bool]] = []


def judged_by_files(is_described: Callable[[str], bool]) -> None:
    """Which functions the shape files of libraries describe: their arguments are checked by us."""
    _judged[:] = [is_described]


def _is_after_a_loop(info: ErrorInfo, got: str) -> bool:
    """Whether one of several shapes of a value comes of a loop in which an error was reported: of another round."""
    loops = _loops_before(info.line) if len(split(got, "|")) > 1 else []
    if not loops:
        return False
    lines = {
        other.line
        for other in _checkers[0].errors.error_info_map.get(_checkers[0].errors.file, [])
        if other.code is not None and other.code.code == "tensor-shape"
    }
    return any(loop.line <= line <= (loop.end_line or line) for loop in loops for line in lines)


def _loops_before(line: int) -> list[ForStmt | WhileStmt]:
    """The loops of the function that is being checked which begin before a line."""
    function = current_function(_checkers[0]) if _checkers else None
    nodes = () if function is None else walk(function.body)
    return [node for node in nodes if isinstance(node, (ForStmt, WhileStmt)) and node.line <= line]


def _any_way(message: str) -> bool:
    """Whether the elements may differ either way: mypy has taken one of several types for a variable of the user's."""
    match = re.match(r'Argument [^"]*to "(\w+)" has', message)
    return match is not None and bool(_checkers) and has_own_variables(_checkers[0], match[1])


def _takes_an_object(info: ErrorInfo, got: str = "", wanted: str = "") -> bool:
    """Whether an object, whose axes are its own, goes where a function is asked for, and is called like that one."""
    called = call_of(_checkers[0], got) if _checkers and is_function(wanted) else ""
    if not called or not functions_fit(called, wanted, any_way=True):
        return False
    _objects_called.add((info.module, info.line))
    text = f"The shape is lost: the axes of {got} are not compared with those of a function"
    info.message, info.code = text, code(LOST_CODE)
    return True


def _is_of_a_library(message: str) -> bool:
    match = re.match(r'Argument [^"]*to "(\w+)" has', message)
    return match is not None and any(is_described(match[1]) for is_described in _judged)


def _is_past_the_end(info: ErrorInfo) -> bool:
    """Whether a list of arrays is held against a parameter before which it may end."""
    types = all_quoted(info.message)
    if not _checkers or len(types) < 2 or not types[-2].startswith("*") or read(types[-1]).name in ARRAY_NAMES:
        return False
    given = split(item_given(types[-2], "ndarray["), "|")
    of_arrays = all(read(member).name in ARRAY_NAMES for member in given)
    return of_arrays and may_end_before(_checkers[0], info.line, info.column)


def _is_of_ints_alone(message: str) -> bool:
    """Whether the types of a message differ only in the sizes that ints carry."""
    types = all_quoted(message)
    if message.startswith("Invalid index type") and len(types) == 3:
        types = [types[0], types[2]]
    return len(types) >= 2 and differ_in_ints_alone(*types[-2:])


def rewrite(info: ErrorInfo) -> bool:
    """Change a message about arrays in place; True drops it."""
    message = info.message = info.message.replace(f"def {DESCRIBED}(", "def (")
    if not PRINTS_BARE and ("ndarray[" in message or "Tensor[" in message):
        message = with_bare_sizes(message)
    name = info.code.code if info.code is not None else ""
    if inferred := re.match(_INFERENCE, message):
        if inferred[3] is None or inferred[3] in _entry_points():
            return True
        found = two_types_for(_checkers[0], info.line, inferred[3], inferred[1]) if _checkers else ""
        if found:
            info.message, info.code = found, code("tensor-shape")
            return False
    if message == _AMBIGUOUS and info.module in _annotated:
        info.message, info.code = "The shape is lost: a slice of the sizes of any number of axes", code(LOST_CODE)
        return not _strict
    if re.match(_VARIADIC, message) and info.module in _annotated:
        if _checkers:
            forget_errors(_checkers[0], "misc", info.line, info.column)
        info.message, info.code = "The shape is lost: an index among the sizes of any number of axes", code(LOST_CODE)
        info.severity = "error"
        return not _strict
    if re.match(_NOT_INDEXABLE, message) and info.module in _annotated and _checkers:
        wrong = index_of_scalar(_checkers[0], info.line, info.column)
        if wrong is not None:
            info.message, info.code = render(wrong), code(_code_of(wrong))
            _indices_told.add((info.module, info.line))
        return False
    if re.match(_IN_PLACE, message) and _checkers and changes_an_array(_checkers[0], info.line):
        return True
    if (info.module, info.line) in _sums_judged and re.search(_NO_TRUTH_VALUE, message):
        return True
    if info.severity == "note" and (info.module, info.line) in _indices_told and re.match(_FORMS_OF_INDEX, message):
        return True
    if re.match(_CALL_OF_PARTIAL, message) and holds_axes(message):
        return True
    if re.match(_CALL_OF_OBJECT, message) and (info.module, info.line) in _objects_called:
        return True
    if re.match(_AXIS_INFERENCE, message) or (name == "override" and (info.module, info.line) in _overrides):
        return True
    if (info.module, info.line) in _judged_overrides and (
        (name == "override" and holds_axes(message)) or message.startswith(_LISKOV)
    ):
        return True
    if name in RECODED and re.search(r'type .*"([^"]+)"[,;] expected "\1"', message):
        return True  # named tuples: of which sizes they are is not printed, and compared elsewhere
    if (name in RECODED or name == "index") and _is_of_ints_alone(message):
        return True
    if name == "arg-type" and _is_past_the_end(info):
        return True
    if not holds_axes(message) and not (re.search(_MAY_HOLD_SIZES, message) and info.module in _annotated):
        return False
    if name in RECODED and info.severity == "error":
        if _takes_an_object(info, *re.findall(r'"([^"]*)"', message)[-2:]):
            return not _strict
        types = [without_sizes_of_ints(text) if holds_arrays(text) else text for text in quoted(message)]
        if len(types) >= 2:
            types[0], types[-1] = results_of_partial(item_given(types[0], types[-1]), types[-1])
            types[0] = after_any_round(types[0], types[-1]) if _loops_before(info.line) else types[0]
        if len(types) >= 2 and carry_shapes(types[0], types[-1]):
            if f" to {DESCRIBED} has " in message:
                return True  # a call of a described function, which we see after mypy
            if f'to "{DERIVED}" has' in message and differs_in(types[0], types[-1]) == "tensor-shape":
                return True  # which we see after mypy, too
            if all(map(is_function, (types[0], types[-1]))) and functions_fit(types[0], types[-1], _any_way(message)):
                return True
            held = re.search(_CONTAINERS, message) is not None
            # Arguments of calls that we see are checked by us: in those that only mypy sees (`cls(x)`), names are free.
            names_bind = name == "arg-type" and not held
            if compatible(types[0], types[-1], names_bind=names_bind):
                return names_bind or not _is_lost(info, types[0], types[-1])
            if (fit := _by_facts(types[0], types[-1], info.line, names_bind)) is not False:
                return fit is True or _is_doubted(info)
            if name == "arg-type" and _is_of_a_library(message) and differs_in(types[0], types[-1]) == "tensor-shape":
                return True  # what mypy infers of axes from the place where the result goes
            if _is_after_a_loop(info, types[0]):
                return True
            if re.search(_ADDING, message) and _checkers and widen(_checkers[0], info.line):
                info.message, info.code = f"{_LOST}: the list gets arrays of another shape", code(LOST_CODE)
                return not _strict
            if not lacks_a_member(types[0], types[-1]):
                info.code = code(differs_in(types[0], types[-1]))
                found = suggestion(types[0], types[-1])
                message += f"; try: {found}" if found else ""
        elif is_scalar_for_array(*re.findall(r'"([^"]*)"', message)[-2:]):
            info.code = code("tensor-shape")
            message += "; a result without axes is a scalar in numpy, not an array; try: np.asarray of it"
    info.message = with_ints(written_out(readable(message)))
    return False
