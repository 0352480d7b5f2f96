"""Power series in one variable t over real balls, cut off after t^order: derivatives without a rule of ours.

If x(t) = x + t v then f(x(t)) = f(x) + t Df[v] + t²/2 D²f[v, v] + ..., so that running a primal on series gives its
directional derivatives of every order, each inside a rigorous ball. The arithmetic is FLINT's `arb_series`.
What it lacks is put together here from what it has. Where two series that differ start at the same point a comparison
has no answer: the primal has a kink or a jump there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import arb, arb_series, ctx

from tl_specs.array import Array


def ball(value: Any) -> arb:
    """A real constant as a ball: exact for ints and floats, as sharp as `flint.ctx.prec` allows for fractions.

    >>> ball(0.1) == 0.1, ball(Fraction(1, 3)) * 3 == 1
    (True, False)
    """
    if type(value) is arb:
        return value
    if isinstance(value, (bool, int, float)):
        return arb(value)
    if isinstance(value, Fraction):
        return arb(value.numerator) / value.denominator
    raise TypeError(f"{value!r} is no real constant")


class Series:
    """c0 + c1 t + ... + c_order t^order.

    >>> x = Series.of([2, 1], order=2)  # 2 + t
    >>> y = 1 / x
    >>> [float(y.coefficient(k)) for k in range(3)]
    [0.5, -0.25, 0.125]
    """

    __slots__ = ("terms",)

    def __init__(self, terms: arb_series) -> None:
        self.terms = terms

    @classmethod
    def of(cls, coefficients: Sequence[Any], order: int) -> Series:
        """The series with these first coefficients; the others are zero."""
        if order >= ctx.cap:
            raise ValueError(f"order {order} needs flint.ctx.cap > {order}, which is {ctx.cap}")
        return cls(arb_series([ball(c) for c in coefficients], order + 1))

    @property
    def order(self) -> int:
        """The highest power that is kept."""
        return self.terms.prec - 1

    def coefficient(self, power: int) -> arb:
        """The coefficient of t^power, for a power up to the order."""
        return self.terms[power]

    def with_constant(self, constant: arb) -> Series:
        """The same series with another (sharper) ball for its value at t = 0."""
        return Series(arb_series([constant, *(self.terms[k] for k in range(1, self.order + 1))], self.order + 1))

    def _undefined(self) -> Series:
        return Series(arb_series([arb("nan")] * (self.order + 1), self.order + 1))

    def __repr__(self) -> str:
        return f"Series({', '.join(self.coefficient(k).str(5) for k in range(self.order + 1))})"

    def __add__(self, other: Any) -> Series:
        return Series(self.terms + _terms(other))

    def __radd__(self, other: Any) -> Series:
        return Series(self.terms + _terms(other))

    def __sub__(self, other: Any) -> Series:
        return Series(self.terms - _terms(other))

    def __rsub__(self, other: Any) -> Series:
        return Series(_terms(other) - self.terms)

    def __mul__(self, other: Any) -> Series:
        return Series(self.terms * _terms(other))

    def __rmul__(self, other: Any) -> Series:
        return Series(self.terms * _terms(other))

    def __neg__(self) -> Series:
        return Series(-self.terms)

    def __truediv__(self, other: Any) -> Series:
        if isinstance(other, Series):
            # FLINT cancels a common power of t, which would be the limit and not the value; a zero divisor is outside.
            return self._undefined() if other.coefficient(0).contains(0) else Series(self.terms / other.terms)
        return Series(self.terms * (1 / ball(other)))

    def __rtruediv__(self, other: Any) -> Series:
        return Series(arb_series(ball(other), self.order + 1)) / self

    def __pow__(self, exponent: int) -> Series:
        """A whole power, by multiplication; x**0 is 1."""
        if exponent < 0:
            return 1 / self**-exponent
        half = self ** (exponent // 2) if exponent > 1 else Series.of([1], self.order)
        return half * half * self if exponent % 2 else half * half

    def exp(self) -> Series:
        """e^x."""
        return Series(self.terms.exp())

    def log(self) -> Series:
        """The natural logarithm; nan where x is not positive."""
        return Series(self.terms.log())

    def log1p(self) -> Series:
        """log(1 + x), with a constant that stays sharp for small x."""
        return (1 + self).log().with_constant(self.coefficient(0).log1p())

    def sqrt(self) -> Series:
        """The square root; its derivatives at 0 do not exist, and come as nan."""
        return Series(self.terms.sqrt()).with_constant(self.coefficient(0).sqrt())

    def sin(self) -> Series:
        """The sine."""
        return Series(self.terms.sin())

    def cos(self) -> Series:
        """The cosine."""
        return Series(self.terms.cos())

    def erf(self) -> Series:
        """The error function 2/√π ∫₀ˣ exp(-u²) du."""
        return Series(self.terms.erf())

    def tanh(self) -> Series:
        """The hyperbolic tangent as 1 - 2/(e^2x + 1), whose derivatives keep their relative accuracy in both tails."""
        return (1 - 2 / ((2 * self).exp() + 1)).with_constant(self.coefficient(0).tanh())


def _terms(value: Any) -> Any:
    """FLINT's own value: of a series its terms, of a constant its ball."""
    return value.terms if isinstance(value, Series) else ball(value)


