"""numpy.random: the functions of the module, and Generator."""

def rand(*shape) -> Float64:
    return of(shape)

randn = rand

def random(size=None) -> Float64:
    return of(size)

random_sample = standard_exponential = random

def standard_normal(size=None) -> Float64:
    return of(size)

def normal(loc=0.0, scale=1.0, size=None) -> Float64:
    return broadcast(loc, scale) if size is None else of(size)

uniform = normal

def randint(low, high=None, size=None, dtype=None) -> elements(dtype, Int64):
    return of(size)

def permutation(x, /):
    return array(x) if is_array(x) else of((x,))

def choice(a, size=None, replace=True, p=None) -> promote(a):
    return choice(a, size)

class Generator:
    def random(self, size=None, dtype=None, out=None) -> elements(dtype, Float64):
        return of(size)

    standard_exponential = random

    def standard_normal(self, size=None, dtype=None, out=None) -> elements(dtype, Float64):
        return of(size)

    def normal(self, loc=0.0, scale=1.0, size=None) -> Float64:
        return broadcast(loc, scale) if size is None else of(size)

    uniform = laplace = gumbel = logistic = lognormal = normal

    def exponential(self, scale=1.0, size=None) -> Float64:
        return broadcast(scale) if size is None else of(size)

    rayleigh = exponential

    def gamma(self, shape, scale=1.0, size=None) -> Float64:
        return broadcast(shape, scale) if size is None else of(size)

    def beta(self, a, b, size=None) -> Float64:
        return broadcast(a, b) if size is None else of(size)

    def poisson(self, lam=1.0, size=None) -> Int64:
        return broadcast(lam) if size is None else of(size)

    def binomial(self, n, p, size=None) -> Int64:
        return broadcast(n, p) if size is None else of(size)

    def integers(self, low, high=None, size=None, dtype=None, endpoint=False) -> elements(dtype, Int64):
        return broadcast(low) if size is None else of(size)

    def permutation(self, x, axis=0):
        return array(x) if is_array(x) else of((x,))

    def permuted(self, x, *, axis=None, out=None):
        return array(x)

    def choice(self, a, size=None, replace=True, p=None, axis=0, shuffle=True) -> promote(a):
        return choice(a, size)
