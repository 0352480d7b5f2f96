"""The plugin for pytest: the fixture `verify_gradients`, and the mark `gradients` for tests that return what to verify.

It is loaded in every run of pytest, so that the verifier is imported when it is first asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from tl_checker.gradients.verdict import Report

MARK = "gradients"
LINE = "gradients(depth=, seed=, ...): verify every derivative of what the test returns, a model or a function"
WIDTH = 80


class VerifyGradients(Protocol):
    """What the fixture gives."""

    def __call__(
        self,
        target: Any,
        /,
        *,
        loss: Any = None,
        x: Any = None,
        labels: Any = None,
        draws: Sequence[Sequence[Any]] = (),
        depth: str | None = None,
        seed: int | None = None,
        allow_inconclusive: bool | None = None,
    ) -> Report:
        """Verify every derivative of a model, of a class of models that is made of arrays alone, or of a function.

        ``loss``, ``x`` and ``labels`` (the target of the loss) are for models, ``draws`` (lists of arguments) for
        functions; what is not given is drawn from the annotations. ``depth`` is "quick", "standard" or "deep". Options
        that are not given are those under ``[tool.tl.verify]``. The test fails with the message of `tl verify`, or,
        when nothing can be verified, with the error that says why.
        """
        ...


@pytest.fixture
def verify_gradients(request: pytest.FixtureRequest) -> VerifyGradients:
    """Verify gradients in ball arithmetic: ``verify_gradients(model)`` or ``verify_gradients(function)``."""

    def verify(target: Any, /, **options: Any) -> Report:
        __tracebackhide__ = True
        return _verified(target, request.config, options)

    return verify


def pytest_configure(config: pytest.Config) -> None:
    """Make the mark known."""
    config.addinivalue_line("markers", LINE)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that carries the mark, and verify what it returns."""
    __tracebackhide__ = True
    mark = pyfuncitem.get_closest_marker(MARK)
    if mark is None:
        return None
    names = pyfuncitem._fixtureinfo.argnames
    target = pyfuncitem.obj(**{name: pyfuncitem.funcargs[name] for name in names})
    if target is None:
        pytest.fail(f"a test marked {MARK} returns a model or a function to verify; this one returns None", False)
    _verified(target, pyfuncitem.config, dict(mark.kwargs))
    return True


def _verified(target: Any, config: pytest.Config, given: dict[str, Any]) -> Report:
    """The report, when it is clean. A target that cannot be verified and a wrong one fail the test."""
    __tracebackhide__ = True
    from tl_checker.gradients.discover import UsageError
    from tl_dsl.errors import TlError

    try:
        options = _with_settings(config, given)
        allowed = options.pop("allow_inconclusive")
        report = _report(target, options)
    except (TlError, UsageError) as error:
        pytest.fail(f"the gradients of {_name(target)} cannot be verified\n{error}", False)
    if not report.clean(allow_inconclusive=allowed):
        pytest.fail(_message(report), False)
    return report


def _with_settings(config: pytest.Config, given: dict[str, Any]) -> dict[str, Any]:
    """The options given, and for others those of the project."""
    from tl_checker.gradients.depth import DEPTHS
    from tl_checker.verify_settings import settings
    from tl_dsl.errors import ArgumentError

    kept = settings(config.rootpath)
    depth = given.get("depth") or ("quick" if kept.get("quick") else "deep" if kept.get("deep") else "standard")
    if depth not in DEPTHS:
        raise ArgumentError(f"depth is one of {', '.join(DEPTHS)}", got=repr(depth))
    defaults = {"seed": kept.get("seed", 0), "allow_inconclusive": kept.get("allow_inconclusive", False)}
    chosen = {name: value for name, value in given.items() if value is not None}
    return {**defaults, **chosen, "depth": DEPTHS[depth]}


def _report(target: Any, options: dict[str, Any]) -> Report:
    import tl_dsl as tl
    from tl_checker.gradients.discover import constructed
    from tl_checker.gradients.functions import verify_function
    from tl_checker.gradients.models import verify_model
    from tl_dsl.errors import ArgumentError

    name = _name(target)
    if isinstance(target, type) and issubclass(target, tl.Module):
        target = constructed(target)
    is_model = isinstance(target, tl.Module)
    taken = {"loss", "x", "labels"} if is_model else {"draws"}
    for key in options.keys() - taken - {"seed", "depth"}:
        kind = "a model" if is_model else "a function"
        raise ArgumentError(f"verify_gradients of {kind} has no option {key}", wanted=", ".join(sorted(taken)))
    if not is_model:
        return verify_function(target, name=name, **options)
    return verify_model(target, name=name, target=options.pop("labels", None), **options)


def _name(target: Any) -> str:
    found: str = getattr(target, "__qualname__", type(target).__qualname__)
    return found.rpartition("<locals>.")[2]


def _message(report: Report) -> str:
    from tl_checker.report.problems import problems
    from tl_checker.report.text import problem_lines, summary

    blocks = ["\n".join(line.plain for line in problem_lines(problem, WIDTH)) for problem in problems(report)]
    return "\n\n".join([*blocks, summary(report)])
