"""`tl explain CODE`: what an error code means, at run time and in mypy, with an example."""

from __future__ import annotations

import difflib
import sys
import textwrap

import click

from tl_checker.codes import ALL, BY_NAME
from tl_dsl import errors


def run_time_codes() -> dict[str, type[errors.TlError]]:
    """The error class of every code that is raised at run time.

    >>> run_time_codes()["tensor-shape"].__name__
    'ShapeError'
    """
    classes = [c for c in vars(errors).values() if isinstance(c, type) and issubclass(c, errors.TlError)]
    return {c.code: c for c in classes if c is not errors.TlError}


def explanation(code: str) -> str:
    """All that is known of a code. Errors: KeyError when there is no such code.

    >>> print(explanation("tensor-mutation"))
    tensor-mutation: A tensor was to be changed in place
    <BLANKLINE>
    Tensors never change; an operation gives a new one. What stands in an index is written by tl.where,
    tl.concat or tl.stack.
    <BLANKLINE>
    Raised at run time: tl_dsl.errors.MutationError.
    <BLANKLINE>
    Fails:
    <BLANKLINE>
        x = tl.zeros(3)
        x[0] = 1.0
    <BLANKLINE>
    Mended:
    <BLANKLINE>
        x = tl.zeros(3)
        x = tl.where(tl.arange(3) == 0, 1.0, x)
    """
    found, raised = ALL[code], run_time_codes().get(code)
    where = ["Reported by mypy."] if code in BY_NAME else []
    where += [f"Raised at run time: {raised.__module__}.{raised.__qualname__}."] if raised is not None else []
    parts = [f"{code}: {found.summary}", _filled(found.explanation), "\n".join(where)]
    if found.failing:
        programs = (("Fails:", found.failing), ("Mended:", found.mended))
        parts += [f"{title}\n\n{textwrap.indent(text, '    ')}" for title, text in programs]
    return "\n\n".join(parts)


def overview() -> str:
    """Every code with its summary, a line each."""
    width = max(map(len, ALL))
    lines = [f"{name:{width}}  {code.summary}" for name, code in ALL.items()]
    return "\n".join([*lines, "", "tl explain CODE says more of one, with an example."])


def _filled(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Say what an error CODE means; without one, list them all."""
    if code is None:
        click.echo(overview())
    elif (code := code.strip("[]")) in ALL:  # as it stands in a message
        click.echo(explanation(code))
    else:
        close = difflib.get_close_matches(code, ALL, n=3, cutoff=0.65)
        hint = f"; did you mean {' or '.join(close)}?" if close else "; `tl explain` lists them all"
        click.echo(f"tl explain: no code is called {code!r}{hint}", err=True)
        sys.exit(2)
