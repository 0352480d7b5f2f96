"""What the plugin adds to mypy: 1,000 annotated functions with 4,000 operations, on Tensor and on numpy.

``python bench/check.py [--rounds 3] [--functions 1000] [--profile]``: mypy cold and warm, with and without the plugin,
in turns, on one core; medians of processor time.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from timing import pin

PER_FILE = 100
HEADS = {
    "Tensor": "import tl_dsl as np\nfrom tl_dsl import Tensor as Array\nfrom jaxtyping import Float\n\n\n",
    "numpy": "import numpy as np\nfrom numpy import ndarray as Array\nfrom jaxtyping import Float\n\n\n",
}
BODIES = [
    """def attend{i}(q: Float[Array, "*b t d"], k: Float[Array, "*b s d"], v: Float[Array, "*b s e"]) \
-> Float[Array, "*b t e"]:
    scores = np.matmul(q, k.mT)
    weights = np.exp(scores)
    return np.matmul(weights / np.sum(weights, axis=-1, keepdims=True), v)
""",
    """def normalise{i}(x: Float[Array, "*b n"], scale: Float[Array, "n"]) -> Float[Array, "*b n"]:
    centred = x - np.mean(x, axis=-1, keepdims=True)
    variance = np.mean(centred * centred, axis=-1, keepdims=True)
    return centred / np.sqrt(variance + 1e-5) * scale
""",
    """def join{i}(x: Float[Array, "n m"], y: Float[Array, "k m"]) -> Float[Array, "n+k m"]:
    both = np.concatenate([x, y], axis=0)
    return both.reshape((both.shape[0], both.shape[1])) + both[:, :1]
""",
    """def mlp{i}(w: Float[Array, "h d"], u: Float[Array, "o h"], b: Float[Array, "o"], x: Float[Array, "n d"]) \
-> Float[Array, "n o"]:
    hidden = np.tanh(x @ w.T)
    return hidden @ u.T + b
""",
    """def use{i}(x: Float[Array, "n m"], w: Float[Array, "m"]) -> Float[Array, "m"]:
    y = normalise{j}(x, w)
    return np.sum(y, axis=0) + normalise{j}(y, w)[0]
""",
]
OPERATIONS = 4  # each, on average: what is not an annotation or a name


def write(folder: Path, kind: str, functions: int) -> list[str]:
    """The programs: files of 100 functions."""
    names = []
    for start in range(0, functions, PER_FILE):
        bodies = [
            BODIES[i % len(BODIES)].format(i=i, j=start + 1) for i in range(start, min(start + PER_FILE, functions))
        ]
        text = HEADS[kind] + "\n\n".join(bodies)
        name = f"{kind.lower()}{start // PER_FILE}.py"
        (folder / name).write_text(text if kind == "numpy" else text.replace("np.concatenate", "np.concat"))
        names.append(name)
    return names


def command(folder: Path, plugin: bool, files: list[str]) -> list[str]:
    """How mypy is called."""
    (folder / "pyproject.toml").write_text("[tool.tl]\n")  # or a file above the folder counts
    config = folder / f"{plugin}.ini"
    config.write_text("[mypy]\nplugins = tl_checker.plugin\n" if plugin else "[mypy]\n")
    return ["--config-file", str(config), "--cache-dir", str(folder / f"cache-{plugin}"), *files]


def seconds(folder: Path, plugin: bool, files: list[str], cold: bool) -> float:
    """The processor time of one run: other programs of the machine hardly disturb it."""
    if cold:
        shutil.rmtree(folder / f"cache-{plugin}", ignore_errors=True)
    start = _spent()
    run = [sys.executable, "-m", "mypy", *command(folder, plugin, files)]
    result = subprocess.run(run, cwd=folder, capture_output=True, text=True, env=_environment())
    if result.returncode:
        sys.exit(result.stdout[-2000:] + result.stderr[-2000:])
    return _spent() - start


def _environment() -> dict[str, str]:
    """Python keeps its bytecode, as it does for everybody who has not turned that off."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(folder: Path, kind: str, functions: int, rounds: int) -> None:
    """Two rows of the table."""
    files = write(folder, kind, functions)
    seconds(folder, True, files[:1], True)  # the bytecode is written
    times: dict[tuple[bool, bool], list[float]] = {}
    for _ in range(rounds):
        for cold in (True, False):
            for plugin in (False, True):
                times.setdefault((cold, plugin), []).append(seconds(folder, plugin, files, cold))
    median = {key: statistics.median(values) for key, values in times.items()}
    for cold in (True, False):
        without, added = median[cold, False], median[cold, True] - median[cold, False]
        per = f"{added / functions / OPERATIONS * 1e3:8.3f} ms an operation" if cold else ""
        word = "cold" if cold else "warm, unchanged"
        print(f"{kind:8}{word:18}{without:8.2f} s{added:+8.2f} s{added / without:+8.0%}{per}", flush=True)


def profile(folder: Path, kind: str, functions: int) -> None:
    """Where the time of one cold run with the plugin goes."""
    from mypy import api

    os.chdir(folder)
    arguments = command(folder, True, write(folder, kind, functions))
    profiler = cProfile.Profile()
    print(profiler.runcall(api.run, arguments)[0])
    pstats.Stats(profiler).sort_stats("tottime").print_stats(40)
    pstats.Stats(profiler).sort_stats("cumtime").print_stats(60)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--functions", type=int, default=1000)
    parser.add_argument("--kind", choices=HEADS, action="append", help="both by default")
    parser.add_argument("--profile", action="store_true", help="profile one run instead")
    options = parser.parse_args()
    print(f"core {pin()}, {options.functions} functions, {options.functions * OPERATIONS} operations")
    print(f"{'arrays':8}{'mypy':18}{'without':>10}{'added':>10}")
    for kind in options.kind or HEADS:
        with tempfile.TemporaryDirectory() as name:
            if options.profile:
                profile(Path(name), kind, options.functions)
            else:
                measure(Path(name), kind, options.functions, options.rounds)


if __name__ == "__main__":
    main()
