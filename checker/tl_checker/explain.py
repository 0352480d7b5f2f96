"""`tl explain CODE`: what an error code means, at run time and in mypy, with an example."""

from __future__ import annotations

import difflib
import sys
import textwrap

import click

from tl_checker.codes import BY_NAME
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
    tensor-mutation
    <BLANKLINE>
    At run time, tl_dsl.errors.MutationError: A Tensor was to be changed in place.
    """
    raised, static = run_time_codes().get(code), BY_NAME.get(code)
    if raised is None and static is None:
        raise KeyError(code)
    parts = [code]
    if static is not None:
        parts.append(_filled(f"In mypy: {static.summary}. {static.explanation}"))
        if static.example:
            parts.append(textwrap.indent(static.example, "    "))
    if raised is not None:
        what = " ".join((raised.__doc__ or "").split())
        parts.append(_filled(f"At run time, {raised.__module__}.{raised.__qualname__}: {what}"))
    return "\n\n".join(parts)


def _filled(text: str) -> str:
    return textwrap.fill(text, 100, break_long_words=False, break_on_hyphens=False)


@click.command()
@click.argument("code", required=False)
def explain(code: str | None) -> None:
    """Say what an error CODE means; without one, list them all."""
    known = sorted({*run_time_codes(), *BY_NAME})
    if code is None:
        click.echo("\n".join(known))
    elif code in known:
        click.echo(explanation(code))
    else:
        close = difflib.get_close_matches(code, known, n=3, cutoff=0.4)
        hint = f"; did you mean {' or '.join(close)}?" if close else ""
        click.echo(f"tl explain: no code is called {code!r}{hint}", err=True)
        sys.exit(2)
