"""The command `tl`."""

from __future__ import annotations

import click

from tl_checker.check import check
from tl_checker.explain import explain
from tl_checker.verify import verify


@click.group()
def main() -> None:
    """A typed language for tensor programs: the tools that judge them."""


main.add_command(check)
main.add_command(explain)
main.add_command(verify)
