"""numpy.linalg."""

def solve(a, b) -> floating(a, b):
    return solved(a, b)

def inv(a: Float[Array, "*b n n"]) -> Float[Array, "*b n n"]: ...
def pinv(a: Float[Array, "*b n m"], rcond=None, hermitian=False, *, rtol=None) -> Float[Array, "*b m n"]: ...
def cholesky(a: Float[Array, "*b n n"], /, *, upper=False) -> Float[Array, "*b n n"]: ...
def det(a: Float[Array, "*b n n"]) -> Float[Array, "*b"]: ...
def matrix_power(a: Shaped[Array, "*b n n"], n=1) -> Shaped[Array, "*b n n"]: ...
def eigvalsh(a: Float[Array, "*b n n"], UPLO="L") -> Float[Array, "*b n"]: ...
def eigh(a, UPLO="L") -> unless_complex(a):
    return [of(shape(square(a))[:-1]), square(a)]

def eig(a) -> Inexact:
    return [of(shape(square(a))[:-1]), square(a)]

def eigvals(a) -> Inexact:
    return of(shape(square(a))[:-1])

def svd(
    a, full_matrices=True, compute_uv=True, hermitian=False
) -> unless_complex(a) if compute_uv else real_floating(a):
    return singular(a, full_matrices, compute_uv)

def svdvals(x, /) -> real_floating(x):
    return singular(x, False, False)

def qr(a, mode="reduced") -> floating(a):
    return triangular(a, mode)

def lstsq(a, b, rcond=None) -> unless_complex(a, b):
    return [fitted(a, b), of((unknown,)), 0, of((unknown,))]

def slogdet(a) -> unless_complex(a):
    return [of_scalars(shape(square(a))[:-2])] * 2

def cond(x, p=None) -> real_floating(x):
    return of_scalars(shape(x)[:-2])

def cross(x1, x2, /, *, axis=-1) -> promote(x1, x2):
    return crossed(x1, x2, axis, axis, axis, None)

def vecdot(x1, x2, /, *, axis=-1) -> promote(x1, x2):
    return sum(broadcast(x1, x2), axis=axis)

def trace(x, /, *, offset=0, dtype=None) -> elements(dtype, summed(x)):
    return of_scalars(without(x, -2, -1))

def tensordot(x1, x2, /, *, axes=2):
    return array_of(tensordot(array(x1), array(x2), axes=axes))

def norm(x, ord=None, axis=None, keepdims=False) -> real_floating(x):
    return sum(array(x), axis=axis, keepdims=keepdims)

def matrix_rank(A: Float[Array, "*b n m"], tol=None, hermitian=False, *, rtol=None) -> Int64[Array, "*b"]: ...
def multi_dot(arrays, *, out=None) -> promote(*arrays):
    return (
        chained(arrays)
        if len(arrays) > 2
        else broadcast(arrays[0], arrays[1])
        if ndim(arrays[0]) == 0 or ndim(arrays[1]) == 0
        else chained(arrays)
    )

def tensorsolve(a, b) -> floating(a, b):
    return of(shape(a)[ndim(b) :])

def tensorinv(a, ind=2) -> floating(a):
    return of(shape(a)[ind:] + shape(a)[:ind])

def matmul(x1, x2, /) -> promote(x1, x2):
    return matmul(array(x1), array(x2))

def outer(x1: Shaped[Array, "n"], x2: Shaped[Array, "m"], /) -> Shaped[Array, "n m"]: ...
def matrix_transpose(x, /):
    return matrix_transpose(array(x))

def diagonal(x, /, *, offset=0):
    return diagonal(array(x), offset=offset)

def matrix_norm(x, /, *, keepdims=False, ord="fro") -> real_floating(x):
    return sum(array(x), axis=(-2, -1), keepdims=keepdims)

def vector_norm(x, /, *, axis=None, keepdims=False, ord=2) -> real_floating(x):
    return sum(array(x), axis=axis, keepdims=keepdims)
