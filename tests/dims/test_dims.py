"""Dims against evaluation: every law is checked on drawn expressions at drawn sizes."""

from __future__ import annotations

import pickle

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from tl_dsl.dims import UNKNOWN, Axis, Dim, at_least, evaluate, exact_div, lower_bound, same, split_quotient, substitute
from tl_dsl.dims.text import decode_dim, encode_dim, parse_dim
from tl_dsl.errors import AnnotationError

NAMES = ("a", "b", "c")
texts = st.recursive(
    st.sampled_from(NAMES) | st.integers(-4, 6).map(lambda n: f"({n})"),
    lambda inner: (
        st.tuples(inner, st.sampled_from(["+", "-", "*", "//", "%"]), inner).map(lambda t: f"({''.join(t)})")
        | st.tuples(inner, inner).map(lambda t: f"min({','.join(t)})")
    ),
    max_leaves=7,
)
sizes = st.fixed_dictionaries({name: st.integers(1, 9) for name in NAMES})


def dim_of(text: str) -> int | Dim:
    try:
        dim = parse_dim(text)
    except AnnotationError:  # a constant divisor is zero
        dim = UNKNOWN
    assume(dim is not UNKNOWN)
    assert isinstance(dim, (int, Dim))
    return dim


def value(text: str, env: dict[str, int]) -> int:
    try:
        return int(eval(text, {}, env))
    except ZeroDivisionError:
        assume(False)
        raise


@given(texts, sizes)
def test_normal_form_means_what_python_means(text: str, env: dict[str, int]) -> None:
    dim, expected = dim_of(text), value(text, env)
    assert evaluate(dim, {f":{name}": size for name, size in env.items()}) == expected
    assert isinstance(dim, int) or dim is decode_dim(encode_dim(dim)) is pickle.loads(pickle.dumps(dim))


@given(texts, sizes)
def test_printing_reads_back(text: str, env: dict[str, int]) -> None:
    shown = str(dim_of(text))
    assert value(shown, env) == value(text, env)


@given(texts, sizes)
@example("((n+4)%((1//n)-1))", {"n": 2, "m": 1, "k": 1})
def test_lower_bound_holds(text: str, env: dict[str, int]) -> None:
    low = lower_bound(dim_of(text))
    assert low is None or low <= value(text, env)


@given(texts, texts, sizes)
def test_exact_division_is_exact(left: str, right: str, env: dict[str, int]) -> None:
    quotient = exact_div(dim_of(left), dim_of(right))
    if quotient is not None:
        named = {f":{name}": size for name, size in env.items()}
        assert isinstance(quotient, (int, Dim))
        wanted = value(left, env)  # first: it rules sizes out that divide by zero
        assert evaluate(quotient, named) * value(right, env) == wanted


@given(texts, texts)
def test_a_product_divides_exactly(left: str, right: str) -> None:
    p, q = dim_of(left), dim_of(right)
    assume(q != 0)
    assert exact_div(p * q, q) == p


@given(texts, texts, sizes)
def test_substitution_is_composition(outer: str, inner: str, env: dict[str, int]) -> None:
    p, q = dim_of(outer), dim_of(inner)
    at = value(inner, env)
    assume(at >= 1 or "min" not in outer)  # min(a, 1) is 1 already
    expected = value(outer, {**env, "a": at})
    try:
        composed = substitute(p, {":a": q})
    except ZeroDivisionError:
        assume(False)
        raise
    assert isinstance(composed, (int, Dim))
    assert evaluate(composed, {f":{name}": size for name, size in env.items()}) == expected


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(n+1)*(n-1)", "n*n-1"),
        ("2*n//2", "n"),
        ("(2*n+3)//2", "n+1"),
        ("n//2//2", "n//4"),
        ("(2*n+1)//4", "n//2"),
        ("n//2*2 + n%2", "n"),
        ("(n*m+m)//m", "n+1"),
        ("n % 1", "0"),
        ("3*n % 2", "n % 2"),
        ("n // -2", "-n // 2"),
    ],
)
def test_equal_sizes_are_one_object(left: str, right: str) -> None:
    assert parse_dim(left) is parse_dim(right) or parse_dim(left) == parse_dim(right)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("n + 2*m", "2*m+n"),
        ("n*n", "n**2"),
        ("1 - n", "-n+1"),
        ("n % 2", "n%2"),
        ("n//2 + 1", "(n//2)+1"),
        ("n - n", "0"),
        ("(n+1)//m", "((n+1)//m)"),
    ],
)
def test_text(text: str, shown: str) -> None:
    assert str(parse_dim(text, scope="pkg.f")) == shown


def test_unknown_absorbs_and_is_equal_to_nothing() -> None:
    n = Dim.name("n")
    for value in (n + UNKNOWN, UNKNOWN - 1, 2 * UNKNOWN, n // UNKNOWN, 3 % UNKNOWN):
        assert value is UNKNOWN
    assert same(UNKNOWN, 3) is None and same(n, 3) is False and same(n, n) is True
    assert pickle.loads(pickle.dumps(UNKNOWN)) is UNKNOWN


def test_scopes_keep_names_apart() -> None:
    left, right = Dim.name("n", "f"), Dim.name("n", "g")
    assert left != right and str(left) == str(right) == "n"


def test_bounds() -> None:
    n = Dim.name("n")
    assert at_least(n, 1) and at_least(n // 2, 0) and not at_least(n - 2, 0) and not at_least(UNKNOWN, 0)


def test_a_size_without_remainders() -> None:
    found = split_quotient(parse_dim("n - 2*(n//2)"))
    assert found is not None and found[0] == 0
    assert split_quotient(parse_dim("n + 1")) is None


@pytest.mark.parametrize("text", ["n +", "n ^^ m", "1 // 0", "2 n"])
def test_malformed(text: str) -> None:
    with pytest.raises(AnnotationError):
        parse_dim(text)


def test_what_is_not_a_polynomial_is_unknown() -> None:
    axes: list[Axis] = [parse_dim("max(n, m)"), parse_dim("n ** m"), parse_dim("n / 2")]
    assert axes == [UNKNOWN] * 3


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("(m*n)//(2*n)", "m//2"),
        ("((n+1)*m)//(2*(n+1))", "m//2"),
        ("2*m//(4*n)", "m//(2*n)"),
        ("n-n//2", "(n+1)//2"),
        ("-(-n//3)", "(n+2)//3"),
        ("n//2+(n+1)//2", "n"),
        ("(n//2+1)//2", "(n+2)//4"),
    ],
)
def test_two_ways_to_write_a_quotient(left: str, right: str) -> None:
    assert parse_dim(left) == parse_dim(right)
