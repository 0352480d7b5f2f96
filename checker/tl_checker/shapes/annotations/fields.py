"""What the source of a class says of its fields' axes: read before its methods, and kept in mypy's cache.

Which axes its fields declare, which fields it gives new values after construction, and which parameters of its
constructor are fields as they are. Only the source is read, so that a method may stand before the field.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any, Final

from mypy.nodes import (
    AssignmentStmt,
    CallExpr,
    ClassDef,
    Decorator,
    Expression,
    ForStmt,
    FuncDef,
    MemberExpr,
    NameExpr,
    Node,
    OperatorAssignmentStmt,
    OpExpr,
    OverloadedFuncDef,
    Statement,
    SuperExpr,
    TupleExpr,
    TypeInfo,
    UnaryExpr,
    Var,
    WithStmt,
)
from mypy.types import CallableType, RawExpressionType, Type, TypeList, UnboundType, UnionType

from tl_checker.shapes.annotations.assignments import assigned_names, stored_fields, stored_parameters
from tl_checker.shapes.annotations.constructed_sizes import chosen_sizes
from tl_checker.shapes.annotations.encoding import shape_of
from tl_checker.shapes.annotations.property_sizes import sizes_of_properties
from tl_checker.shapes.host.walking import children, walk
from tl_dsl.dims import Dim, atoms, dim_of
from tl_dsl.errors import AnnotationError
from tl_dsl.shapes import Star, parse_shape

KEY: Final = "tl_shapes"
"""Where mypy keeps what we know of a class."""
CONSTRUCTORS: Final = frozenset({"__new__", "__init__", "__post_init__", "__attrs_post_init__", "setup"})
IsJaxtyping = Callable[[str], bool]


@dataclass(frozen=True)
class Fields:
    """The axes and fields of one class, without its bases."""

    axes: tuple[str, ...] = ()
    """The names that annotations of fields declare, `*name` for runs."""
    changing: tuple[str, ...] = ()
    """The fields that get values of other shapes after construction, as far as one can see."""
    kept: tuple[str, ...] = ()
    """Those that get values by arithmetic on themselves, which keeps the shape of an array."""
    given: tuple[tuple[str, int], ...] = ()
    """In how many other places each field of self gets a value."""
    renamed: tuple[tuple[str, str], ...] = ()
    """The axes of fields that a base declares too, by other names, and the atoms that they are there."""
    values: tuple[tuple[str, str], ...] = ()
    """Parameters of `__init__`, and the atoms of their values: "pkg.Linear:{self.width}" when a field keeps it for
    life, else "pkg.Linear:{width}"."""
    stored: tuple[str, ...] = ()
    """The axes of arrays that `__init__` takes and that fields without annotation keep, `*name` for runs."""
    computed: tuple[tuple[str, str], ...] = ()
    """What properties compute of sizes, as shape strings."""
    scalars: tuple[str, ...] = ()
    """The fields that are declared as numbers or text, or keep what the constructor takes as such."""
    declares_axes: bool = False
    """Whether the body of the class declares arrays, as those of dataclasses and Modules do."""


_NO_FIELDS: Final = Fields()


def fields_of(info: TypeInfo) -> Fields:
    """What is known of a class itself."""
    kept: Any = info.metadata.get(KEY)
    if kept is None:
        return _NO_FIELDS
    values = tuple((parameter, atom) for parameter, atom in kept["values"])
    given = tuple((field, count) for field, count in kept["given"])
    renamed = tuple((name, atom) for name, atom in kept["renamed"])
    computed = tuple((name, text) for name, text in kept["computed"])
    axes, changing, unchanged, stored = (tuple(kept[key]) for key in ("axes", "changing", "kept", "stored"))
    return Fields(
        axes, changing, unchanged, given, renamed, values, stored, computed, tuple(kept["scalars"]), kept["declares"]
    )


def has_several_values(info: TypeInfo, name: str) -> bool:
    """Whether a field gets values in more than one place: the type that mypy infers is that of one of them."""
    found = [fields_of(base) for base in info.mro]
    return sum(dict(fields.given).get(name, 0) for fields in found) > 1 or any(name in f.changing for f in found)


def values_in(function: FuncDef) -> dict[str, Dim]:
    """What the parameters of an `__init__` stand for: the object keeps their values."""
    if function.name != "__init__" or not function.info:
        return {}
    return {parameter: dim_of(atom) for parameter, atom in fields_of(function.info).values}


def value_of_field(info: TypeInfo, name: str) -> Dim | None:
    """`{self.width}`: the value that a field keeps for life, as a name of the class that has it first."""
    for base in info.mro:
        fields = fields_of(base)
        if name in fields.changing or name in fields.kept:
            return None
    for base in reversed(info.mro):
        atom = f"{base.fullname}:{{self.{name}}}"
        if name in base.names or any(atom == kept for _, kept in fields_of(base).values):
            return dim_of(atom)
    return dim_of(f"{info.fullname}:{{self.{name}}}")


def note_class(definition: ClassDef, is_jaxtyping: IsJaxtyping) -> None:
    """Read a class when its bases are known."""
    methods = [method for statement in definition.defs.body for method in _functions(statement)]
    axes: dict[str, None] = {}
    changing: dict[str, None] = {}
    kept: dict[str, None] = {}
    given: dict[str, int] = {}
    renamed: dict[str, str] = {}
    properties = {method.name for method in methods}
    made: FuncDef | None = None
    declared: dict[str, list[str]] = {}
    scalars: set[str] = set()
    for statement in _of_body(definition.defs):
        if isinstance(statement, AssignmentStmt) and not definition.info.is_protocol:
            axes.update(dict.fromkeys(_names(statement.unanalyzed_type, is_jaxtyping)))
            declared.update(_declared(statement, is_jaxtyping))
            scalars |= _scalar_targets(statement)
            renamed.update(_renamed(statement, definition.info, is_jaxtyping))
    declares = bool(axes)
    for method in methods:
        if not method.arguments:
            continue
        owner = method.arguments[0].variable.name
        made = method if method.name == "__init__" else made
        for statement in walk(method.body):
            for field in _given_fields(statement, owner):
                if isinstance(statement, AssignmentStmt):
                    axes.update(dict.fromkeys(_names(statement.unanalyzed_type, is_jaxtyping)))
                    declared.update(_declared(statement, is_jaxtyping))
                    scalars |= _scalar_targets(statement)
                if _keeps(statement, owner, field):
                    kept[field] = None
                    continue
                given[field] = given.get(field, 0) + 1
                if method.name not in CONSTRUCTORS and field not in properties:
                    changing[field] = None
    computed = sizes_of_properties(definition.defs.body, declared)
    if not (axes or given or kept or made or computed):
        return
    found: dict[str, Any] = {"axes": list(axes), "changing": list(changing), "kept": list(kept)}
    found |= {"given": [[field, count] for field, count in given.items()]}
    found |= {"renamed": [[name, atom] for name, atom in renamed.items()], "values": [], "stored": []}
    found["computed"] = [[name, text] for name, text in computed.items()]
    if made is not None:
        taken = _parameters_of(made, _SCALARS)
        scalars |= {field for parameter, field in stored_parameters(made).items() if parameter in taken}
    found["scalars"], found["declares"] = sorted(scalars), declares
    definition.info.metadata[KEY] = found
    if made is not None:
        values = _values(made, definition.info)
        found["values"] = [[parameter, atom] for parameter, atom in values.items()]
        chosen = chosen_sizes(made, declared, lambda size: _size_atom(size, made, definition.info, values))
        may_change = (declared.get(field, []) for field in changing)
        taken = _axes_of_parameters(made, is_jaxtyping).union(definition.info.type_vars, *may_change)
        found["renamed"] += [[name, a] for name, a in chosen.items() if name not in renamed and name not in taken]
        ints = _parameters_of(made, _INTS) & values.keys() - axes.keys() if _is_plain(definition) else set()
        read = sorted(_names_in_expressions(declared) & ints)
        found["axes"] += read
        found["renamed"] += [[name, values[name]] for name in read]
        if _is_plain(definition):
            lasting = {field for field, count in given.items() if count == 1} - changing.keys() - declared.keys()
            found["stored"] = sorted(
                _stored(made, definition.info, lasting - properties, is_jaxtyping) - {*found["axes"]}
            )


def _is_plain(definition: ClassDef) -> bool:
    """Whether nothing checks the fields of a class at run time, as jaxtyping does those of a dataclass."""
    is_made = any("dataclass" in base.metadata or base.dataclass_transform_spec for base in definition.info.mro[1:])
    metaclass = definition.info.calculate_metaclass_type()
    return not (definition.decorators or is_made or (metaclass and metaclass.type.dataclass_transform_spec))


def _stored(made: FuncDef, info: TypeInfo, lasting: Set[str], is_jaxtyping: IsJaxtyping) -> set[str]:
    """The axes of the arrays among the parameters of a constructor that fields keep as they are."""
    written = made.unanalyzed_type.arg_types if isinstance(made.unanalyzed_type, CallableType) else ()
    types = {argument.variable.name: t for argument, t in zip(made.arguments, written, strict=False)}
    inherited = {name for base in info.mro[1:] for name in base.names}
    kept = {parameter for field, parameter in stored_fields(made).items() if field in lasting - inherited}
    return {name for parameter in kept & types.keys() for name in _names(types[parameter], is_jaxtyping)}


def _names_in_expressions(declared: Mapping[str, list[str]]) -> set[str]:
    """The names in fields' sizes such as `n+m`, which other axes have to bind, or an int of the constructor's."""
    found: set[str] = set()
    for words in declared.values():
        with contextlib.suppress(AnnotationError):
            tokens = parse_shape(" ".join(words)).tokens
            found.update(name for token in tokens if token.kind == "expression" for name in token.names)
    return found


_INTS: Final = frozenset({"int", "builtins.int"})
_SCALARS: Final = _INTS | {"float", "bool", "str", "complex"}


def _parameters_of(made: FuncDef, classes: Set[str]) -> set[str]:
    """The parameters of a constructor that are declared as one of some classes."""
    signature = made.unanalyzed_type
    written = signature.arg_types if isinstance(signature, CallableType) else ()
    pairs = zip(made.arguments, written, strict=False)  # a constructor without annotations has none
    return {a.variable.name for a, t in pairs if isinstance(t, UnboundType) and t.name in classes}


def _scalar_targets(statement: AssignmentStmt) -> set[str]:
    """The field that is declared as a number or text: `rate: float`, `self.count: int = 0`."""
    target, written = statement.lvalues[0], statement.unanalyzed_type
    is_scalar = isinstance(written, UnboundType) and written.name in _SCALARS
    return {target.name} if is_scalar and isinstance(target, (NameExpr, MemberExpr)) else set()


def _declared(statement: AssignmentStmt, is_jaxtyping: IsJaxtyping) -> dict[str, list[str]]:
    """The axes that an annotation of a field writes, as they stand there."""
    target, written = statement.lvalues[0], statement.unanalyzed_type
    text = shape_text(written.args[1]) if isinstance(written, UnboundType) and len(written.args) == 2 else None
    if not isinstance(target, (NameExpr, MemberExpr)) or text is None or not isinstance(written, UnboundType):
        return {}
    return {target.name: text.split()} if is_jaxtyping(written.name) else {}


def _size_atom(size: Expression, made: FuncDef, info: TypeInfo, values: dict[str, str]) -> str | None:
    """The atom of a size in a constructor: a parameter that keeps its value, or a field that does."""
    if isinstance(size, NameExpr):
        return values.get(size.name)
    owner = made.arguments[0].variable.name if made.arguments else ""
    if isinstance(size, MemberExpr) and isinstance(size.expr, NameExpr) and size.expr.name == owner:
        stored = stored_parameters(made)
        return next((values[name] for name, field in stored.items() if field == size.name and name in values), None)
    return None


def _axes_of_parameters(made: FuncDef, is_jaxtyping: IsJaxtyping) -> frozenset[str]:
    """The axes that the arrays among the parameters of a constructor fix."""
    signature = made.unanalyzed_type
    written = signature.arg_types if isinstance(signature, CallableType) else ()
    return frozenset(name for t in written for name in _names(t, is_jaxtyping))


def _renamed(statement: AssignmentStmt, info: TypeInfo, is_jaxtyping: IsJaxtyping) -> dict[str, str]:
    """The axes of a field that a base declares too: `w: Float[Array, "p q"]` over `"n m"` makes p the base's n."""
    target, written = statement.lvalues[0], statement.unanalyzed_type
    if not isinstance(target, NameExpr) or not isinstance(written, UnboundType) or not is_jaxtyping(written.name):
        return {}
    base = next((base for base in info.mro[1:] if target.name in base.names), None)
    field = None if base is None else base.names[target.name].node
    shape = shape_of(field.type) if isinstance(field, Var) and field.type is not None else None
    names = list(_names(written, is_jaxtyping))
    if shape is None or len(names) != len(shape):
        return {}
    renamed: dict[str, str] = {}
    for name, axis in zip(names, shape, strict=True):
        if isinstance(axis, Star) == name.startswith("*"):
            atom = f"*{axis.name}" if isinstance(axis, Star) and axis.name else None
            atom = axis.only if isinstance(axis, Dim) else atom
            if atom is not None:
                renamed[name] = atom
    return renamed


