"""Compiled programs against the plain interpretation of the same graphs."""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

import tl_dsl as tl
from tl_dsl.autodiff.function import gradient_graph
from tl_dsl.evaluate import Program, compile_graph, evaluate, interpret
from tl_dsl.graph import Builder, Graph
from tl_dsl.op import trace
from tl_dsl.primitive import PRIMITIVES, Primitive
from tl_dsl.transform.simplify import simplify

Shape = tuple[int, ...]
F32, F64 = np.dtype("float32"), np.dtype("float64")


def graph_of(function: Callable[..., Any], shapes: list[Shape], dtype: np.dtype[Any] = F64) -> Graph:
    def several(*args: Any) -> list[Any]:
        found = function(*args)
        return list(found) if isinstance(found, (tuple, list)) else [found]

    return trace(several, [(shape, dtype) for shape in shapes])[0]


def drawn(graph: Graph, seed: int = 0) -> list[np.ndarray[Any, Any]]:
    rng = np.random.default_rng(seed)
    return [rng.uniform(0.5, 2.0, x.shape).astype(x.dtype) for x in graph.inputs]


def attention(q: Any, k: Any, v: Any) -> Any:
    return tl.softmax(q @ k.mT / 2.0, axis=-1) @ v


def layer_norm(x: Any, g: Any, b: Any) -> Any:
    centred = x - tl.mean(x, axis=-1, keepdims=True)
    return centred / tl.sqrt(tl.mean(centred * centred, axis=-1, keepdims=True) + 1e-5) * g + b


def mlp_loss(w1: Any, b1: Any, w2: Any, x: Any, y: Any) -> Any:
    return -tl.mean(tl.sum(y * tl.log_softmax(tl.relu(x @ w1 + b1) @ w2), axis=-1))


