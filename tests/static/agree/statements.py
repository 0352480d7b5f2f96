"""Drawing statements: assignments, loops, branches, calls."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from tests.static.agree.bodies import TRIES, Body, kind_of, simple
from tests.static.agree.program import Class, Function, Line, Parameter, Statement

Draw = Callable[[Body], Statement | None]


def _expression(body: Body, within: list[int] | None = None) -> tuple[str, dict[int, Any]] | None:
    """An expression that works, with its values."""
    for _ in range(TRIES):
        body.operations.clear()
        code = body.expression()
        values = body.attempt(code, within)
        if (
            values is not None
            and all(kind_of(v) in ("f", "i", "b", "g") for v in values.values())
            and body.accepts(values)
        ):
            return code, values
    return None


def assignment(body: Body) -> Statement | None:
    """`t = x @ y`."""
    found = _expression(body)
    if found is None:
        return None
    again = [v for v in body.variables if v.startswith("t")]
    name = body.rng.choice(again) if again and body.rng.random() < 0.15 else body.fresh()
    body.assign(name, found[1])
    return simple(f"{name} = {found[0]}", "assignment", body.operations, name)


def annotated(body: Body) -> Statement | None:
    """`t: Float[Tensor, "n"] = x @ y`."""
    found = _expression(body)
    if found is None:
        return None
    name = body.fresh("u")  # is not assigned again: its type is declared
    body.assign(name, found[1])
    array = body.annotation(name)
    if array is None:
        return simple(f"{name} = {found[0]}", "assignment", body.operations, name)
    text = array.text(body.program.array)
    line = Line(f"{name}: {text} = {found[0]}", name, (name, text))
    return Statement((line,), "local annotation", tuple(body.operations))


def sizes(body: Body) -> Statement | None:
    """`s, t = x.shape`, `s = len(x)`."""
    arrays = [v for v in body.of_kind("fib") if body.values(v)]
    if not arrays:
        return None
    one = body.rng.choice(arrays)
    shapes = {i: v.shape for i, v in body.values(one).items()}
    ranks = {len(shape) for shape in shapes.values()}
    if len(ranks) == 1 and (rank := ranks.pop()) > 0 and body.rng.random() < 0.5:
        names = [body.fresh("s") for _ in range(rank)]
        for place, name in enumerate(names):
            body.assign(name, {i: shape[place] for i, shape in shapes.items()})
        return simple(f"{', '.join(names)}{',' if rank == 1 else ''} = {one}.shape", "shape", ["shape"])
    code = body.size()
    values = body.attempt(code)
    if values is None:
        return None
    name = body.fresh("s")
    body.assign(name, values)
    return simple(f"{name} = {code}", "size", ["shape"])


def _same(before: dict[int, Any], after: dict[int, Any]) -> bool:
    return all(
        before[i].shape == value.shape and before[i].dtype.kind == value.dtype.kind for i, value in after.items()
    )


def loop(body: Body) -> Statement | None:
    """`for _ in range(3): t = ...`, of the same shape again."""
    arrays = body.of_kind("f")
    if not arrays:
        return None
    start = body.rng.choice(arrays)
    name = body.fresh()
    body.assign(name, dict(body.values(start)))
    for _ in range(TRIES * 2):
        before = body.values(name)
        found = _expression(body)
        if found is None or not re.search(rf"\b{name}\b", found[0]) or not _same(before, found[1]):
            continue
        operations = list(body.operations)
        body.assign(name, found[1])
        if body.attempt(found[0]) is None:
            continue
        count = body.rng.choice(["3", "2", *[v for v in body.of_kind("n") if v == "count"]])
        lines = (Line(f"{name} = {start}"), Line(f"for _ in range({count}):"), Line(f"    {name} = {found[0]}"))
        return Statement((*lines, Line("pass", name)), "loop", tuple(operations))
    body.variables.remove(name)
    return None


def branch(body: Body) -> Statement | None:
    """`if flag: t = ... else: t = ...`, mostly of one shape."""
    if all(p.kind != "flag" for p in body.parameters):
        return None
    yes = [i for i in body.alive() if body.choices[i].flag]
    no = [i for i in body.alive() if not body.choices[i].flag]
    mixed = body.rng.random() < 0.15
    first = _expression(body)
    operations = list(body.operations)
    if first is None or not yes or not no:
        return None
    for _ in range(TRIES * 2):
        second = _expression(body)
        if second is None or not (mixed or _same(first[1], second[1])) or second[0] == first[0]:
            continue
        operations += body.operations
        name = body.fresh()
        alive = body.alive()
        merged = {i: first[1].get(i) if i in yes else second[1].get(i) for i in alive}
        if any(value is None for value in merged.values()):
            return None
        body.assign(name, merged)
        lines = [Line("if flag:"), Line(f"    {name} = {first[0]}"), Line("else:"), Line(f"    {name} = {second[0]}")]
        if body.rng.random() < 0.3:
            lines = [Line(f"{name} = {first[0]} if flag else {second[0]}")]
            return Statement((Line(lines[0].text, name),), "conditional", tuple(operations))
        return Statement((*lines, Line("pass", name)), "branch", tuple(operations))
    return None


def optional(body: Body) -> Statement | None:
    """`if extra is not None: t = t + extra`."""
    given = [p.name for p in body.parameters if p.kind == "optional"]
    arrays = body.of_kind("f")
    if not given or not arrays:
        return None
    start, extra = body.rng.choice(arrays), body.rng.choice(given)
    name = body.fresh()
    before = body.values(start)
    yes = [i for i in body.alive() if body.choices[i].given]
    for code in ("{n} + {e}", "{n} * {e}", "{n} @ {e}", "{P}.maximum({n}, {e})", "{n} - {e}"):
        text = code.format(n=name, e=extra, P=body.library)
        body.assign(name, dict(before))
        after = body.attempt(text, yes)
        if after is not None and _same(before, after):
            body.assign(name, after)
            lines = (Line(f"{name} = {start}"), Line(f"if {extra} is not None:"), Line(f"    {name} = {text}"))
            return Statement((*lines, Line("pass", name)), "optional", ("add",))
    if name in body.variables:
        body.variables.remove(name)
    return None


def _chosen(body: Body, parameters: tuple[Parameter, ...]) -> str | None:
    """Arguments for a call, of the ranks that its parameters have."""
    texts = []
    ranks = {name: {v.ndim for v in body.values(name).values()} for name in dict.fromkeys(body.of_kind("fib"))}
    for parameter in parameters:
        if parameter.kind == "int":
            texts.append(body.size())
        elif parameter.kind == "flag":
            texts.append(body.rng.choice(["True", "False"]))
        elif parameter.kind == "optional" and body.rng.random() < 0.4:
            texts.append("None")
        elif parameter.array is not None:
            axes = parameter.array.axes
            loose = any(axis.startswith(("*", "...")) for axis in axes)
            fitting = [name for name, found in ranks.items() if loose or found == {len(axes)}]
            if not fitting:
                return None
            texts.append(body.rng.choice(fitting))
        else:
            return None
    return ", ".join(texts)


def _call(
    body: Body, callee: str, parameters: tuple[Parameter, ...], kind: str, prefix: str, given: str = ""
) -> Statement | None:
    for _ in range(TRIES):
        arguments = given or _chosen(body, parameters)
        if arguments is None:
            return None
        values = body.attempt(f"{callee}({arguments})")
        if values is None:
            continue
        first = next(iter(values.values()))
        if isinstance(first, tuple):
            names = [body.fresh() for _ in first]
            for place, name in enumerate(names):
                body.assign(name, {i: value[place] for i, value in values.items()})
            return simple(f"{', '.join(names)} = {callee}({arguments})", kind, ["call"], names[-1])
        name = body.fresh(prefix)
        body.assign(name, values)
        reveal = name if hasattr(first, "shape") else ""
        return simple(f"{name} = {callee}({arguments})", kind, ["call"], reveal)
    return None


def call(body: Body) -> Statement | None:
    """A call of a function that was drawn before."""
    known = [d for d in body.program.definitions if isinstance(d, Function)]
    if not known:
        return None
    callee = body.rng.choice(known)
    return _call(body, callee.name, callee.parameters, "call", "t")


def callback(body: Body) -> Statement | None:
    """A call of a function that is a parameter."""
    if all(p.kind != "callable" for p in body.parameters):
        return None
    given = tuple(p for p in body.parameters if re.fullmatch(r"q\d", p.name))
    return _call(body, "callback", given, "callback", "t", ", ".join(p.name for p in given))


def construct(body: Body) -> Statement | None:
    """An object of a class that was drawn before."""
    known = [d for d in body.program.definitions if isinstance(d, Class) and d is not body.itself]
    if not known:
        return None
    made = body.rng.choice(known)
    return _call(body, made.name, made.fields, "constructor", "o")


def method(body: Body) -> Statement | None:
    """A call of a method, or a field of an object."""
    objects = body.of_kind("o")
    if not objects:
        return None
    one = body.rng.choice(objects)
    owner = body.program.classes()[type(next(iter(body.values(one).values()))).__name__]
    if owner.methods and body.rng.random() < 0.75:
        chosen = body.rng.choice(owner.methods)
        callee = one if chosen.name == "__call__" else f"{one}.{chosen.name}"
        return _call(body, callee, chosen.parameters, "method", "t")
    name, code = body.fresh(), f"{one}.{body.rng.choice(owner.fields).name}"
    values = body.attempt(code)
    if values is None:
        return None
    body.assign(name, values)
    return simple(f"{name} = {code}", "field", ["field"], name if hasattr(next(iter(values.values())), "shape") else "")


STATEMENTS: list[tuple[Draw, float]] = [
    (assignment, 10.0),
    (annotated, 2.0),
    (sizes, 1.2),
    (loop, 0.8),
    (branch, 2.0),
    (optional, 1.5),
    (call, 3.0),
    (callback, 5.0),
    (construct, 3.0),
    (method, 4.0),
]


def statement(body: Body) -> Statement | None:
    """A random statement; None when none was found."""
    draw = body.rng.choices([d for d, _ in STATEMENTS], [w for _, w in STATEMENTS])[0]
    return draw(body)