def _values(made: FuncDef, info: TypeInfo) -> dict[str, str]:
    """The atoms of the values of a constructor's parameters, but for those to which it assigns."""
    names = {argument.variable.name for argument in made.arguments[1:]} - assigned_names(made)
    values = {name: f"{info.fullname}:{{{name}}}" for name in sorted(names)}
    values.update(_passed_on(made, info))
    for name, field in stored_parameters(made).items():
        value = value_of_field(info, field)
        if value is not None:
            (values[name],) = atoms(value)
    return values


def _passed_on(method: FuncDef, info: TypeInfo) -> dict[str, str]:
    """The parameters that go as they are to `super().__init__`, with the atoms that they have there."""
    base = next((base for base in info.mro[1:] if "__init__" in base.names), None)
    made = None if base is None else base.names["__init__"].node
    if method.name != "__init__" or base is None or not isinstance(made, FuncDef):
        return {}
    stored = dict(fields_of(base).values)
    names = made.arg_names[1:]
    own = {argument.variable.name for argument in method.arguments[1:]} - assigned_names(method)
    passed: dict[str, str] = {}
    for call in walk(method.body):
        if isinstance(call, CallExpr) and isinstance(call.callee, SuperExpr) and call.callee.name == "__init__":
            for i, (value, name) in enumerate(zip(call.args, call.arg_names, strict=True)):
                name = name or (names[i] if i < len(names) else None)
                if isinstance(value, NameExpr) and value.name in own and name in stored:
                    passed[value.name] = stored[name]
    return passed


