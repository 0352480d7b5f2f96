"""Drawing programs: signatures, functions, classes."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

from tests.static.agree.bodies import Body
from tests.static.agree.program import Array, Class, Function, Line, Parameter, Program, Statement, for_running
from tests.static.agree.running import define, quiet
from tests.static.agree.sizes import NAMES
from tests.static.agree.statements import statement

LETTERS = "abcxyzuv"


def draw(seed: str, library: str = "tl") -> Program:
    """A program that works with the sizes at which names do not agree by chance; the same for the same seed."""
    rng = random.Random(seed)
    program = Program(library, ())
    with quiet():
        for number in range(rng.choice([1, 2, 2, 3])):
            if rng.random() < 0.3 and number == 0:
                made = _class(rng, program, number)
            else:
                made = _function(rng, program, number)
            if made is not None:
                program = replace(program, definitions=(*program.definitions, made))
    if not program.definitions:
        return draw(seed + "+", library)
    return replace(program, open_axes=any(f.unwritten or _is_open(f) for f in program.functions()))


def _is_open(function: Function) -> bool:
    arrays = [p.array for p in function.parameters if p.array is not None]
    return any(axis.startswith(("...", "_", "#")) for array in arrays for axis in array.axes)


def _axes(rng: random.Random, pool: list[str], bound: set[str], run: bool) -> tuple[str, ...]:
    """The axes of a parameter."""
    axes: list[str] = []
    for _ in range(rng.choices([0, 1, 2, 3], [0.5, 3, 5, 2])[0]):
        chance = rng.random()
        known = sorted(bound)
        if chance < 0.06:
            axes.append(rng.choice(["1", "2", "3", "4", "6"]))
        elif chance < 0.13 and known:
            form = rng.choice(["{}+1", "2*{}", "{}//2", "{}-1", "{}+{}", "{}*{}", "({}+1)//2", "3*{}"])
            axes.append(form.format(rng.choice(known), rng.choice(known)))
        elif chance < 0.15:
            axes.append("_")
        elif chance < 0.18:
            axes.append("#" + rng.choice(pool))
        elif chance < 0.20:
            axes.append("rows=" + rng.choice(["4", "2"]))
        else:
            axes.append(rng.choice(pool))
        bound |= {axis for axis in axes if axis in NAMES}
    if run:
        axes.insert(rng.choice([0, 0, 0, len(axes)]), "*b" if rng.random() < 0.85 else "...")
    return tuple(axes)


def _arrays(rng: random.Random, pool: list[str], count: int, names: str = LETTERS) -> list[Parameter]:
    bound: set[str] = set()
    with_run = rng.random() < 0.25
    found = []
    for name in names[:count]:
        dtype = rng.choices(["Float", "Int", "Bool"], [12, 1, 1])[0]
        found.append(Parameter(name, "array", Array(dtype, _axes(rng, pool, bound, with_run and rng.random() < 0.5))))
    return found


def _signature(rng: random.Random, program: Program) -> tuple[Parameter, ...]:
    """Parameters; often those of a function that was drawn before, with other names of axes, so that a call fits."""
    pool = rng.sample(NAMES, rng.choice([2, 3, 3, 4]))
    found = _arrays(rng, pool, rng.choice([1, 2, 2, 3, 3, 4]))
    callees = [d.parameters if isinstance(d, Function) else d.fields for d in program.definitions]
    if callees and rng.random() < 0.8:
        chosen = [p for p in rng.choice(callees) if p.kind == "array" and p.array and "{" not in "".join(p.array.axes)]
        renamed = dict(zip(NAMES, rng.sample(NAMES, len(NAMES)), strict=True))
        others = [
            Parameter(f"p{i}", "array", Array(p.array.dtype, tuple(_renamed(a, renamed) for a in p.array.axes)))
            for i, p in enumerate(chosen)
            if p.array is not None
        ]
        found = (others + found)[:5]
    if rng.random() < 0.2:
        found.append(Parameter("count", "int"))
        if rng.random() < 0.5:
            place = rng.choice(["{count}", "{count}+1"])
            found.append(Parameter("w", "array", Array("Float", tuple(rng.sample([place, rng.choice(pool)], 2)))))
    if rng.random() < 0.3:
        found.append(Parameter("flag", "flag"))
    if rng.random() < 0.2:
        arrays = [p.array for p in found if p.array is not None and p.array.axes]
        axes = rng.choice(arrays).axes[-1:] if arrays else ()
        if axes and axes[0] in NAMES:
            found.append(Parameter("extra", "optional", Array("Float", axes)))
    return (*_callback(rng, program), *found) if rng.random() < 0.15 else tuple(found)


def _callback(rng: random.Random, program: Program) -> list[Parameter]:
    """A parameter that takes a function which was drawn before, and arrays that it can be called with."""
    known = [d for d in program.definitions if isinstance(d, Function) and d.name != "__call__"]
    if not known:
        return []
    callee = rng.choice(known)
    arrays = [p.array for p in callee.parameters if p.kind == "array" and p.array is not None]
    if len(arrays) != len(callee.parameters) or any(not set(a.axes) <= set(NAMES) for a in arrays):
        return []
    given = [Parameter(f"q{i}", "array", a) for i, a in enumerate(arrays)]
    types = ", ".join(a.text(program.array) for a in arrays)
    text = f"Callable[[{types}], {callee.returns}]"
    return [*given, Parameter("callback", "callable", owner=callee.name, text=text)]


def _renamed(axis: str, names: dict[str, str]) -> str:
    return "".join(names.get(c, c) for c in axis) if "=" not in axis and "{" not in axis and axis != "*b" else axis


def _function(
    rng: random.Random, program: Program, number: int, owner: Class | None = None, name: str = ""
) -> Function | None:
    """A function, or a method of `owner`."""
    parameters = _signature(rng, program)
    if owner is not None:
        parameters = parameters[: rng.choice([1, 2])]
        parameters = tuple(p for p in parameters if p.kind in ("array", "int", "flag"))
    body = Body(rng, program, define(program), parameters, owner)
    statements: list[Statement] = []
    for _ in range(rng.randint(2, 7)):
        made = statement(body)
        if made is not None:
            statements.append(made)
        if len(body.alive()) < 4:
            break
    last = _result(rng, body, statements)
    if last is None:
        return None
    returns, statements = last
    names = owner.name if owner is not None else ""
    return Function(name or f"f{number}", parameters, tuple(statements), returns, names, body.unwritten)


def _result(rng: random.Random, body: Body, statements: list[Statement]) -> tuple[str, list[Statement]] | None:
    """The annotation of the result, and the statements with `return` at the end."""
    found = []
    names = list(dict.fromkeys(body.of_kind("fib")))
    for variable in sorted(reversed(names), key=lambda name: name[0] not in "tu"):
        array = body.annotation(variable)
        if array is not None:
            found.append((variable, array.text(body.program.array)))
        if len(found) == 2:
            break
    if not found:
        return None
    if len(found) == 2 and rng.random() < 0.15:
        line = Line(f"return {found[0][0]}, {found[1][0]}")
        return f"tuple[{found[0][1]}, {found[1][1]}]", [*statements, Statement((line,), "return")]
    variable, text = found[0]
    if statements and rng.random() < 0.4:
        last = statements[-1]
        head = f"{variable} = "
        if len(last.lines) == 1 and last.lines[0].text.startswith(head):
            line = Line("return " + last.lines[0].text.removeprefix(head))
            return text, [*statements[:-1], Statement((line,), "return", last.operations)]
    return text, [*statements, Statement((Line(f"return {variable}"),), "return")]


def _class(rng: random.Random, program: Program, number: int) -> Class | None:
    """A class with one or two methods."""
    pool = rng.sample(NAMES, rng.choice([2, 3]))
    base = rng.choice(["tl.Module", "dataclass"] if program.library == "tl" else ["dataclass"])
    bound: set[str] = set()
    fields = []
    for name in ["weight", "bias", "scale"][: rng.choice([1, 2, 2, 3])]:
        axes = tuple(a for a in _axes(rng, pool, bound, False) if not a.startswith(("#", "_", ".")))
        fields.append(Parameter(name, "array", Array("Float", axes)))
    made = Class(f"C{number}", base, tuple(fields), ())
    methods: list[Function] = []
    for name in rng.choice([["__call__"], ["apply"], ["__call__", "apply"]]):
        inside = replace(program, definitions=(*program.definitions, made))
        method = _function(rng, inside, number, made, name)
        if method is not None:
            methods.append(method)
            made = replace(made, methods=tuple(methods))
    return made if methods else None


def check(program: Program) -> dict[str, Any]:
    """The program's names. Errors: whatever is wrong with its text."""
    compile(for_running(program), "<program>", "exec")
    return define(program)