def unwrapped(*lists: Sequence[Any]) -> tuple[list[list[Any]], Callable[[Any], Any]]:
    """Scalars in a form in which sums of products are quick, and what turns such a sum into a scalar again.

    >>> (xs, ys), wrap = unwrapped([1, 2], [3, 4])
    >>> wrap(sum(x * y for x, y in zip(xs, ys)))
    11
    """
    if any(type(z) is Series for one in lists for z in one):
        return [
            list(map(_terms, one)) for one in lists
        ], lambda sum: Series(sum) if isinstance(sum, arb_series) else sum
    return [list(one) for one in lists], lambda value: value


def coefficient(value: Any, power: int) -> arb:
    """The coefficient of t^power of a series, or of a constant."""
    if isinstance(value, Series):
        return value.coefficient(power)
    return ball(value) if power == 0 else arb(0)


def directional(
    primal: Callable[..., Array], args: Sequence[Any], directions: Sequence[Array | None], order: int, **params: Any
) -> list[Array]:
    """The Taylor coefficients c0, ..., c_order of t -> primal(x + t v), so D^k f[v, ..., v] = k! c_k.

    An argument whose direction is None is held; `args` may be floats, ints, fractions or balls.

    >>> def cube(x):
    ...     return x.map(lambda z: z * z * z)
    >>> x, v = Array((1,), [2.0]), Array((1,), [1.0])
    >>> [float(c.items[0]) for c in directional(cube, [x], [v], order=3)]
    [8.0, 12.0, 6.0, 1.0]
    """
    cap, ctx.cap = ctx.cap, max(ctx.cap, order + 1)
    try:
        moved = [_along(x, v, order) for x, v in zip(args, directions, strict=True)]
        result = primal(*moved, **params)
        return [Array(result.shape, [coefficient(z, k) for z in result.items]) for k in range(order + 1)]
    finally:
        ctx.cap = cap


def mixed(
    primal: Callable[..., Array],
    args: Sequence[Any],
    v: Sequence[Array | None],
    w: Sequence[Array | None],
    **params: Any,
) -> Array:
    """The second derivative D²f[v, w], by polarisation: the t² coefficients along v + w, less those along v and w.

    >>> def product(x):
    ...     return Array((), [x.items[0] * x.items[1]])
    >>> x, v, w = Array((2,), [3.0, 5.0]), Array((2,), [1.0, 0.0]), Array((2,), [0.0, 1.0])
    >>> float(mixed(product, [x], [v], [w]).items[0])
    1.0
    """
    both = [a if b is None else b if a is None else _sum(a, b) for a, b in zip(v, w, strict=True)]
    sides = [directional(primal, args, d, 2, **params)[2].items for d in (both, v, w)]
    shape = directional(primal, args, v, 0, **params)[0].shape
    return Array(shape, [a - b - c for a, b, c in zip(*sides, strict=True)])


def _sum(v: Array, w: Array) -> Array:
    return Array(v.shape, [ball(a) + ball(b) for a, b in zip(v.items, w.items, strict=True)])


def _along(x: Any, v: Array | None, order: int) -> Any:
    if v is not None:
        pairs = zip(map(ball, x.items), map(ball, v.items), strict=True)
        return Array(x.shape, [Series(arb_series([a, b], order + 1)) for a, b in pairs])
    return x.map(_held) if isinstance(x, Array) else x


def _held(item: Any) -> Any:
    return item if isinstance(item, (bool, int)) else ball(item)
