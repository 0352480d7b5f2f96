"""Making a disagreement small: what can be dropped while it stays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from tests.static.agree.judging import Verdict, ask, judge
from tests.static.agree.program import Class, Function, Program
from tests.static.agree.running import execute
from tests.static.agree.trials import Trial

ROUNDS = 12


def shrunk(trial: Trial, folder: Path) -> tuple[Program, Verdict]:
    """A smaller program about which the verdicts disagree in the same way."""
    program, verdict = trial.program, trial.verdict
    for number in range(ROUNDS):
        candidates = list(smaller(program))
        if not candidates:
            break
        said = ask(candidates, folder / str(number))
        for candidate, words in zip(candidates, said, strict=True):
            found = judge(candidate, execute(candidate), words)
            if found.kind == verdict.kind and not _is_another(found, verdict):
                program, verdict = candidate, found
                break
        else:
            break
    return program, verdict


def _is_another(found: Verdict, verdict: Verdict) -> bool:
    """Whether dropping a line has made a fault of its own."""
    made = (
        "name-defined",
        "NameError",
        "AttributeError",
        "attr-defined",
        "used-before-def",
        "call-arg",
        "AnnotationError",
        "tensor-annotation",
    )
    return any(word in found.detail and word not in verdict.detail for word in made)


def smaller(program: Program) -> Iterator[Program]:
    """Programs with one thing less, the largest first."""
    for definition in program.definitions:
        rest = tuple(d for d in program.definitions if d is not definition)
        if rest:
            yield replace(program, definitions=rest)
    for definition in program.definitions:
        if isinstance(definition, Class):
            for method in definition.methods:
                methods = tuple(m for m in definition.methods if m is not method)
                yield _with(program, definition, replace(definition, methods=methods))
                for less in _less(method):
                    yield _with(program, definition, replace(definition, methods=(*methods, less)))
            for i in range(len(definition.fields)):
                fields = definition.fields[:i] + definition.fields[i + 1 :]
                yield _with(program, definition, replace(definition, fields=fields))
        else:
            for less in _less(definition):
                yield _with(program, definition, less)


def _less(function: Function) -> Iterator[Function]:
    last = function.statements[-1]
    for i in reversed(range(len(function.statements) - 1)):
        yield replace(function, statements=function.statements[:i] + function.statements[i + 1 :])
    if last.kind == "return" and function.returns != "None":
        lines = tuple(replace(line, text=line.text.replace("return ", "last = ", 1)) for line in last.lines)
        kept = (*function.statements[:-1], replace(last, lines=lines, kind="assignment"))
        yield replace(function, statements=kept, returns="None")
    for i in range(len(function.parameters)):
        yield replace(function, parameters=function.parameters[:i] + function.parameters[i + 1 :])


def _with(program: Program, old: Function | Class, new: Function | Class) -> Program:
    return replace(program, definitions=tuple(new if d is old else d for d in program.definitions))
