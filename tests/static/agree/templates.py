"""The operations that programs are made of: code with holes, by library.

`{x} {y} {z}` are arrays of floats, `{i}` of integers, `{q}` of booleans; `{a} {c}` are axes, `{s} {u}` sizes,
`{w}` small ints.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Template:
    """One way to write an operation."""

    operation: str
    code: str

    @property
    def weight(self) -> float:
        return WEIGHTS.get(self.operation, 1.0)


WEIGHTS = {"matmul": 4.0, "add": 2.0, "mul": 2.0, "reshape": 2.0, "getitem": 3.0, "sum": 2.0, "concat": 2.0}

_UNARY = ("exp", "log", "sqrt", "sin", "cos", "tanh", "abs", "sign", "square")
_BINARY = {"add": "+", "sub": "-", "mul": "*", "div": "/", "pow": "**"}
_COMPARISONS = {
    "less": "<",
    "less_equal": "<=",
    "greater": ">",
    "greater_equal": ">=",
    "equal": "==",
    "not_equal": "!=",
}
_LOGICAL = {"logical_and": "&", "logical_or": "|", "logical_xor": "^"}
_REDUCTIONS = ("sum", "mean", "max", "min")
_KEYS = (
    *("[0]", "[-1]", "[..., 0]", "[:, -1]", "[:, None]", "[None]", "[..., None]", "[None, ..., 0]"),
    *("[1:]", "[:-1]", "[:, 1:]", "[..., :-1]", "[::2]", "[..., ::2]", "[0, 0]", "[:, 0, None]", "[2:5]", "[{w}:]"),
    *("[..., :{w}]", "[::-1]", "[-2:]", "[{i}]", "[:, {i}]", "[: len({y})]", "[{s}:]", "[0, 1:, None]", "[1]"),
)

_SHARED = {
    "add": ["{x} + {y}", "{x} + 1.5", "2 + {x}", "{P}.add({x}, {y})"],
    "sub": ["{x} - {y}", "1 - {x}"],
    "mul": ["{x} * {y}", "0.5 * {x}"],
    "div": ["{x} / {y}", "{x} / 2", "{x} / {x}.shape[-1] ** 0.5"],
    "pow": ["{x} ** 2", "{x} ** {y}"],
    "neg": ["-{x}"],
    "maximum": ["{P}.maximum({x}, {y})", "{P}.maximum({x}, 0.0)"],
    "minimum": ["{P}.minimum({x}, {y})"],
    "clip": ["{P}.clip({x}, 0.0, 1.0)"],
    "where": ["{P}.where({q}, {x}, {y})", "{P}.where({x} > 0, {x}, 0.0)", "{P}.where({q}, {x}, 0.0)"],
    "logical_not": ["~{q}"],
    "zeros_like": ["{P}.zeros_like({x})"],
    "ones_like": ["{P}.ones_like({x})"],
    "full_like": ["{P}.full_like({x}, 0.5)"],
    "zeros": ["{P}.zeros(({s}, {u}))", "{P}.zeros({s})", "{P}.zeros({x}.shape)", "{P}.zeros(({s}, {u}, {w}))"],
    "ones": [
        "{P}.ones(({s}, {w}))",
        "{P}.ones((*{x}.shape, {w}))",
        "{P}.ones({x}.shape[:-1])",
        "{P}.ones({x}.shape[1:])",
    ],
    "full": ["{P}.full(({s}, {u}), 0.5)"],
    "eye": ["{P}.eye({s})", "{P}.eye({s}, {u})"],
    "arange": ["{P}.arange({s})"],
    "squeeze": ["{P}.squeeze({x}, {a})", "{P}.squeeze({x}, axis={a})"],
    "broadcast_to": [
        "{P}.broadcast_to({x}, ({s}, {u}))",
        "{P}.broadcast_to({x}, {y}.shape)",
        "{P}.broadcast_to({x}, ({s}, *{x}.shape))",
    ],
    "stack": ["{P}.stack([{x}, {y}])", "{P}.stack([{x}, {y}], axis={a})", "{P}.stack([{x}, {x}, {y}], axis={a})"],
    "expand_dims": ["{P}.expand_dims({x}, axis={a})"],
    "repeat": ["{P}.repeat({x}, {w}, axis={a})"],
    "take": ["{P}.take({x}, {i}, axis={a})", "{P}.take({x}, {P}.zeros(({w}, {s}), dtype={P}.int64), axis={a})"],
    "matmul": ["{x} @ {y}", "{x} @ {y}.T", "{x}.T @ {y}", "{x} @ {y}", "{x} @ {y}.mT", "{P}.matmul({x}, {y})"],
    "matrix_transpose": ["{x}.mT"],
    "transpose": ["{x}.T"],
    "argmax": ["{P}.argmax({x}, axis={a})", "{P}.argmax({x}, axis={a}, keepdims=True)"],
    "var": ["{P}.var({x}, axis={a})", "{P}.var({x}, axis={a}, keepdims=True)"],
    "reshape": [
        *("{P}.reshape({x}, ({s}, {u}))", "{x}.reshape(-1)", "{x}.reshape({s}, -1)", "{x}.reshape({s}, {u})"),
        *("{x}.reshape(-1, {s})", "{x}.reshape({s}, {u}, -1)", "{x}.reshape({s}, -1, {w})", "{x}.reshape({y}.shape)"),
        *("{x}.reshape({s} * {u})", "{x}.reshape(-1, {w})", "{x}.reshape({x}.shape[0] * {x}.shape[1], -1)"),
    ],
    "getitem": ["{x}" + key for key in _KEYS],
}  # fmt: skip

_EINSUM = (
    *(("ij,jk->ik", "{x}, {y}"), ("ij->ji", "{x}"), ("ij,ij->i", "{x}, {y}"), ("ij,kj->ik", "{x}, {y}")),
    *(("i,j->ij", "{x}, {y}"), ("ijk->kj", "{x}"), ("ii->i", "{x}"), ("...ij,...jk->...ik", "{x}, {y}")),
    *(("ij,j", "{x}, {y}"), ("ijk,kl->ijl", "{x}, {y}"), ("...i->...", "{x}"), ("ij,jk,k->i", "{x}, {y}, {z}")),
)

_TL = {
    **{
        name: [f"tl.{name}({{x}})"] for name in (*_UNARY, "erf", "sigmoid", "softplus", "relu", "gelu", "stop_gradient")
    },
    "permute_dims": ["tl.permute_dims({x}, {p})", "{x}.permute_dims({p})"],
    "concat": ["tl.concat([{x}, {y}])", "tl.concat([{x}, {y}], axis={a})", "tl.concat([{x}, {y}, {x}], axis={a})"],
    "pad": ["tl.pad({x}, (({w}, 1),))", "tl.pad({x}, ((0, {w}), (1, 1)))", "tl.pad({x}, 1)"],
    "scatter_add": ["tl.scatter_add({x}, {i}, tl.take({x}, {i}, axis={a}), axis={a})", "tl.scatter_add({x}, {i}, {y})"],
    "split": ["tl.split({x}, {w}, axis={a})[0]", "tl.split({x}, {w})[-1]", "tl.split({x}, [{w}], axis={a})[1]"],
    "flip": ["tl.flip({x}, axis={a})", "tl.flip({x})"],
    "roll": ["tl.roll({x}, {w}, axis={a})", "tl.roll({x}, {s})"],
    "tile": ["tl.tile({x}, {w})", "tl.tile({x}, ({w}, {s}))", "tl.tile({x}, ({w}, 1))"],
    "diagonal": ["tl.diagonal({x})", "tl.diagonal({x}, offset=1)", "tl.diagonal({x}, axis1={a}, axis2={c})"],
    "trace": ["tl.trace({x})", "tl.trace({x}, axis1={a}, axis2={c})"],
    "tril": ["tl.tril({x})", "tl.tril({x}, k=-1)"],
    "triu": ["tl.triu({x})", "tl.triu({x}, k=1)"],
    "outer": ["tl.outer({x}, {y})"],
    "tensordot": ["tl.tensordot({x}, {y}, axes={w})", "tl.tensordot({x}, {y}, axes=([{a}], [{c}]))"],
    "einsum": [f'tl.einsum("{text}", {operands})' for text, operands in _EINSUM],
    "one_hot": ["tl.one_hot({i}, {s})", "tl.one_hot(tl.argmax({x}, axis={a}), {s})"],
    "softmax": ["tl.softmax({x}, axis={a})", "tl.softmax({x})"],
    "log_softmax": ["tl.log_softmax({x}, axis={a})"],
    "logsumexp": ["tl.logsumexp({x}, axis={a})", "tl.logsumexp({x}, axis={a}, keepdims=True)"],
    "astype": ["tl.astype({i}, tl.float64)", "tl.astype({q}, tl.float64)"],
}

_NP = {
    **{name: [f"np.{name}({{x}})"] for name in _UNARY},
    "permute_dims": [
        "np.transpose({x}, {p})",
        "{x}.transpose({p})",
        "np.moveaxis({x}, {a}, {c})",
        "np.swapaxes({x}, {a}, {c})",
    ],
    "concat": [
        "np.concatenate([{x}, {y}])",
        "np.concatenate([{x}, {y}], axis={a})",
        "np.vstack([{x}, {y}])",
        "np.hstack([{x}, {y}])",
    ],
    "pad": ["np.pad({x}, ((0, {w}), (1, 1)))", "np.pad({x}, 1)"],
    "astype": ["{i}.astype(np.float64)", "{q}.astype(np.float64)"],
    "diff": ["np.diff({x}, axis={a})"],
    "dot": ["np.dot({x}, {y})"],
}  # fmt: skip


def _table(library: str, own: dict[str, list[str]]) -> list[Template]:
    rows = {**_SHARED, **own}
    for name in _REDUCTIONS:
        call = f"{library}.{name}({{x}}"
        rows[name] = [f"{{x}}.{name}()", f"{call}, axis={{a}})", f"{call}, axis={{a}}, keepdims=True)"]
        rows[name] += [f"{{x}}.{name}(axis={{a}})", f"{call}, axis=({{a}}, {{c}}))"]
    for name, sign in _COMPARISONS.items():
        rows[name] = [f"{{x}} {sign} {{y}}", f"{{x}} {sign} 0.5"]
    for name, sign in _LOGICAL.items():
        rows[name] = [f"{{q}} {sign} {{q}}"]
    return [Template(name, code.replace("{P}", library)) for name, codes in rows.items() for code in codes]


TEMPLATES = {"tl": _table("tl", _TL), "np": _table("np", _NP)}
