"""What some functions of scipy do to shapes: a shape file for a library of one's own choice.

Named by `stubs = ["examples/scipy.shapes.pyi"]` under `[tool.tl]`; mypy reads the element types from scipy-stubs.
"""

class special:
    def expit(x, /, out=None, **options) -> floating(x):
        return broadcast(x)

    erf = erfc = erfinv = logit = gamma = gammaln = loggamma = psi = ndtr = log_ndtr = entr = i0 = i1 = j0 = j1 = expit

    def xlogy(x1, x2, /, out=None, **options) -> floating(x1, x2):
        return broadcast(x1, x2)

    rel_entr = kl_div = beta = betaln = binom = xlog1py = xlogy

    def softmax(x, axis=None) -> floating(x):
        return array(x) if own_axis(x, axis) is None else checked(x, axis)

    log_softmax = softmax

    def logsumexp(a, axis=None, b=None, keepdims=False, return_sign=False) -> floating(a):
        return sum(at_least(a if b is None else broadcast(a, b), 1), axis=axis, keepdims=keepdims)

class linalg:
    def solve(a, b, lower=False, overwrite_a=False, overwrite_b=False, check_finite=True, **options) -> floating(a, b):
        return at_least(b, 1) if size(a) == 1 and ndim(a) <= 2 else solved(a, b)

    def solve_triangular(a, b, trans=0, lower=False, unit_diagonal=False, **options) -> floating(a, b):
        return solved(a, b)

    def inv(a: Float[Array, "*b n n"], overwrite_a=False, **options) -> Float[Array, "*b n n"]: ...
    def det(a: Float[Array, "*b n n"], overwrite_a=False, check_finite=True) -> Float[Array, "*b"]: ...
    def cholesky(a: Float[Array, "*b n n"], lower=False, **options) -> Float[Array, "*b n n"]: ...
    def expm(A) -> floating(A):
        return of((1, 1)) if ndim(A) < 2 and size(A) == 1 else square(A)

class spatial:
    class distance:
        def cdist(
            XA: Float[Array, "n d"], XB: Float[Array, "m d"], metric="euclidean", **rest
        ) -> Float64[Array, "n m"]: ...
        def pdist(X: Float[Array, "n d"], metric="euclidean", *, out=None, **rest) -> Float64[Array, "n*(n-1)//2"]: ...

class ndimage:
    def gaussian_filter(input, sigma, **options) -> floating(input):
        return array(input)
