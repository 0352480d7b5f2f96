"""Reading the shape files of libraries: what the functions of numpy, or of a library of one's own, do to shapes.

A shape file is data in Python's syntax, `LIBRARY.shapes.pyi`. A function either returns an expression over the
operations of tl_dsl and its own parameters, or has jaxtyping annotations and no body:

    def concatenate(arrays, axis=0, **options): return concat(arrays, axis=axis)
    class linalg:
        def inv(a: Float[Array, "*b n n"]) -> Float[Array, "*b n n"]: ...

The element type of a result is what its arguments promote to, or what the annotation of an expression says. A name that
is defined more than once has several forms; the first that fits a call counts. `log = sqrt = exp` gives one rule, or
one class of rules, more names. Nothing in a shape file is executed but such expressions.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final, NamedTuple

from tl_checker.shapes.libraries.shape_language import language
from tl_dsl.errors import AnnotationError
from tl_dsl.shapes import Shape, parse_shape

EXPRESSIONS: Final = "<shapes>"
"""What Python takes for the file of the expressions of shape files."""
ARRAY: Final = "Array"
"""What stands for the library's array class in the annotations of a shape file."""


class LibraryError(ValueError):
    """A shape file that cannot be read."""


class Expression:
    """An expression of the shape language, as a function of parameters. Most are never asked for their value."""

    def __init__(self, tree: ast.expr, parameters: set[str]) -> None:
        self.tree = tree
        self._parameters = parameters

    @cached_property
    def function(self) -> Callable[..., Any]:
        """The function that gives its value."""
        # In a bare expression, a comprehension would not see the parameters.
        given = ast.arguments([], [ast.arg(name) for name in sorted(self._parameters)], None, [], [], None, [])
        function = ast.copy_location(ast.Lambda(given, self.tree), self.tree)
        code = compile(ast.fix_missing_locations(ast.Expression(function)), EXPRESSIONS, "eval")
        made: Callable[..., Any] = eval(code, language())
        return made


@dataclass(frozen=True)
class Form:
    """One way to call a function."""

    name: str
    signature: inspect.Signature
    shape: Expression | None = None
    dtype: Expression | None = None
    outermost: frozenset[str] = frozenset({""})
    """The functions of the shape language that may make the result; "" for what is none."""
    arguments: dict[str, Shape] = field(default_factory=dict)
    result: Shape | None = None
    is_property: bool = False


Library = dict[str, list[Form]]
"""The forms of each function by its full name."""


class Unparsed(NamedTuple):
    """The text of a function that nobody has asked for."""

    name: str
    lineno: int
    text: str

    def parsed(self) -> ast.FunctionDef:
        """The function, at its line."""
        (function,) = ast.parse("\n" * (self.lineno - 1) + self.text).body
        assert isinstance(function, ast.FunctionDef)
        return function


