"""The plugin with the fault that PLANTED names in it: `module:Class.method` of `tl_checker.shapes`, or an import."""

import importlib
import os
import sys
from typing import Any

from tl_checker.plugin import plugin as plugin


def _fail(*args: Any) -> None:
    raise RuntimeError("planted")


def _plant(name: str) -> None:
    module, _, attribute = name.partition(":")
    owner: Any = importlib.import_module(f"tl_checker.shapes.{module}")
    *path, last = attribute.split(".")
    for step in path:
        owner = getattr(owner, step)
    original = getattr(owner, last)
    setattr(owner, last, _fail)
    for other in list(sys.modules.values()):  # where it was imported by name
        if other.__name__.startswith("tl_checker.") and getattr(other, last, None) is original:
            setattr(other, last, _fail)


if name := os.environ.get("PLANTED"):
    if name == "import":
        sys.modules["tl_dsl.dims"] = None  # type: ignore[assignment]
    else:
        importlib.import_module("tl_checker.shapes.checking")
        _plant(name)