CASES: dict[str, tuple[Callable[..., Any], list[Shape]]] = {
    **{name: (getattr(tl, name), [(3, 4)]) for name in (
        "exp", "log", "sqrt", "sin", "cos", "tanh", "erf", "abs", "sign", "neg", "square", "sigmoid", "softplus",
        "relu", "gelu", "softmax", "log_softmax")},
    **{name: (getattr(tl, name), [(3, 4), (3, 4)]) for name in (
        "add", "sub", "mul", "div", "maximum", "minimum", "pow", "less", "equal", "greater_equal")},
    "scalars": (lambda x: (tl.exp(x), x * x + 1, tl.sigmoid(x)), [()]),
    "broadcast": (lambda x, y: x + y * 2, [(3, 4), (4,)]),
    "broadcast output": (lambda x: tl.broadcast_to(x, (2, 3)), [(3,)]),
    "column and row": (lambda x, y: x * y, [(3, 1), (1, 4)]),
    "constant power": (lambda x: x**2.5 + x**-2, [(3,)]),
    "where": (lambda x, y: tl.where(x > y, x, y), [(3, 4), (3, 4)]),
    "where zero": (lambda x, y: tl.where(x > y, x, 0) + tl.where(x > y, 0, y), [(3, 4), (3, 4)]),
    "where of scalars": (lambda x: tl.where(x > 1, 2.0, 3.0), [(3, 4)]),
    "logic": (lambda x, y: tl.where(~((x > y) & (x > 1)) | (y > 1), x, y), [(3, 4), (3, 4)]),
    "mask in a product": (lambda x: x * tl.astype(x > 1, x.dtype), [(3, 4)]),
    "mask twice": (lambda x: tl.astype(x > 1, x.dtype) * tl.astype(x > 1.5, x.dtype), [(3, 4)]),
    "matmul": (lambda x, y: x @ y, [(3, 4), (4, 5)]),
    "vectors": (lambda x, y: (x @ y, y @ x.T, x[0] @ y), [(3, 4), (4,)]),
    "batched matmul": (lambda x, y: x @ y, [(2, 3, 4), (2, 4, 5)]),
    "matrix for a batch": (lambda x, y: x @ y + y[0], [(2, 3, 4), (4, 5)]),
    "batch for a matrix": (lambda x, y: x @ y, [(3, 4), (2, 4, 5)]),
    "batch of one": (lambda x, y: x @ y, [(1, 3, 4), (2, 4, 5)]),
    **{f"sum {axis}": (lambda x, axis=axis: tl.sum(x, axis=axis), [(3, 4, 5)])
       for axis in (None, 0, 1, 2, (0, 1), (1, 2), (0, 2))},
    "sum kept": (lambda x: (tl.sum(x, axis=0, keepdims=True), tl.sum(x, axis=-1, keepdims=True) * 2), [(3, 4)]),
    "sum of transpose": (lambda x: (tl.sum(x.T, axis=0), tl.sum(x.T)), [(3, 4)]),
    "sum of products": (lambda x, y: (tl.sum(x * y), tl.sum(x * x) + 1), [(3, 4), (3, 4)]),
    "sum of products across": (lambda x, y: tl.sum(x.T * y), [(3, 4), (4, 3)]),
    "large sum": (tl.sum, [(300, 40)]),
    "large results": (lambda x, y: (tl.exp(x), tl.exp(x).T + 1, x @ y, (x @ y).T, tl.exp(x)[1:]), [(70, 80), (80, 90)]),
    "long rows": (lambda x: tl.sum(tl.exp(x), axis=-1), [(3, 300)]),
    "extrema": (lambda x: (tl.max(x), tl.min(x, axis=0), tl.max(x, axis=(0, 2), keepdims=True)), [(3, 4, 5)]),
    "argmax": (lambda x: tl.argmax(x, axis=-1), [(3, 4)]),
    "mean and variance": (lambda x: (tl.mean(x, axis=1), tl.var(x, axis=0)), [(3, 4)]),
    "reshape of transpose": (lambda x: tl.exp(tl.reshape(tl.exp(x).T, (12,))), [(3, 4)]),
    "views of an input": (lambda x: (x.T, x[1], x[::-1, 1:], x.reshape(4, 3)), [(3, 4)]),
    "views of a value": (lambda x: (tl.exp(x).T, tl.exp(x)[1], tl.exp(x).reshape(4, 3)), [(3, 4)]),
    "slices": (lambda x: tl.exp(x)[1:] - tl.exp(x)[:-1] ** 2, [(5,)]),
    "steps": (lambda x: tl.exp(x)[::-2, 1:4:2] * 2, [(5, 4)]),
    "pad": (lambda x: tl.pad(tl.exp(x), ((1, 2), (0, 1))), [(2, 3)]),
    "joined": (lambda x, y: (tl.concat([x, tl.exp(y)], axis=1), tl.stack([x[0], y[0, :2]])), [(3, 2), (3, 4)]),
    "repeat": (lambda x: tl.repeat(x, 3, axis=0) + 1, [(2, 2)]),
    "take": (lambda x: tl.take(tl.exp(x), tl.arange(2), axis=0), [(3, 4)]),
    "one hot": (lambda x: x @ tl.one_hot(tl.arange(4), 5), [(3, 4)]),
    "constants alone": (lambda: (tl.full((2, 3), 1.5), tl.eye(2), tl.zeros(())), []),
    "identity": (lambda x: x, [(3, 4)]),
    "identities": (lambda x, y: (x, y, x), [(3,), (2,)]),
    "twice": (lambda x: [tl.exp(x)] * 2, [(3,)]),
    "value and view": (lambda x: (lambda y: (y.T, y, y + 1, y[0]))(tl.exp(x)), [(3, 4)]),
    "stop gradient": (lambda x: (tl.stop_gradient(x), tl.stop_gradient(tl.exp(x)) * x), [(3,)]),
    "empty": (lambda x: (tl.exp(x) + 1, tl.sum(x), tl.sum(x, axis=0)), [(0, 3)]),
    "attention": (attention, [(2, 3, 4), (2, 5, 4), (2, 5, 6)]),
    "layer norm": (layer_norm, [(2, 3, 4), (4,), (4,)]),
    "chain": (lambda x: (lambda y: tl.tanh(y) * y + tl.tanh(y.T).T)(tl.exp(x) / 10), [(4, 4)]),
}  # fmt: skip


