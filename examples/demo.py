"""The whole road on one model: shapes checked, trained on real data, differentiated, certified. `make demo` runs it."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import digits
import numpy as np
from rich.columns import Columns
from rich.console import Console
from rich.panel import Panel
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.syntax import Syntax
from rich.table import Table
from tl_checker.gradients.models import verify_model
from tl_checker.gradients.planting import planted_fault
from tl_checker.gradients.verdict import Report, Row, Verdict

import tl_dsl as tl

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "examples" / "digits.py"
RIGHT, WRONG = "nn.Linear(128, 10, key=1)", "nn.Linear(127, 10, key=1)"
WANTED_ACCURACY = 0.96
FAULTY = "exp"

console = Console(width=None if sys.stdout.isatty() else 120)


def main() -> int:
    """Run every part; the exit code says whether all went as it should."""
    start = time.perf_counter()
    results = [accepted_by_mypy(), wrong_size_refused()]
    params, data, good = trained()
    results.append(good)
    show_digits(params, data)
    results += [certified(params, data), planted_fault_found(params, data)]
    console.rule(f"{time.perf_counter() - start:.0f} seconds")
    return 0 if all(results) else 1


def title(text: str) -> None:
    """Announce a part."""
    console.print()
    console.rule(f"[bold]{text}", align="left")


def mypy(path: Path) -> tuple[int, str]:
    """mypy's exit code and output, with the plugin that the project's settings name."""
    environment = {**os.environ, "MYPY_FORCE_TERMINAL_WIDTH": str(console.width - 10)}
    command = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml"), "--pretty", str(path)]
    with console.status("mypy is reading"):
        run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    return run.returncode, (run.stdout + run.stderr).replace(f"{path.parent}/", "").replace("examples/", "").strip()


def accepted_by_mypy() -> bool:
    """mypy proves the shapes of the model."""
    title("1. mypy proves the shapes of examples/digits.py, for any number of images")
    source = next(line for line in MODEL.read_text().splitlines() if RIGHT in line)
    console.print(Syntax(source, "python", background_color="default"))
    code, output = mypy(MODEL)
    console.print(output, style="green" if code == 0 else "red", markup=False, highlight=False)
    return code == 0


def wrong_size_refused() -> bool:
    """mypy refuses the same file with one wrong size."""
    title("2. One wrong size in a copy")
    console.print(f"{RIGHT}  ->  {WRONG}", markup=False, highlight=False)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "digits_wrong.py"
        copy.write_text(MODEL.read_text().replace(RIGHT, WRONG))
        code, output = mypy(copy)
    console.print(output, style="yellow" if code == 1 else "red", markup=False, highlight=False)
    return code == 1 and "tensor-shape" in output


def trained() -> tuple[tl.Params[Any], digits.Data, bool]:
    """Train, with progress; the parameters, and whether the accuracy is what it should be."""
    title("3. Training on 1,438 digits; 359 are held out")
    data = digits.load()
    columns = TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn()
    params: tl.Params[Any] = tl.init_params(digits.classify)
    epochs, accuracy = 20, 0.0
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("", total=epochs)
        for loss, params in digits.train(digits.classify, data.images, data.digits, epochs=epochs):
            accuracy = digits.accuracy(params.model(data.test_images), data.test_digits)
            progress.update(task, advance=1, description=f"loss {loss:.3f}   held-out accuracy {accuracy:.1%}")
    console.print(f"{len(data.test_digits)} images that it has not seen: {accuracy:.2%} right", style="green")
    return params, data, accuracy >= WANTED_ACCURACY


def show_digits(params: tl.Params[Any], data: digits.Data) -> None:
    """A picture of one held-out image of each digit, with one that is misread among them."""
    title("4. What it sees")
    images = np.asarray(data.test_images)
    guesses = np.asarray(tl.argmax(params.model(data.test_images), axis=-1))
    truth = np.asarray(data.test_digits)
    chosen = [int(np.flatnonzero(truth == digit)[0]) for digit in range(10)]
    for misread in np.flatnonzero(guesses != truth)[:1]:
        chosen[truth[misread]] = int(misread)
    console.print(Columns([_picture(images[k], guesses[k], truth[k]) for k in chosen]))


def _picture(pixels: Any, guess: int, truth: int) -> Panel:
    rows = ["".join(" ░▒▓█"[min(int(value * 5), 4)] * 2 for value in row) for row in pixels.reshape(8, 8)]
    label = f"read as {guess}" if guess == truth else f"read as {guess}, is {truth}"
    return Panel("\n".join(rows), title=label, width=20, style="green" if guess == truth else "red")


def verified(params: tl.Params[Any], data: digits.Data) -> Report:
    """Every derivative of the trained classifier, at two images that it has not seen."""
    x, digit = data.test_images[:2], data.test_digits[:2]
    target = tl.one_hot(digit, 10, dtype=tl.float64)
    with console.status("") as status:
        return verify_model(
            params.model, digits.loss, name="classify", x=x, target=target, progress=lambda text: status.update(text)
        )


def certified(params: tl.Params[Any], data: digits.Data) -> bool:
    """The table of verdicts, one row for each entry point."""
    title("5. Every derivative of the trained classifier, in ball arithmetic against an independent reference")
    report = verified(params, data)
    columns = ("entry point", "mode", "compared", "nonzero", "error", "float64", "verdict")
    table = Table(*columns, box=None, padding=(0, 2, 0, 0))
    for entry in dict.fromkeys(row.entry for row in report.rows):
        rows = [row for row in report.rows if row.entry == entry]
        balls = [row for row in rows if row.layer == "balls"]
        floats = sum(row.comparisons for row in rows if row.layer == "floats")
        verdict = max((row.verdict for row in rows), key=lambda verdict: verdict.gravity)
        counts = [f"{sum(row.comparisons for row in balls)}", f"{sum(row.nonzero for row in balls)}", _bound(balls)]
        table.add_row(
            entry,
            rows[0].mode.replace("forward over reverse", "fwd/rev"),
            *counts,
            f"{floats:,}",
            verdict.value,
            style=_style(verdict),
        )
    console.print(table)
    for row, finding in report.findings:
        console.print(f"  {row.entry}: {finding}", style="red", markup=False, highlight=False)
    for line in (*report.notes, *[f"not checked: {what}" for what in report.skipped]):
        console.print(f"  {line}", markup=False, highlight=False)
    return report.clean()


def _bound(rows: list[Row]) -> str:
    bounds = [row.bound for row in rows if row.bound is not None]
    if not bounds:
        return ""
    return "0" if max(bounds) == float("-inf") else f"< 1e{math.floor(max(bounds) * math.log10(2)) + 1}"


def _style(verdict: Verdict) -> str:
    return {"PASS": "green", "FAIL": "bold red"}.get(verdict.value, "yellow")


def planted_fault_found(params: tl.Params[Any], data: digits.Data) -> bool:
    """The same with a derivative of one operation that is wrong by a millionth."""
    title(f"6. The rule of {FAULTY}, made wrong by one part in a million")
    with planted_fault(FAULTY, relative=1e-6):
        report = verified(params, data)
    failed = sorted({row.entry for row in report.rows if row.verdict is Verdict.FAIL})
    console.print(f"{report.verdict.value}: {', '.join(failed)}", style="yellow")
    named = sorted({f"{f.operation} {f.source}".strip() for _, f in report.findings if f.operation})
    for line in named:
        console.print(line, style="yellow", markup=False, highlight=False)
    return report.verdict is Verdict.FAIL and any(FAULTY in line for line in named)


if __name__ == "__main__":
    sys.exit(main())