class Described:
    """What a shape file says of one function. Of most, nobody asks for it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self.written: list[ast.FunctionDef | Unparsed] = []

    @cached_property
    def forms(self) -> list[Form]:
        """The forms of the function. Errors: LibraryError with the line."""
        return [self._form(function) for function in self.written]

    def _form(self, function: ast.FunctionDef | Unparsed) -> Form:
        try:
            return _form(function.parsed() if isinstance(function, Unparsed) else function, self._name)
        except (ValueError, SyntaxError, RecursionError) as error:
            if isinstance(error, LibraryError):
                raise
            raise LibraryError(f"{function.lineno}: {error}") from error


def read_library(path: Path) -> Library:
    """The functions of a shape file. Errors: LibraryError with the line."""
    found = read_names(path)
    with _errors_of(path):
        return {name: described.forms for name, described in found.items()}


def read_names(path: Path) -> dict[str, Described]:
    """The same without a look at what the functions do. Errors: LibraryError for what is wrong outside of them."""
    try:
        tree = ast.parse(path.read_text(encoding="utf-8"), str(path))
    except SyntaxError as error:
        raise LibraryError(f"{path}:{error.lineno}: error: {error.msg}") from error
    except (ValueError, RecursionError, MemoryError) as error:  # not UTF-8, a null byte, brackets without end
        raise LibraryError(f"{path}:1: error: {error or type(error).__name__}") from error
    found: dict[str, Described] = {}
    with _errors_of(path):
        _read_block(tree.body, _prefix(path), found)
    return found


_FUNCTION: Final = r"(?m)^(?:@.*\n)*def (\w+)\(.*\n(?:[ )].*\n|\n)*"


def read_outline(path: Path) -> dict[str, Described]:
    """The same for a file of ours, each function of which is parsed when somebody asks for it.

    In such a file, the lines of a function are indented but for the first and for one that closes brackets.
    """
    text = path.read_text(encoding="utf-8")
    functions: list[Unparsed] = []

    at, line = 0, 1

    def put_aside(match: re.Match[str]) -> str:
        nonlocal at, line
        line += text.count("\n", at, match.start())
        at = match.start()
        functions.append(Unparsed(match[1], line, match[0]))
        return "\n" * match[0].count("\n")

    others = ast.parse(re.sub(_FUNCTION, put_aside, text)).body
    found: dict[str, Described] = {}
    _read_block(sorted([*others, *functions], key=lambda each: each.lineno), _prefix(path), found)
    return found


def _prefix(path: Path) -> str:
    return path.name.removesuffix(".pyi").removesuffix(".shapes")


@contextlib.contextmanager
def _errors_of(path: Path) -> Iterator[None]:
    try:
        yield
    except LibraryError as error:
        line, _, what = str(error).partition(": ")
        raise LibraryError(f"{path}:{line}: error: {what}") from error


def _read_block(body: Sequence[ast.stmt | Unparsed], prefix: str, found: dict[str, Described]) -> None:
    classes = {statement.name for statement in body if isinstance(statement, ast.ClassDef)}
    for statement in body:
        match statement:
            case ast.FunctionDef(name=name) | Unparsed(name=name):
                fullname = f"{prefix}.{name}"
                found.setdefault(fullname, Described(fullname)).written.append(statement)
            case ast.ClassDef():
                _read_block(statement.body, f"{prefix}.{statement.name}", found)
            case ast.Assign(targets=targets, value=ast.Name(id=source)):
                original = f"{prefix}.{source}"
                of_source = {original: found[original]} if original in found else {}
                if source in classes:
                    of_source |= {name: each for name, each in found.items() if name.startswith(f"{original}.")}
                if not of_source:
                    raise LibraryError(f"{statement.lineno}: {source} is not defined above")
                for target in targets:
                    if not isinstance(target, ast.Name):
                        raise LibraryError(f"{statement.lineno}: names are given to names only")
                    for name, described in of_source.items():
                        found[f"{prefix}.{target.id}{name.removeprefix(original)}"] = described
            case ast.Expr(value=ast.Constant(value=str())) | ast.Pass():
                pass
            case _:
                raise LibraryError(f"{statement.lineno}: a shape file has functions, classes and names only")


def _form(function: ast.FunctionDef, name: str) -> Form:
    signature = _signature(function)
    is_property = any(isinstance(item, ast.Name) and item.id == "property" for item in function.decorator_list)
    body = [item for item in function.body if not _is_text(item)]
    match body:
        case [ast.Return(value=ast.expr() as value)]:
            outermost = frozenset(_outermost(value))
            parameters = set(signature.parameters)
            dtype = None if function.returns is None else _expression(function.returns, parameters | {"given"})
            return Form(name, signature, _expression(value, parameters), dtype, outermost, is_property=is_property)
        case []:
            return _annotated_form(function, name, signature)
    raise LibraryError(f"{function.lineno}: {name} returns one expression, or has annotations and no body")


def _annotated_form(function: ast.FunctionDef, name: str, signature: inspect.Signature) -> Form:
    arguments = {
        argument.arg: shape
        for argument in _parameters(function.args)
        if argument.annotation is not None and (shape := _shape(argument.annotation, name)) is not None
    }
    result = None if function.returns is None else _shape(function.returns, name)
    if result is None:
        raise LibraryError(f"{function.lineno}: the result of {name} has no shape")
    assert function.returns is not None
    assert isinstance(function.returns, ast.Subscript)
    return Form(
        name,
        signature,
        dtype=_dtype_of(function.returns, set(signature.parameters)),
        arguments=arguments,
        result=result,
    )


def _dtype_of(annotation: ast.Subscript, parameters: set[str]) -> Expression:
    """`Float[...]` promotes to floating elements; `Shaped[...]` keeps what the arguments promote to."""
    name = annotation.value.id if isinstance(annotation.value, ast.Name) else ""
    rule = {"Float": "floating(*given)", "Shaped": "promote(*given)"}.get(name, name)
    return _expression(ast.parse(rule, mode="eval").body, parameters | {"given"})


def _shape(annotation: ast.expr, scope: str) -> Shape | None:
    match annotation:
        case ast.Subscript(slice=ast.Tuple(elts=[ast.Name(id="Array"), ast.Constant(value=str(text))])):
            try:
                return parse_shape(text, scope).shape({})
            except AnnotationError as error:
                raise LibraryError(f"{annotation.lineno}: {error.rule}") from error
    return None


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _parameters(arguments: ast.arguments) -> Iterator[ast.arg]:
    yield from (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)


def _signature(function: ast.FunctionDef) -> inspect.Signature:
    given = function.args
    positional = [*given.posonlyargs, *given.args]
    defaults: list[ast.expr | None] = [None] * (len(positional) - len(given.defaults)) + list(given.defaults)
    found = []
    for i, (arg, value) in enumerate(zip(positional, defaults, strict=True)):
        only = i < len(given.posonlyargs)
        kind = inspect.Parameter.POSITIONAL_ONLY if only else inspect.Parameter.POSITIONAL_OR_KEYWORD
        found.append(_parameter(arg, kind, value))
    if given.vararg is not None:
        found.append(inspect.Parameter(given.vararg.arg, inspect.Parameter.VAR_POSITIONAL))
    for arg, value in zip(given.kwonlyargs, given.kw_defaults, strict=True):
        found.append(_parameter(arg, inspect.Parameter.KEYWORD_ONLY, value))
    if given.kwarg is not None:
        found.append(inspect.Parameter(given.kwarg.arg, inspect.Parameter.VAR_KEYWORD))
    return inspect.Signature(found)


def _parameter(arg: ast.arg, kind: inspect._ParameterKind, default: ast.expr | None) -> inspect.Parameter:
    if default is None:
        return inspect.Parameter(arg.arg, kind)
    try:
        return inspect.Parameter(arg.arg, kind, default=ast.literal_eval(default))
    except ValueError as error:
        raise LibraryError(f"{default.lineno}: a default is a plain value") from error


_NODES: Final = (
    *(ast.Expression, ast.Call, ast.Name, ast.Constant, ast.Tuple, ast.List, ast.Starred, ast.keyword, ast.Load),
    *(ast.BinOp, ast.Add, ast.Sub, ast.Mult, ast.FloorDiv, ast.UnaryOp, ast.USub, ast.Not, ast.BoolOp, ast.And, ast.Or),
    *(ast.IfExp, ast.Compare, ast.Is, ast.IsNot, ast.Eq, ast.NotEq, ast.Lt, ast.Gt, ast.LtE, ast.GtE),
    *(ast.ListComp, ast.comprehension, ast.Store, ast.Subscript, ast.Slice),
)


def _outermost(value: ast.expr) -> Iterator[str]:
    match value:
        case ast.IfExp(body=first, orelse=second):
            yield from _outermost(first)
            yield from _outermost(second)
        case ast.Call(func=ast.Name(id=name)):
            yield name
        case _:
            yield ""


def _expression(expression: ast.expr, parameters: set[str]) -> Expression:
    """A text as an expression of the shape language, which is a part of Python's without attributes."""
    nodes = list(ast.walk(expression))
    local = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    for node in nodes:
        if not isinstance(node, _NODES):
            raise LibraryError(f"{expression.lineno}: {type(node).__name__} is not part of the shape language")
        known = not isinstance(node, ast.Name) or node.id in parameters | local or node.id in language()
        if isinstance(node, ast.Name) and (not known or node.id.startswith("__")):
            raise LibraryError(f"{expression.lineno}: {node.id} is not a name of the shape language")
    return Expression(expression, parameters)
