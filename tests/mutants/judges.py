"""What judges a mutant: the verifier, of one operation or of one of our programs. The language is imported here only.

Functions of this module run in a child process; nothing else of the bank imports the language.
"""

from __future__ import annotations

import hashlib
import importlib.abc
import importlib.util
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from types import CodeType, FrameType, ModuleType
from typing import Any

from tests.mutants.places import ROOT

DEEPER = ", "
"""Between the name of an operation and the depth that it is verified at; quick is understood."""

OTHER_FORMS = "other forms"

FORMS = 6000
"""On so many random graphs the forms are compared."""

SIMPLIFICATIONS = "simplifications"
"""The judge of the simplifier."""

ENTRY_POINTS = "entry points: "
"""Before the name of a part of the judge of entry points."""

Lines = dict[str, set[str]]
"""The texts of lines that ran, by file: they stay what they are when other lines move."""


@dataclass(frozen=True)
class Judgement:
    """What the verifier said: the verdict, who gave it, and how long all judges took."""

    verdict: str
    judge: str = ""
    what: str = ""
    seconds: float = 0.0

    @property
    def killed(self) -> bool:
        """Whether the mutant was found out."""
        return self.verdict != "PASS"


class Changed(importlib.abc.MetaPathFinder, importlib.abc.SourceLoader):
    """Gives one module another source."""

    def __init__(self, module: str, path: str, source: bytes) -> None:
        self.module, self.path, self.source = module, path, source

    def find_spec(self, fullname: str, path: Any, target: ModuleType | None = None) -> Any:
        """The changed module's own specification, nobody else's."""
        if fullname != self.module:
            return None
        inside = [self.path.rpartition("/")[0]] if self.path.endswith("__init__.py") else None
        return importlib.util.spec_from_file_location(
            fullname, self.path, loader=self, submodule_search_locations=inside
        )

    def get_filename(self, fullname: str) -> str:
        """Where it would be."""
        return self.path

    def get_data(self, path: str) -> bytes:
        """The changed source, and no bytecode that was kept."""
        if path != self.path:
            raise OSError
        return self.source


def judged(module: str, path: str, source: bytes, judges: Sequence[str], limit: float, forms: str = "") -> Judgement:
    """The first verdict on a changed module that is not clean, or PASS when all judges are content.

    With ``forms`` a PASS is told apart where graphs are simplified to other forms than these.
    """
    sys.meta_path.insert(0, Changed(module, str(ROOT / path), source))
    started = time.process_time()
    try:
        importlib.import_module("tl_checker.gradients")
    except Exception as error:
        return Judgement("does not run", "import", _told(error), time.process_time() - started)
    asked = 0
    for judge in judges:
        asked += 1
        try:
            for verdict, what in verdicts(judge):
                if verdict != "PASS":
                    return Judgement(verdict, judge, what, time.process_time() - started)
        except Exception as error:
            return Judgement("does not run", judge, _told(error), time.process_time() - started)
        if time.process_time() - started > limit:
            break
    what = OTHER_FORMS if forms and forms != simplest_forms() else ""
    return Judgement("PASS", f"{asked} of {len(judges)} judges", what, time.process_time() - started)


def simplest_forms() -> str:
    """A fingerprint of what the simplifier makes of the graphs that it is verified on."""
    from tl_checker.gradients.simplifications import simplest_forms

    return hashlib.sha256("\n".join(simplest_forms(graphs=FORMS)).encode()).hexdigest()


def _told(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0][:200]


def verdicts(judge: str) -> Iterator[tuple[str, str]]:
    """PASS, FAIL or INCONCLUSIVE of a judge, layer by layer, with the first finding."""
    if judge.startswith("program "):
        from tests.mutants import programs

        yield _verdict(programs.verified(judge.removeprefix("program ")))
        return
    if judge.startswith(ENTRY_POINTS):
        from tl_checker.gradients.entry_points import verify_entry_points

        yield _verdict(verify_entry_points(judge.removeprefix(ENTRY_POINTS)))
        return
    if judge == SIMPLIFICATIONS:
        from tl_checker.gradients.simplifications import verify_simplifications

        yield _verdict(verify_simplifications())
        return
    from tl_checker.gradients.depth import DEPTHS
    from tl_checker.gradients.ops import LAYERS, verify_operation
    from tl_checker.gradients.subject import operations

    name, _, depth = judge.partition(DEEPER)
    operation = next(one for one in operations() if one.target == name)
    for layer in LAYERS:
        yield _verdict(verify_operation(operation, layers=(layer,), depth=DEPTHS[depth or "quick"]))


def _verdict(report: Any) -> tuple[str, str]:
    bad = [row for row in report.rows if row.verdict.value in ("FAIL", "INCONCLUSIVE")]
    if not bad:
        return "PASS", ""
    row = max(bad, key=lambda one: one.verdict.gravity)
    finding = f"{row.findings[0].what} {row.findings[0].operation}" if row.findings else ""
    return row.verdict.value, f"{row.target}, {row.layer}: {finding}"[:300]


def names() -> list[str]:
    """All judges."""
    from tl_checker.gradients.entry_points import PARTS
    from tl_checker.gradients.subject import operations

    from tests.mutants import programs

    found = [operation.target for operation in operations()]
    entry_points = [ENTRY_POINTS + part for part in PARTS]
    return [*found, SIMPLIFICATIONS, *entry_points, *[f"program {name}" for name in programs.NAMES]]


def reached(judge: str) -> tuple[str, Lines, float]:
    """What a judge says of the unchanged program, the lines of the language that it runs, and its time."""
    importlib.import_module("tl_checker.gradients")
    started = time.process_time()
    lines: dict[str, set[int]] = {}
    sys.settrace(_tracer(lines))
    try:
        said = next((f"{verdict}: {what}" for verdict, what in verdicts(judge) if verdict != "PASS"), "")
    finally:
        sys.settrace(None)
    texts = {path: (ROOT / path).read_text().splitlines() for path in lines}
    told = {path: {texts[path][number - 1].strip() for number in numbers} for path, numbers in lines.items()}
    return said, told, time.process_time() - started


def _tracer(lines: dict[str, set[int]]) -> Any:
    """Notes the lines that run; a function all of whose lines are known is traced no more."""
    inside = str(ROOT / "tl_dsl")
    missing: dict[CodeType, set[int]] = {}

    def local(frame: FrameType, event: str, arg: Any) -> Any:
        if event == "line":
            missing[frame.f_code].discard(frame.f_lineno)
            lines[frame.f_code.co_filename.removeprefix(f"{ROOT}/")].add(frame.f_lineno)
        return local

    def call(frame: FrameType, event: str, arg: Any) -> Any:
        code = frame.f_code
        if code not in missing:
            own = code.co_filename.startswith(inside)
            missing[code] = {line for _, _, line in code.co_lines() if line is not None} if own else set()
            if own:
                missing[code].discard(code.co_firstlineno)
                lines.setdefault(code.co_filename.removeprefix(f"{ROOT}/"), set()).add(code.co_firstlineno)
        return local if missing[code] else None

    return call
