"""The static verdict against execution."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from tests.static.agree.program import Program, for_mypy, prelude
from tests.static.agree.running import Execution, Failure, execute
from tests.static.agree.sizes import Sizes, assignments, axes_of, holds, more, value
from tests.static.mypy_run import Finding, findings, run_mypy

UNTYPED = re.compile(r'".*\b(float64|floating|signedinteger|bool)\b.*is not indexable')
CALLBACK = re.compile(r"\bcallback\(")
"""A call whose argument is held against an annotation that nothing checks at run time."""
ASSUMED, LOST = "tensor-shape-assumed", "tensor-shape-lost"


@dataclass
class Said:
    """What mypy said about a program, by line."""

    objections: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    lost: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    assumed: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))
    revealed: dict[int, list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, line: int, finding: Finding) -> None:
        text = re.sub(r"\s+\[[\w-]+\]$", "", finding.text)
        if finding.text.startswith("Revealed type is"):
            self.revealed[line].append(finding.text.removeprefix('Revealed type is "').rstrip('"'))
        elif finding.code == ASSUMED:
            self.assumed[line] += text.partition("assumes ")[2].split("; ")
        elif finding.code == LOST:
            self.lost[line].append(text)
        elif finding.kind == "error":
            self.objections[line].append(finding.text)


@dataclass(frozen=True)
class Verdict:
    """How the two compare: `kind` is empty where they agree."""

    kind: str
    detail: str = ""
    lost: bool = False
    flagged: str = ""
    """For a fault: "line", "elsewhere", "lost", "assumed" or "missed"."""


def ask(programs: list[Program], folder: Path) -> list[Said]:
    """What mypy says about programs of one library, in one run."""
    folder.mkdir(exist_ok=True, parents=True)
    lines = prelude(programs[0].library).splitlines()
    starts = []
    for number, program in enumerate(programs):
        starts.append(len(lines))
        lines += [_renamed(line, program, number) for line in for_mypy(program)]
    path = folder / "programs.py"
    path.write_text("\n".join(lines) + "\n")
    output = run_mypy(
        [path], folder / "run", "--enable-error-code=tensor-shape-assumed", settings="[tool.tl]\nstrict_shapes = true\n"
    )
    said = [Said() for _ in programs]
    for finding in findings(output):
        place = max((i for i, start in enumerate(starts) if start < finding.line), default=None)
        if place is not None:
            said[place].add(finding.line - 1 - starts[place], finding)
    return said


def _renamed(line: str, program: Program, number: int) -> str:
    """Definitions of different programs have different names."""
    for definition in program.definitions:
        line = re.sub(rf"\b{definition.name}\b", f"{definition.name}_{number}", line)
    return line


def judge(program: Program, execution: Execution, said: Said) -> Verdict:
    """Compare one program's runs with what mypy said."""
    if execution.broken:
        return Verdict("broken", execution.broken)
    owners = program.owners()
    texts = [text for found in said.objections.values() for text in found]
    if any(UNTYPED.search(text) for text in texts):
        return Verdict("", "numpy's own types refuse it")
    if any("tensor-shape-internal" in text for text in texts):
        return Verdict("internal", "; ".join(texts))
    if any(not f.lines for f in execution.failures):
        return Verdict("broken", next(f.text for f in execution.failures if not f.lines))
    allowed = [f for f in execution.failures if _allowed(f, owners, said)]
    lost = bool(said.lost) and not program.open_axes
    if texts and not allowed:
        execution = execute(program, sizes=lambda kinds: assignments(kinds) + more())
        allowed = [f for f in execution.failures if _allowed(f, owners, said)]
    if texts:
        return _objected(program, allowed, said, lost, execution)
    if allowed and not said.lost:
        worst = min(allowed, key=lambda f: f.sizes.number)
        return Verdict(
            "open" if program.open_axes else "missed",
            f"line {sorted(worst.lines)}: {worst.text} at {worst.sizes}",
            lost,
            "missed",
        )
    if (wrong := _wrong_shapes(program, execution, said)) is not None:
        return Verdict(*wrong, lost, "missed")
    flagged = "" if not execution.failures else "lost" if allowed else "assumed"
    return Verdict("", "", lost, flagged)


