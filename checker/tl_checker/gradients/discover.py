"""What `tl verify` finds in a module: Modules, functions of tensors, and classes that can be made from annotations."""

from __future__ import annotations

import dataclasses
import difflib
import importlib
import importlib.util
import inspect
import sys
import traceback
import types
from dataclasses import dataclass
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import tl_dsl as tl
from tl_checker.gradients.draw import EVERYWHERE, assignments, kinds, names_in, value_for
from tl_checker.gradients.models import input_annotation
from tl_checker.gradients.samples import has_samples
from tl_checker.gradients.signature import annotations_of
from tl_checker.gradients.verdict import first_line
from tl_dsl.errors import AnnotationError, ArgumentError, TlError
from tl_dsl.typed import is_jaxtyping, resolve


class UsageError(Exception):
    """A target that cannot be verified as it was given: the message says why, and what would do."""


@dataclass(frozen=True)
class Target:
    """Something to verify: a model (an instance) or an annotated function."""

    name: str
    value: Any

    @property
    def is_model(self) -> bool:
        """Whether it is verified through the entry points of models."""
        return isinstance(self.value, tl.Module)


@dataclass(frozen=True)
class Found:
    """The targets in a module, and what was passed over, with the reason."""

    targets: tuple[Target, ...]
    skipped: tuple[str, ...]


def targets_in(text: str) -> Found:
    """The targets that ``MODULE`` or ``MODULE:NAME`` stands for; MODULE is a dotted name or the path of a file.

    Errors: UsageError.
    """
    place, _, name = text.partition(":")
    module = load(place)
    if name:
        return Found((_named(module, place, name),), ())
    targets: list[Target] = []
    skipped: list[str] = []
    rules = _rules_in(module)
    for key, value in vars(module).items():
        if key.startswith("_") or not _is_own(module, value) or any(value is rule for rule in rules):
            continue
        try:
            target = _target(key, value)
        except (AnnotationError, ArgumentError) as error:
            skipped.append(f"{key}: {error.rule}" + (f" ({error.got})" if error.got else ""))
            continue
        if target is not None:
            targets.append(target)
    if not targets:
        reasons = "".join(f"\n  {reason}" for reason in skipped)
        raise UsageError(
            f"there is nothing to verify in {place}: no Module, and no function with jaxtyping annotations{reasons}"
        )
    return Found(tuple(targets), tuple(skipped))


_FILES: dict[tuple[str, int, int], ModuleType] = {}
"""Files that were run, as they were written then."""


def load(place: str) -> ModuleType:
    """Import a module by dotted name or by the path of its file. Errors: UsageError."""
    if str(Path.cwd()) not in sys.path:
        sys.path.insert(0, str(Path.cwd()))
    path = Path(place)
    try:
        if path.suffix == ".py":
            return _load_file(path)
        return importlib.import_module(place)
    except UsageError:
        raise
    except ModuleNotFoundError as error:
        if error.name is not None and (place == error.name or place.startswith(f"{error.name}.")):
            raise UsageError(f"there is no module {place!r}{_similar_files(place)}") from error
        raise UsageError(_broken(place, error)) from error
    except BaseException as error:  # whatever a module does when it is imported, SystemExit included
        if isinstance(error, KeyboardInterrupt):
            raise
        raise UsageError(_broken(place, error)) from error


def _load_file(path: Path) -> ModuleType:
    if not path.is_file():
        raise UsageError(f"there is no file {str(path)!r}{_similar_files(str(path))}")
    written = (str(path.resolve()), path.stat().st_mtime_ns, path.stat().st_size)
    if written not in _FILES:
        _FILES[written] = _run_file(path)
    return _FILES[written]