def assert_same(program: Any, graph: Graph, arrays: list[np.ndarray[Any, Any]]) -> None:
    wanted = interpret(graph, arrays)
    kept = [array.copy() for array in arrays]
    got = program(*arrays)
    assert len(got) == len(wanted)
    for g, w, node in zip(got, wanted, graph.outputs, strict=True):
        assert type(g) is np.ndarray
        assert (g.shape, g.dtype) == (node.shape, node.dtype)
        tolerance = 2e-6 if g.dtype == F32 else 1e-13
        np.testing.assert_allclose(g, w, rtol=tolerance, atol=tolerance)
    for array, before in zip(arrays, kept, strict=True):
        np.testing.assert_array_equal(array, before)


@pytest.mark.parametrize("dtype", [F64, F32], ids=str)
@pytest.mark.parametrize("name", CASES)
def test_compiled_is_interpreted(name: str, dtype: np.dtype[Any]) -> None:
    function, shapes = CASES[name]
    graph = graph_of(function, shapes, dtype)
    for program in (compile_graph(graph), compile_graph(simplify(graph))):
        for seed in (0, 1):
            assert_same(program, graph, drawn(graph, seed))


DIFFERENTIABLE = [
    name for name in CASES if name not in ("less", "equal", "greater_equal", "argmax", "constants alone", "identities")
]


@pytest.mark.parametrize("name", DIFFERENTIABLE)
def test_gradients_compiled(name: str) -> None:
    function, shapes = CASES[name]

    def loss(*args: Any) -> Any:
        found = function(*args)
        several = found if isinstance(found, (tuple, list)) else [found]
        return sum([tl.sum(tl.sin(y)) for y in several if y.dtype == F64], tl.sum(args[0]))

    graph = gradient_graph(graph_of(loss, shapes), len(shapes), value=True)
    for program in (compile_graph(graph), compile_graph(simplify(graph))):
        assert_same(program, graph, drawn(graph))


@pytest.mark.parametrize("name", CASES)
def test_results_belong_to_the_caller(name: str) -> None:
    function, shapes = CASES[name]
    graph = graph_of(function, shapes)
    program, arrays = compile_graph(simplify(graph)), drawn(graph)
    first = program(*arrays)
    before = [y.copy() for y in first]
    second = program(*[np.asarray(x + 0.125) for x in arrays])
    everything = [*arrays, *first, *second]
    for k, y in enumerate([*first, *second]):
        assert y.flags.writeable
        assert not any(np.shares_memory(y, other) for j, other in enumerate(everything) if j != k + len(arrays))
    for y, b in zip(first, before, strict=True):
        np.testing.assert_array_equal(y, b)


def test_inputs_may_have_any_layout() -> None:
    graph = graph_of(mlp_loss, [(4, 6), (6,), (6, 3), (5, 4), (5, 3)])
    graph = gradient_graph(graph, 3, value=True)
    program = compile_graph(simplify(graph))
    arrays = drawn(graph)
    strided = [np.repeat(x, 2, axis=-1)[..., ::2] for x in arrays]
    turned = [np.asfortranarray(x) for x in arrays]
    for other in (strided, turned):
        for g, w in zip(program(*other), program(*arrays), strict=True):
            np.testing.assert_allclose(g, w, rtol=1e-12)


def test_intermediates_share_one_arena() -> None:
    def chain(x: Any) -> Any:
        for _ in range(50):
            x = tl.tanh(x) * 0.5 + 1
        return x

    program = compile_graph(graph_of(chain, [(100,)]))
    assert program.arena_bytes <= 2 * 832


def test_large_ranges_are_not_kept() -> None:
    size = 5_000_000
    graph = graph_of(lambda x: (tl.sum(tl.arange(size, dtype=F64) * x), tl.arange(size)), [()])
    program = compile_graph(simplify(graph))
    total, numbers = program(np.array(2.0))
    assert total == size * (size - 1.0)
    assert numbers[-1] == size - 1 and numbers.flags.writeable


