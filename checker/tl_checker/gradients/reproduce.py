"""Programs to paste: a wrong rule by itself at the smallest operands, or a function at the arguments that it failed at.

They import the engine and the specifications, not the verifier's search, and print both answers.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from tl_checker.gradients.instruction import Floats, Instruction
from tl_checker.gradients.rules import RuleFault

_HEAD = """\
from fractions import Fraction

import numpy as np
import tl_dsl as tl
import tl_specs
from flint import arb, ctx
from tl_dsl.op import bind
from tl_dsl.primitive import PRIMITIVES

ctx.prec = 400
"""

_BODIES = {
    "kernel": """\
print(f(*balls))
print(primal(*exact))""",
    "jvp rule": """\
print(tl.jvp(g, (balls[{k}],), (v,))[1])
print(tl_specs.directional(primal, exact, along, 1)[1])""",
    "transpose rule": """\
y, pullback = tl.vjp(g, balls[{k}])
print(tl.sum(pullback(tl.tensor(as_balls(np.ones(y.shape))))[0] * v))
print(sum(tl_specs.directional(primal, exact, along, 1)[1].items))""",
    "derivative": """\
print(tl.jvp(lambda x: tl.jvp(g, (x,), (v,))[1], (balls[{k}],), (v,))[1])
print([2 * z for z in tl_specs.directional(primal, exact, along, 2)[2].items])""",
    "batching rule": """\
both = [tl.stack([x, x]) for x in balls]
print(tl.vmap(f)(*both)[1])
print(f(*balls))""",
}


def of_rule(one: Instruction, fault: RuleFault) -> str:
    """A program that shows what a rule of a primitive gives, and then what the specification says.

    Empty for a function with a rule of its own, whose program is the user's.
    """
    if one.op.call:
        return ""
    k = fault.operand if fault.operand is not None else next(iter(one.active), 0)
    floats = fault.rule.startswith("float")
    body = _BODIES["kernel" if floats else "derivative" if fault.rule.endswith("derivative") else fault.rule]
    names = [f"x{j}" for j in range(len(one.operands))]
    params = "".join(f", {name}={_shown(value)}" for name, value in one.params.items())
    lines = [_HEAD, *[f"{name} = {_array(x)}" for name, x in zip(names, one.operands, strict=True)]]
    lines += [
        "",
        "def as_balls(x):",
        "    items = [arb(z) for z in x.reshape(-1).tolist()]",
        "    return np.array([*items, None], object)[:-1].reshape(x.shape) if x.dtype.kind == 'f' else x",
        "",
        f"def f({', '.join(names)}):",
        f"    return bind(PRIMITIVES[{one.op.name!r}], {', '.join(names)}{params})",
        "",
        f"def primal({', '.join(names)}):",
        f"    return tl_specs.PRIMITIVE_SPECS[{one.op.name!r}].primal({', '.join(names)}{params})",
        "",
        f"operands = [{', '.join(names)}]",
        f"balls = [tl.tensor({'x' if floats else 'as_balls(x)'}) for x in operands]",
        "exact = [tl_specs.Array(x.shape, as_balls(x).reshape(-1).tolist()) for x in operands]",
    ]
    if "{k}" in body:
        lines += _direction(one, fault, k, names)
    return "\n".join([*lines, body.replace("{k}", str(k)), ""])


def _direction(one: Instruction, fault: RuleFault, k: int, names: Sequence[str]) -> list[str]:
    """A direction of operand k: its element that shows the fault, or all of them."""
    v = np.ones(one.operands[k].shape)
    if fault.element is not None:
        v = np.zeros(one.operands[k].shape)
        v[fault.element] = 1.0
    others = ", ".join(name if j != k else "x" for j, name in enumerate(f"balls[{j}]" for j in range(len(names))))
    return [
        f"v = tl.tensor(as_balls({_array(v)}))",
        f"along = [tl_specs.Array(v.shape, np.asarray(v).reshape(-1).tolist()) if j == {k} else None "
        f"for j in range({len(names)})]",
        f"g = lambda x: f({others})",
    ]


def of_function(function: Any, arguments: Sequence[Any]) -> str:
    """A program that verifies a function at the arguments at which it failed."""
    shown = ", ".join(_argument(x) for x in arguments)
    name = getattr(function, "__qualname__", "function")
    return "\n".join([
        "import numpy as np",
        "from tl_checker.gradients import verify_function",
        "from tl_checker.gradients.discover import load",
        "",
        f"function = load({_place_of(function)!r}).{name}",
        f"report = verify_function(function, draws=[({shown},)])",
        "print(*[f'{row.entry} {row.argument}: {finding}' for row, finding in report.findings], sep='\\n')",
        "",
    ])  # fmt: skip


def of_model(model: Any, name: str, x: Floats) -> str:
    """A program that verifies a model at the input at which it failed."""
    module = type(model).__module__
    known = not module.startswith("tl_dsl")
    place = f"targets_in({_place_of(type(model)) + ':' + name!r}).targets[0].value" if known else f"...  # {name}"
    return "\n".join([
        "import numpy as np",
        "from tl_checker.gradients import verify_model",
        "from tl_checker.gradients.discover import targets_in",
        "",
        f"model = {place}",
        f"report = verify_model(model, x={_array(x)})",
        "print(*[f'{row.entry} {row.argument}: {finding}' for row, finding in report.findings], sep='\\n')",
        "",
    ])  # fmt: skip


def _place_of(function: Any) -> str:
    """The module of a function, as `load` takes it: by name, or by its file where it was loaded from one."""
    module = sys.modules.get(getattr(function, "__module__", "") or "")
    name, file = getattr(module, "__name__", "module"), getattr(module, "__file__", None)
    by_file = name == "__main__" or name.endswith("_as_file")
    return os.path.relpath(file) if by_file and file is not None else name


def _argument(x: Any) -> str:
    if isinstance(x, np.ndarray):
        return _array(x)
    if isinstance(x, (list, tuple)):
        inside = ", ".join(map(_argument, x))
        return f"[{inside}]" if isinstance(x, list) else f"({inside},)"
    if isinstance(x, dict):
        return f"{{{', '.join(f'{key!r}: {_argument(value)}' for key, value in x.items())}}}"
    return repr(x)


def _array(x: Floats) -> str:
    if x.size:
        return f"np.array({x.tolist()!r}, np.{x.dtype})" if x.dtype != np.float64 else f"np.array({x.tolist()!r})"
    return f"np.zeros({x.shape}, np.{x.dtype})"


def _shown(value: Any) -> str:
    return f"np.dtype({str(value)!r})" if isinstance(value, np.dtype) else repr(value)