def _objected(program: Program, allowed: list[Failure], said: Said, lost: bool, execution: Execution) -> Verdict:
    owners = program.owners()
    lines = {line for line, found in said.objections.items() if found}
    text = "; ".join(f"line {line}: {'; '.join(said.objections[line])}" for line in sorted(lines))
    if not allowed:
        accused = {owners[line] for line in lines}
        assumed = [text for at, found in said.assumed.items() if owners[at] in accused for text in found]
        held = [s for name, s in execution.passed if name in accused and all(holds(t, s) is True for t in assumed)]
        if execution.failures and not held:
            return Verdict("", "no sizes satisfy what is assumed", lost, "assumed")
        return Verdict(
            "accused", text + ("" if not execution.failures else " (fails only where assumptions do not hold)")
        )
    places = frozenset().union(*(f.lines for f in allowed))
    if lines & places:
        return Verdict("", "", lost, "line")
    if any(said.lost.get(place) for place in places):
        return Verdict("", "", lost, "lost")
    if any(CALLBACK.search(program.lines()[line].text) for line in lines):
        return Verdict("", "its annotation promises less than the function does that was given", lost, "elsewhere")
    return Verdict("elsewhere", f"{text}\n  runs: {allowed[0]}", lost, "elsewhere")


def _allowed(failure: Failure, owners: list[str], said: Said) -> bool:
    """Whether sizes satisfy what the checker assumed in the function that was run, and in the one that failed."""
    for at, texts in said.assumed.items():
        if owners[at] == failure.runner and any(holds(text, failure.sizes) is not True for text in texts):
            return False
    for line in failure.lines:
        for at, texts in said.assumed.items():
            if owners[at] != owners[line]:
                continue
            if failure.inner is not None:
                return False  # a function that assumes something was called by another one
            if any(holds(text, failure.sizes) is not True for text in texts):
                return False
    return True


def _printed(types: list[str]) -> tuple[list[str], bool]:
    """The shapes in printed types, scalars having none, and whether each is known to the last axis."""
    shapes, known = [], True
    members = [part for text in types for part in text.split(" | ")]
    for member in members:
        match = re.fullmatch(r"(?:Tensor|ndarray)\[([^\[\]]*)\]", member)
        if match is not None:
            axes = match[1].partition(", ")[2]
            shapes.append("" if axes == "()" else axes)
            known = known and not re.search(r"\bAny\b|\.\.\.", shapes[-1])
        elif "Tensor" in member or "ndarray" in member or members == ["Any"]:
            return [], False
        else:  # a scalar; of some numpy says no more than Any
            shapes.append("")
    return [] if any("..." in shape for shape in shapes) else shapes, known


def _wrong_shapes(program: Program, execution: Execution, said: Said) -> tuple[str, str] | None:
    """A revealed type that the values do not have, or one that lost what nothing reported."""
    owners = program.owners()
    for line, types in said.revealed.items():
        if types == ["Any"] and all(real == () for _, real in execution.seen.get(line, ())):
            continue  # numpy's own type of a scalar
        shapes, known = _printed(types)
        assumed = [text for at, texts in said.assumed.items() if owners[at] == owners[line] for text in texts]
        for sizes, real in execution.seen.get(line, ()) if shapes else ():
            holding = all(holds(text, sizes) is True for text in assumed)
            if holding and not any(_fits(shape, real, sizes) for shape in shapes):
                return "wrong", f"line {line}: {types} against {real} at {sizes}"
        if not known and not program.open_axes and not any(said.lost.values()):
            return "silent", f"line {line}: {types} and nothing was reported as lost"
    return None


def _fits(text: str, real: tuple[int, ...], sizes: Sizes) -> bool:
    axes = axes_of(text, sizes)
    if len(axes) != len(real):
        return False
    for axis, size in zip(axes, real, strict=True):
        if axis == "Any":
            continue
        try:
            if value(axis, sizes.names) != size:
                return False
        except (NameError, SyntaxError):
            continue  # an axis of an object, which has no name here
    return True