def test_threads() -> None:
    graph = gradient_graph(graph_of(mlp_loss, [(4, 6), (6,), (6, 3), (5, 4), (5, 3)]), 3, value=True)
    program = compile_graph(simplify(graph))
    inputs = [drawn(graph, seed) for seed in range(4)]
    wanted = [program(*arrays) for arrays in inputs]
    wrong = []

    def work(which: int) -> None:
        for _ in range(200):
            if any((g != w).any() for g, w in zip(program(*inputs[which]), wanted[which], strict=True)):
                wrong.append(which)

    threads = [threading.Thread(target=work, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def new_primitive(name: str, kernel: Callable[..., Any], **rules: Any) -> Primitive:
    return Primitive(name, shape=lambda x: x, kernel=kernel, **rules)


def test_a_new_primitive_needs_no_change_here() -> None:
    b = Builder()
    x = b.input((3,), F64)
    cube = b.emit(new_primitive("cube", lambda x: x * x * x), (x,), {})
    same = b.emit(new_primitive("same", lambda x: x), (cube,), {})
    root = b.emit(new_primitive("root", np.cbrt, ufunc=np.cbrt), (same,), {})
    back = b.emit(new_primitive("reversed", lambda x: x[::-1], view=True), (root,), {})
    scale = Primitive("scaled", lambda x, by: x, lambda x, by: x * by, ufunc=np.negative)
    back = b.emit(scale, (back,), {"by": 2})
    graph = Graph((x,), (same, back, cube, b.emit(new_primitive("same_input", lambda x: x), (x,), {})))
    program = compile_graph(simplify(graph))
    array = np.array([1.0, 2.0, 3.0])
    outputs = program(array)
    np.testing.assert_allclose(outputs[1], [6.0, 4.0, 2.0])
    for g, w in zip(outputs, interpret(graph, [array]), strict=True):
        np.testing.assert_allclose(g, w)
    everything = [array, *outputs]
    assert not any(np.shares_memory(p, q) for k, p in enumerate(everything) for q in everything[:k])


def test_deep_chain() -> None:
    b = Builder()
    x = node = b.input((2,), F64)
    for _ in range(8000):
        node = b.emit(PRIMITIVES["tanh"], (b.emit(PRIMITIVES["add"], (node, x), {}),), {})
    graph = Graph((x,), (node,))
    (got,) = compile_graph(simplify(graph))(np.array([0.1, 0.2]))
    np.testing.assert_allclose(got, interpret(graph, [np.array([0.1, 0.2])])[0])


def test_numpy_reports_nothing(recwarn: pytest.WarningsRecorder) -> None:
    graph = graph_of(lambda x: (tl.log(x), tl.exp(x * 1000), x / (x - x)), [(3,)])
    with tl.config(domain="ignore"):
        evaluate(graph, [np.array([0.0, -1.0, 2.0])])
        interpret(graph, [np.array([0.0, -1.0, 2.0])])
    assert not list(recwarn)
    with np.errstate(all="warn"):
        assert np.geterr()["divide"] == "warn"


def test_exact_elements() -> None:
    graph = graph_of(lambda x, y: (x @ y / 3 + 0.1, tl.sum(x), tl.eye(2) * y, tl.where(x > 1, x, 0)), [(2, 2), (2, 2)])
    x = np.array([[Fraction(1, 3), Fraction(2)], [Fraction(0), Fraction(5, 7)]], dtype=object)
    product, total, diagonal, chosen = evaluate(graph, [x, np.array([[1.0, 0.5], [2.0, 4.0]])])
    assert product[0, 0] == Fraction(13, 9) + Fraction(0.1)
    assert total == Fraction(1, 3) + 2 + Fraction(5, 7)
    assert diagonal.tolist() == [[1, 0], [0, 4]] and isinstance(diagonal[0, 1], Fraction)
    assert chosen.tolist() == [[0, 2], [0, 0]]


def test_source_reads_like_numpy() -> None:
    program: Program = compile_graph(graph_of(lambda x, w: tl.tanh(x @ w), [(2, 3), (3, 4)]))
    lines = ["def run(a0, a1):", "    a0.dot(a1, b0)", "    tanh(b0, r0)"]
    assert program.source.splitlines()[:3] == lines
    assert program.kernel_calls == 2
