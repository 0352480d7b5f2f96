"""`tl check`: mypy with the plugin, for those who have no configuration, and beside the one of those who have."""

from __future__ import annotations

import configparser
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

import click

from tl_checker.shapes.host.settings import STRICT

PLUGIN: Final = "tl_checker.plugin"
NAMES: Final = ("mypy.ini", ".mypy.ini", "pyproject.toml", "setup.cfg")
"""Where mypy looks for a configuration, in this order: here, and then in the folders above."""
HERE: Final = "$MYPY_CONFIG_FILE_DIR"


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("paths", nargs=-1, type=click.UNPROCESSED)
@click.option("--strict-shapes", is_flag=True, help="Report every place where a shape is lost, too.")
@click.option("--config-file", metavar="FILE", help="mypy's configuration, in place of the one that it would find.")
def check(paths: tuple[str, ...], strict_shapes: bool, config_file: str | None) -> None:
    """Check shapes: mypy proves the jaxtyping annotations in PATHS for all sizes.

    PATHS are files and folders; when there are none, what mypy's configuration names, or the current folder. No
    configuration is needed. One that mypy would find (mypy.ini, pyproject.toml, setup.cfg) is used, with the plugin
    added. Options that are not known here go to mypy: `tl check --strict src`.

    Exits with 0 when all is well, 1 when there are findings, 2 when mypy cannot run.

    To have mypy itself do the same, put this in pyproject.toml:

    \b
        [tool.mypy]
        plugins = ["tl_checker.plugin"]
    """
    try:
        sys.exit(run(list(paths), strict_shapes=strict_shapes, config_file=config_file))
    except Unreadable as error:
        click.echo(f"tl check: {error}", err=True)
        sys.exit(2)


class Unreadable(Exception):
    """A configuration of mypy that cannot be read."""


def run(arguments: list[str], *, strict_shapes: bool, config_file: str | None = None) -> int:
    """mypy's exit status, with the plugin on. Errors: Unreadable."""
    path, settings = configuration(Path.cwd()) if config_file is None else _given(Path(config_file))
    if "files" not in settings[0] and all(argument.startswith("-") for argument in arguments):
        arguments = [*arguments, "."]
    environment = {**os.environ, STRICT: "1"} if strict_shapes else dict(os.environ)
    with tempfile.TemporaryDirectory() as folder:
        config = path if path is not None and _has_plugin(settings[0]) else _written(Path(folder), path, settings)
        command = [sys.executable, "-m", "mypy", "--config-file", str(config), *arguments]
        return subprocess.run(command, env=environment).returncode


def configuration(folder: Path) -> tuple[Path | None, list[dict[str, Any]]]:
    """mypy's configuration for a folder: its file, its general section, and its sections for single modules."""
    for above in (folder, *folder.parents):
        for name in NAMES:
            sections = _sections(above / name) if (above / name).is_file() else None
            if sections is not None:
                return above / name, sections
        if (above / ".git").exists() or (above / ".hg").exists():
            break
    return None, [{}]


def _given(path: Path) -> tuple[Path, list[dict[str, Any]]]:
    if not path.is_file():
        raise Unreadable(f"there is no file {path}")
    return path, _sections(path) or [{}]


def _sections(path: Path) -> list[dict[str, Any]] | None:
    try:
        return _read(path)
    except (ValueError, OSError, configparser.Error) as error:
        raise Unreadable(f"{path}: {' '.join(str(error).split())}") from error


def _read(path: Path) -> list[dict[str, Any]] | None:
    text = path.read_text(encoding="utf-8").replace(HERE, path.parent.as_posix())
    if path.suffix == ".toml":
        table = tomllib.loads(text).get("tool", {}).get("mypy")
        return None if table is None else [{**table, "overrides": None}, *table.get("overrides", ())]
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    if "mypy" not in parser:
        return None
    modules = [name for name in parser.sections() if name.startswith("mypy-")]
    return [dict(parser["mypy"]), *({**parser[name], "module": name[5:].split(",")} for name in modules)]


def _plugins(general: dict[str, Any]) -> list[str]:
    given = general.get("plugins") or []
    return [name.strip() for name in given.split(",") if name.strip()] if isinstance(given, str) else list(given)


def _has_plugin(general: dict[str, Any]) -> bool:
    return any(name.partition(":")[0] == PLUGIN for name in _plugins(general))


def _written(folder: Path, path: Path | None, sections: list[dict[str, Any]]) -> Path:
    """The same configuration with the plugin, as a file. (mypy has no option for plugins.)

    Plugins that are files lie beside the configuration.
    """
    general, *modules = sections
    beside = Path.cwd() if path is None else path.parent.absolute()
    plugins = [str(beside / name) if name.partition(":")[0].endswith(".py") else name for name in _plugins(general)]
    general = {**general, "plugins": [*plugins, PLUGIN]}
    lines = ["[tool.mypy]", *_toml(general)]
    for module in modules:
        lines += ["[[tool.mypy.overrides]]", *_toml(module)]
    config = folder / "mypy.toml"  # not pyproject.toml, beside which the checker would look for settings
    config.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return config


def _toml(table: dict[str, Any]) -> list[str]:
    """mypy's settings are texts, truth values, numbers and lists of texts: in TOML they are written as in JSON."""
    return [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in table.items() if value is not None]