def declare(info: TypeInfo, names: Iterable[str]) -> None:
    """The body of a class declares axes, which its annotations tell only when they are analysed (`image: Image`)."""
    new = sorted(set(names) - set(fields_of(info).axes))
    if new:
        nothing: dict[str, Any] = {
            "axes": [],
            "changing": [],
            "kept": [],
            "given": [],
            "renamed": [],
            "values": [],
            "stored": [],
            "computed": [],
            "scalars": [],
            "declares": False,
        }
        known = info.metadata.setdefault(KEY, nothing)
        known["axes"] += new
        known["declares"] = True


def _functions(statement: Statement) -> Iterator[FuncDef]:
    """The function that a statement defines; of a property with a setter, both."""
    if isinstance(statement, OverloadedFuncDef):
        for item in statement.items if statement.impl is None else (statement.impl,):
            yield from _functions(item)
    elif isinstance(statement, Decorator):
        yield statement.func
    elif isinstance(statement, FuncDef):
        yield statement


def _of_body(node: Node) -> Iterator[Node]:
    """The statements of a class itself, without those of its methods and inner classes."""
    for child in children(node):
        if not isinstance(child, (FuncDef, Decorator, OverloadedFuncDef, ClassDef)):
            yield child
            yield from _of_body(child)


def _given_fields(statement: Node, owner: str) -> Iterator[str]:
    """The fields of self to which a statement assigns."""
    match statement:
        case AssignmentStmt():
            targets = statement.lvalues
        case OperatorAssignmentStmt():
            targets = [statement.lvalue]
        case ForStmt():
            targets = [statement.index]
        case WithStmt():
            targets = [target for target in statement.target if target is not None]
        case _:
            return
    for target in targets:
        yield from _fields_of_self(target, owner)


