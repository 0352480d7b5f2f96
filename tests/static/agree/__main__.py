"""`python -m tests.static.agree --n 10000 --seed 0 --library tl`: random programs, and how the verdicts compare."""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from tests.static.agree.report import Report
from tests.static.agree.trials import trials


def main() -> int:
    """Exit 1 when there is a disagreement."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=int, default=1000)
    parser.add_argument("--seed", default="0")
    parser.add_argument("--library", choices=["tl", "np", "both"], default="both")
    parser.add_argument("--batch", type=int, default=250)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--shrink", type=int, default=5, help="how many disagreements are made small")
    parser.add_argument("--show", type=int, default=20, help="how many disagreements are printed")
    options = parser.parse_args()
    libraries = ["tl", "np"] if options.library == "both" else [options.library]
    failed = False
    for library in libraries:
        with tempfile.TemporaryDirectory() as folder:
            report = Report(library)
            count = options.n // len(libraries)
            for trial in trials(count, options.seed, library, options.batch, Path(folder), options.jobs):
                report.add(trial)
            print(report.text(options.show, options.shrink, Path(folder)), flush=True)
            failed |= bool(report.disagreements)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
