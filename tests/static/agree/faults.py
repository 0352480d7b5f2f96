"""Planting one fault: a small change after which the program fails for some sizes."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from dataclasses import replace

from tests.static.agree.program import Class, Function, Line, Program
from tests.static.agree.running import Execution, execute
from tests.static.agree.sizes import NAMES, is_revealing

Change = Callable[[random.Random, str, list[str]], str | None]


def _one(rng: random.Random, pattern: str, text: str, new: Callable[[re.Match[str]], str]) -> str | None:
    """One of the places where a pattern stands, changed."""
    places = list(re.finditer(pattern, text))
    if not places:
        return None
    place = rng.choice(places)
    return text[: place.start()] + new(place) + text[place.end() :]


def _axis(rng: random.Random, text: str, names: list[str]) -> str | None:
    return _one(rng, r"axis=-?\d", text, lambda m: f"axis={rng.choice([-2, -1, 0, 1, 2])}")


def _keepdims(rng: random.Random, text: str, names: list[str]) -> str | None:
    return _one(rng, r", keepdims=True", text, lambda m: "")


def _transpose(rng: random.Random, text: str, names: list[str]) -> str | None:
    if re.search(r"\.m?T\b", text):
        return _one(rng, r"\.m?T\b", text, lambda m: "")
    return _one(rng, r"(?<![\w.])[a-z]\w*(?=[ )\],]|$)", text, lambda m: m[0] + ".T" if m[0] in names else m[0])


def _name(rng: random.Random, text: str, names: list[str]) -> str | None:
    return _one(
        rng, r"(?<![\w.\"])[a-z]\d*\b(?!\()", text, lambda m: rng.choice(names) if m[0] in names and names else m[0]
    )


def _operands(rng: random.Random, text: str, names: list[str]) -> str | None:
    return _one(rng, r"(\b[\w.]+) ([@*+-]|, ) ?(\b[\w.]+)", text, lambda m: f"{m[3]} {m[2]} {m[1]}")


def _arguments(rng: random.Random, text: str, names: list[str]) -> str | None:
    return _one(rng, r"(\b\w+), (\w+)\b(?=[,)])", text, lambda m: f"{m[2]}, {m[1]}")


def _number(rng: random.Random, text: str, names: list[str]) -> str | None:
    return _one(rng, r"(?<![\w.=])\d+\b(?![.\w])", text, lambda m: str(int(m[0]) + rng.choice([1, 1, 2])))


def _operator(rng: random.Random, text: str, names: list[str]) -> str | None:
    return _one(rng, r" [@+*-] ", text, lambda m: rng.choice([" @ ", " + "]))


def _index(rng: random.Random, text: str, names: list[str]) -> str | None:
    return _one(
        rng, r"\[(None|0|:|\.\.\.|1:|:-1)([],])", text, lambda m: f"[{rng.choice(['None', '0', ':', '1:'])}{m[2]}"
    )


def _shape(rng: random.Random, text: str, names: list[str]) -> str | None:
    """Another axis in an annotation."""

    def other(m: re.Match[str]) -> str:
        axes = m[1].split(" ")
        place = rng.randrange(len(axes))
        match rng.randrange(4):
            case 0:
                axes.reverse()
            case 1:
                axes[place] = rng.choice(NAMES)
            case 2:
                del axes[place]
            case 3:
                axes[place] = axes[place] + "+1" if not axes[place].startswith(("*", "#", ".", "_")) else "n"
        return f'"{" ".join(axes)}"'

    return _one(rng, r'"([^"]+)"', text, other)


CHANGES: dict[str, Change] = {
    "axis": _axis,
    "keepdims": _keepdims,
    "transpose": _transpose,
    "name": _name,
    "operands": _operands,
    "arguments": _arguments,
    "number": _number,
    "operator": _operator,
    "index": _index,
    "annotation": _shape,
}
TRIES = 40


def plant(program: Program, rng: random.Random) -> tuple[Program, Execution] | None:
    """The program with one change that makes it fail at sizes which do not agree by chance; None if none is found."""
    for _ in range(TRIES):
        what = rng.choice(list(CHANGES))
        changed = _changed(program, rng, what)
        if changed is None:
            continue
        execution = execute(changed)
        failed = [f for f in execution.failures if is_revealing(f.sizes) and f.lines]
        if failed and not execution.broken and not any(_is_not_about_shapes(f.text) for f in execution.failures):
            return changed, execution
    return None


def _is_not_about_shapes(text: str) -> bool:
    """A failure that mypy's own rules answer for, or nothing does."""
    return text.startswith(("NameError", "AttributeError", "UnboundLocalError", "ZeroDivisionError", "OverflowError"))


def _changed(program: Program, rng: random.Random, what: str) -> Program | None:
    functions = list(program.functions())
    function = rng.choice(functions)
    if what == "annotation" and rng.random() < 0.6:
        new = _shape(rng, function.returns, [])
        return None if new is None else _with(program, function, replace(function, returns=new), what)
    names = [p.name for p in function.parameters if p.kind == "array"]
    if function.owner:
        names += [f"self.{f.name}" for f in program.classes()[function.owner].fields]
    place = rng.randrange(len(function.statements))
    before = [line.reveal for s in function.statements[:place] for line in s.lines if line.reveal]
    statement = function.statements[place]
    at = rng.randrange(len(statement.lines))
    line = statement.lines[at]
    head, equals, rest = line.text.partition(" = ") if " = " in line.text else ("", "", line.text)
    if what == "annotation":
        new = _shape(rng, head, [])
        changed = None if new is None else _annotated(line, new, rest)
    else:
        text = CHANGES[what](rng, rest, names + before)
        changed = None if text is None or text == rest else replace(line, text=head + equals + text)
    if changed is None:
        return None
    lines = (*statement.lines[:at], changed, *statement.lines[at + 1 :])
    statements = (*function.statements[:place], replace(statement, lines=lines), *function.statements[place + 1 :])
    return _with(program, function, replace(function, statements=statements), what)


def _annotated(line: Line, head: str, rest: str) -> Line | None:
    variable, _ = line.check
    return None if not variable else replace(line, text=f"{head} = {rest}", check=(variable, head.partition(": ")[2]))


def _with(program: Program, old: Function, new: Function, what: str) -> Program:
    definitions: list[Function | Class] = []
    for definition in program.definitions:
        if isinstance(definition, Class):
            methods = tuple(new if m is old else m for m in definition.methods)
            definitions.append(replace(definition, methods=methods))
        else:
            definitions.append(new if definition is old else definition)
    return replace(program, definitions=tuple(definitions), fault=what)