def _fields_of_self(target: Expression, owner: str) -> Iterator[str]:
    if isinstance(target, TupleExpr):
        for item in target.items:
            yield from _fields_of_self(item, owner)
    elif isinstance(target, MemberExpr) and isinstance(target.expr, NameExpr) and target.expr.name == owner:
        yield target.name


def _keeps(statement: Node, owner: str, field: str) -> bool:
    """Whether an assignment is arithmetic on the field itself, such as `self.w = self.w - 0.1 * step`.

    Its result is then held against the declared axes.
    """
    if isinstance(statement, OperatorAssignmentStmt):
        return True
    return isinstance(statement, AssignmentStmt) and _computes(statement.rvalue, owner, field)


def _computes(expression: Expression, owner: str, field: str) -> bool:
    if isinstance(expression, OpExpr) and expression.op in ("+", "-", "*", "/"):
        return any(field in _fields_of_self(side, owner) or _computes(side, owner, field)
                   for side in (expression.left, expression.right))  # fmt: skip
    return isinstance(expression, UnaryExpr) and _computes(expression.expr, owner, field)


def _names(annotation: Type | None, is_jaxtyping: IsJaxtyping) -> Iterator[str]:
    """The axes that the shape strings in a type bind."""
    if isinstance(annotation, UnboundType) and len(annotation.args) == 2 and is_jaxtyping(annotation.name):
        yield from _names(annotation.args[0], is_jaxtyping)
        text = shape_text(annotation.args[1])
        try:
            tokens = parse_shape(text).tokens if text is not None else ()
        except AnnotationError:
            return
        named = [token for token in tokens if not token.broadcasts and not token.per_leaf]
        yield from (token.text for token in named if token.kind == "name")
        yield from ("*" + token.text for token in named if token.kind == "star")
        return
    if isinstance(annotation, UnboundType) and annotation.name.rpartition(".")[2] == "Callable":
        return  # what is new there is bound at each call
    parts = annotation.args if isinstance(annotation, UnboundType) else ()
    if isinstance(annotation, (UnionType, TypeList)):
        parts = tuple(annotation.items)
    for part in parts:
        yield from _names(part, is_jaxtyping)


def shape_text(argument: Type) -> str | None:
    """The string of a type argument, which mypy has read as a type."""
    if isinstance(argument, UnboundType):
        return argument.original_str_expr or argument.name
    if isinstance(argument, RawExpressionType) and isinstance(argument.literal_value, str):
        return argument.literal_value
    return None