def _run_file(path: Path) -> ModuleType:
    folder, name = path.resolve().parent, path.stem
    while (folder / "__init__.py").is_file():  # a file of a package is imported as such
        folder, name = folder.parent, f"{folder.name}.{name}"
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    if "." in name:
        return importlib.import_module(name)
    if name in sys.modules or name in sys.stdlib_module_names:
        name = f"{name}_as_file"  # nothing that is imported already is put aside
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def _broken(place: str, error: BaseException) -> str:
    """Why a module could not be imported: the place in it, and the last line of the traceback."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "importlib" not in f.filename]
    inside = [f for f in frames if Path(f.filename).parent != Path(__file__).parent]
    at = f" at {inside[-1].filename}:{inside[-1].lineno}" if inside else ""
    if isinstance(error, SyntaxError):
        at = f" at {error.filename}:{error.lineno}"
    last = traceback.format_exception_only(type(error), error)[-1].strip()
    return f"importing {place} failed{at}\n  {last}"


def _similar_files(place: str) -> str:
    wanted = place.replace(".", "/").removesuffix("/py")
    known = {p.as_posix().removesuffix(".py"): p.as_posix() for p in sorted(Path().glob("*.py"))}
    known |= {p.as_posix().removesuffix(".py"): p.as_posix() for p in sorted(Path().glob("*/*.py"))}
    close = difflib.get_close_matches(wanted, known, n=3, cutoff=0.5)
    return did_you_mean([known[name] for name in close])


def did_you_mean(names: list[str]) -> str:
    """The end of a message about a name that is not known.

    >>> did_you_mean(["exp", "erf"])
    '; did you mean exp or erf?'
    """
    return f"; did you mean {' or '.join(names)}?" if names else ""


def _is_own(module: ModuleType, value: Any) -> bool:
    """Whether a value was defined here: functions and classes of elsewhere are verified there."""
    if isinstance(value, (type, tl.custom_jvp, tl.custom_vjp)) or inspect.isfunction(value):
        return value.__module__ == module.__name__
    return isinstance(value, tl.Module)


def _rules_in(module: ModuleType) -> list[Any]:
    """The functions that are rules of others: they are verified with these."""
    own = [value for value in vars(module).values() if isinstance(value, (tl.custom_jvp, tl.custom_vjp))]
    return [rule for value in own for rule in (vars(value).get(name) for name in ("rule", "fwd", "bwd")) if rule]


def _named(module: ModuleType, place: str, name: str) -> Target:
    """One thing of a module, by its name. Errors: UsageError."""
    value: Any = module
    for part in name.split("."):
        if not hasattr(value, part):
            members = vars(value) if hasattr(value, "__dict__") else {}
            known = [key for key, member in members.items() if key[0] != "_" and _is_own(module, member)]
            close = difflib.get_close_matches(part, known, n=3, cutoff=0.5)
            there = did_you_mean(close) or f"; it has {', '.join(sorted(known)) or 'nothing'}"
            raise UsageError(f"{place} has no {name!r}{there}")
        value = getattr(value, part)
    try:
        target = _target(name, value)
    except (AnnotationError, ArgumentError) as error:
        raise UsageError(str(error)) from error
    if target is None:
        raise UsageError(f"{name} of {place} is a {type(value).__name__}: neither a Module nor a function of tensors")
    return target


def _target(name: str, value: Any) -> Target | None:
    """The target that a value is, None when it is none. Errors: AnnotationError, ArgumentError."""
    if isinstance(value, type):
        return _target(name, constructed(value)) if issubclass(value, tl.Module) else None
    if isinstance(value, tl.Module):
        input_annotation(value)
        return Target(name, value)
    if not callable(value):
        return None
    if not isinstance(value, (types.FunctionType, types.MethodType, tl.Program, tl.custom_jvp, tl.custom_vjp)):
        raise ArgumentError(
            f"{name} is neither a Module nor a function",
            got=type(value).__name__,
            suggestion="an annotated function that calls it",
        )
    if has_samples(value):
        return Target(name, value)
    hints = annotations_of(value)
    if not _returns_tensors(hints["return"]):
        raise AnnotationError(
            f"{name} does not return floating tensors",
            got=f"-> {getattr(hints['return'], '__name__', hints['return'])}",
        )
    return Target(name, value)


def _returns_tensors(hint: Any) -> bool:
    if is_jaxtyping(hint):
        return not kinds(hint) or any("float" in kind for kind in kinds(hint))
    parts = [part for part in getattr(hint, "__args__", ()) if part is not Ellipsis]
    return bool(parts) and all(_returns_tensors(part) for part in parts)


def constructed(cls: type[Any]) -> Any:
    """A model of a class whose fields are arrays, drawn from their annotations.

    Errors: ArgumentError for a class that needs anything else.
    """
    if "__init__" in vars(cls) and not dataclasses.is_dataclass(cls):
        raise ArgumentError(f"{cls.__name__} has a constructor of its own; make an object at module level")
    hints = resolve(cls)
    fields = [f for f in dataclasses.fields(cls) if f.default is f.default_factory is dataclasses.MISSING]
    if not all(is_jaxtyping(hints[f.name]) for f in fields) or not fields:
        raise ArgumentError(f"{cls.__name__} is not made of arrays alone; make an object at module level")
    names = list(dict.fromkeys(name for f in fields for name in names_in(hints[f.name])))
    reason = "no sizes fit"
    for sizes in assignments(names, {}):
        rng = Random(f"{cls.__name__} {sizes}")
        try:
            arrays = {f.name: tl.tensor(value_for(hints[f.name], sizes, EVERYWHERE, rng)) for f in fields}
            return cls(**arrays)
        except (TlError, TypeError, ValueError) as error:
            reason = first_line(error)
    raise ArgumentError(f"{cls.__name__} cannot be made from its annotations: {reason}")
