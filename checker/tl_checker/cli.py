"""The command `tl`."""

from __future__ import annotations

from importlib import import_module
from typing import Final

import click

COMMANDS: Final = ("check", "explain", "verify")
"""The command of each of these modules has the name of its module."""


class Commands(click.Group):
    """A command is imported when it is asked for: `tl check` needs no numpy."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(import_module(f"tl_checker.{cmd_name}"), cmd_name)
        return found


@click.group(cls=Commands)
def main() -> None:
    """A typed language for tensor programs: the tools that judge them."""
