"""The number of steps of a range, of sizes that are not known, is what numpy counts wherever what it assumes holds."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tl_dsl.dims import Dim, collect_assumptions, evaluate
from tl_dsl.op import OPS

N = Dim.name("n")
SIZES = st.integers(1, 12)
ENDS = st.tuples(st.integers(-2, 2), st.integers(-6, 6)).map(lambda ab: ab[0] * N + ab[1])
STEPS = st.integers(-5, 5).filter(bool)


@given(start=ENDS, stop=ENDS, step=STEPS | st.just(N) | st.just(N + 1), n=SIZES)
def test_steps_are_counted_as_numpy_does(start: Dim, stop: Dim, step: int | Dim, n: int) -> None:
    with collect_assumptions():
        (length,) = OPS["arange"].shape(start, stop, step)
    first, last, stride = (
        evaluate(value, {":n": n}) if isinstance(value, Dim) else value for value in (start, stop, step)
    )
    if (last - first) * stride >= 0:
        counted = evaluate(length, {":n": n}) if isinstance(length, Dim) else length
        assert counted == len(np.arange(first, last, stride))
