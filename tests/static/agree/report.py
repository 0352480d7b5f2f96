"""Figures of a run: disagreements, what is lost, faults found, and which operation stood where."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from tests.static.agree.program import Function, for_reading
from tests.static.agree.trials import Trial

FEATURES = {
    "name": r"^[a-z]$",
    "number": r"^\d+$",
    "expression": r"[a-z].*[-+*/]|^\d\*",
    "*b": r"^\*",
    "...": r"^\.\.\.$",
    "_": r"^_",
    "#n": r"^#",
    "{n}": r"^\{\w+\}$",
    "{n}+1": r"^\{\w+\}.",
    "name=4": r"=",
}


def features(function: Function) -> set[str]:
    """What stands in a function's signature."""
    axes = [a for p in function.parameters if p.array is not None for a in p.array.axes]
    axes += [a for text in re.findall(r'"([^"]*)"', function.returns) for a in text.split()]
    found = {name for name, pattern in FEATURES.items() for axis in axes if re.search(pattern, axis)}
    found |= {p.kind for p in function.parameters if p.kind not in ("array", "int")}
    found |= {"method"} if function.owner else set()
    return found | ({"tuple"} if function.returns.startswith("tuple") else set())


@dataclass
class Report:
    """What is known of the trials so far."""

    library: str
    count: int = 0
    runs: int = 0
    lost: int = 0
    lost_in_right: int = 0
    """Of those, the programs without a fault."""
    open: int = 0
    right: int = 0
    """The programs without a fault and without open axes."""
    reasons: dict[str, list[str]] = field(default_factory=dict)
    """Why shapes were lost, and in which programs."""
    faults: Counter[str] = field(default_factory=Counter)
    unflagged: Counter[str] = field(default_factory=Counter)
    coverage: Counter[tuple[str, str]] = field(default_factory=Counter)
    disagreements: list[Trial] = field(default_factory=list)
    elsewhere: list[Trial] = field(default_factory=list)
    """Faults that are objected to, but at another line than that at which the program fails."""

    def add(self, trial: Trial) -> None:
        self.count += 1
        self.runs += trial.runs
        self.lost += trial.verdict.lost
        self.lost_in_right += trial.verdict.lost and not trial.program.fault
        self.right += not trial.program.fault and not trial.program.open_axes
        self.open += trial.program.open_axes
        for texts in trial.said.lost.values() if trial.verdict.lost else ():
            for text in texts:
                self.reasons.setdefault(re.sub(r"\[.*?\]|\d+", "…", text), []).append(trial.seed)
        if trial.program.fault:
            self.faults[trial.verdict.flagged or "none"] += 1
            if trial.verdict.flagged != "line":
                self.unflagged[trial.program.fault] += 1
        for function in trial.program.functions():
            for statement in function.statements:
                for operation in statement.operations:
                    self.coverage.update((operation, f) for f in {statement.kind, *features(function)})
        if trial.verdict.kind:
            (self.elsewhere if trial.verdict.kind == "elsewhere" else self.disagreements).append(trial)

    def text(self, show: int, shrink: int, folder: Path) -> str:
        """Everything, for people."""
        from tests.static.agree.shrinking import shrunk

        kinds = Counter(t.verdict.kind for t in self.disagreements)
        faults = sum(self.faults.values())
        judged = faults - self.faults["assumed"]
        lines = [
            f"{self.library}: {self.count} programs in {self.runs} runs, {faults} with a fault",
            f"disagreements: {len(self.disagreements)} {dict(kinds)}",
            f"objected to at another line: {len(self.elsewhere)}",
            f"lost: {self.lost} programs ({self.lost / max(self.count - self.open, 1):.1%} of those without open axes; "
            f"{self.lost_in_right / max(self.right, 1):.1%} of those among them that have no fault)",
            *(
                f"  {len(s)} {why} (seed {s[0]})"
                for why, s in sorted(self.reasons.items(), key=lambda i: -len(i[1]))[:12]
            ),
            f"faults: {dict(self.faults)}; at their line: {self.faults['line'] / max(judged, 1):.1%} of {judged}",
            f"  not flagged there, by kind: {dict(self.unflagged)}",
            self.table(),
        ]
        order = {kind: number for number, kind in enumerate(("internal", "accused", "missed", "wrong"))}
        chosen = sorted(self.disagreements, key=lambda t: order.get(t.verdict.kind, 9)) + self.elsewhere
        for number, trial in enumerate(chosen[:show]):
            program, verdict = trial.program, trial.verdict
            if number < shrink:
                program, verdict = shrunk(trial, folder / f"shrink{number}")
            lines += [f"--- {verdict.kind}: seed {trial.seed}", for_reading(program), verdict.detail, ""]
        return "\n".join(lines)

    def table(self) -> str:
        """How often each operation stood at each place."""
        operations = sorted({operation for operation, _ in self.coverage})
        places = sorted({place for _, place in self.coverage})
        rows = [
            "coverage (programs' lines by operation and place):",
            " " * 18 + " ".join(f"{p[:8]:>8}" for p in places),
        ]
        for operation in operations:
            rows.append(f"{operation:18}" + " ".join(f"{self.coverage[operation, p] or '':>8}" for p in places))
        return "\n".join(rows)
