"""numpy.random: the functions of the module, and Generator."""

def rand(*shape) -> Float64:
    return of(shape) if len(shape) > 0 else of(None)

randn = rand

def random(size=None) -> Float64:
    return of(size)

random_sample = standard_exponential = standard_cauchy = random

def standard_normal(size=None) -> Float64:
    return of(size)

def normal(loc=0.0, scale=1.0, size=None) -> Float64:
    return drawn(size, loc, scale)

uniform = laplace = gumbel = logistic = lognormal = normal

def exponential(scale=1.0, size=None) -> Float64:
    return drawn(size, scale)

rayleigh = exponential

def beta(a, b, size=None) -> Float64:
    return drawn(size, a, b)

f = wald = vonmises = noncentral_chisquare = beta

def gamma(shape, scale=1.0, size=None) -> Float64:
    return drawn(size, shape, scale)

def standard_gamma(shape, size=None) -> Float64:
    return drawn(size, shape)

def chisquare(df, size=None) -> Float64:
    return drawn(size, df)

standard_t = chisquare

def pareto(a, size=None) -> Float64:
    return drawn(size, a)

weibull = power = pareto

def poisson(lam=1.0, size=None) -> Int64:
    return drawn(size, lam)

def geometric(p, size=None) -> Int64:
    return drawn(size, p)

logseries = geometric

def binomial(n, p, size=None) -> Int64:
    return drawn(size, n, p)

negative_binomial = binomial

def triangular(left, mode, right, size=None) -> Float64:
    return drawn(size, left, mode, right)

def randint(low, high=None, size=None, dtype=None) -> elements(dtype, Int64):
    return of(size)

def multivariate_normal(mean, cov, size=None, check_valid="warn", tol=1e-8) -> Float64:
    return normal_draws(mean, cov, size)

def dirichlet(alpha, size=None) -> Float64:
    return draws(size, alpha)

def multinomial(n, pvals, size=None) -> Int64:
    return draws(size, pvals)

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
        return drawn(size, loc, scale)

    uniform = laplace = gumbel = logistic = lognormal = normal

    def vonmises(self, mu, kappa, size=None) -> Float64:
        return drawn(size, mu, kappa)

    wald = f = noncentral_chisquare = vonmises

    def triangular(self, left, mode, right, size=None) -> Float64:
        return drawn(size, left, mode, right)

    noncentral_f = triangular

    def standard_gamma(self, shape, size=None, dtype=None, out=None) -> elements(dtype, Float64):
        return drawn(size, shape)

    def standard_t(self, df, size=None) -> Float64:
        return drawn(size, df)

    chisquare = pareto = weibull = power = standard_t

    def standard_cauchy(self, size=None) -> Float64:
        return of(size)

    def geometric(self, p, size=None) -> Int64:
        return drawn(size, p)

    logseries = zipf = geometric

    def negative_binomial(self, n, p, size=None) -> Int64:
        return drawn(size, n, p)

    def hypergeometric(self, ngood, nbad, nsample, size=None) -> Int64:
        return drawn(size, ngood, nbad, nsample)

    def multivariate_normal(self, mean, cov, size=None, check_valid="warn", tol=1e-8, *, method="svd") -> Float64:
        return normal_draws(mean, cov, size)

    def dirichlet(self, alpha, size=None) -> Float64:
        return draws(size, alpha)

    def multinomial(self, n, pvals, size=None) -> Int64:
        return counted_draws(n, pvals, size)

    def multivariate_hypergeometric(self, colors, nsample, size=None, method="marginals") -> Int64:
        return draws(size, colors)

    def exponential(self, scale=1.0, size=None) -> Float64:
        return drawn(size, scale)

    rayleigh = exponential

    def gamma(self, shape, scale=1.0, size=None) -> Float64:
        return drawn(size, shape, scale)

    def beta(self, a, b, size=None) -> Float64:
        return drawn(size, a, b)

    def poisson(self, lam=1.0, size=None) -> Int64:
        return drawn(size, lam)

    def binomial(self, n, p, size=None) -> Int64:
        return drawn(size, n, p)

    def integers(self, low, high=None, size=None, dtype=None, endpoint=False) -> elements(dtype, Int64):
        return drawn(size, low)

    def permutation(self, x, axis=0):
        return array(x) if is_array(x) else of((x,))

    def permuted(self, x, *, axis=None, out=None):
        return array(x)

    def choice(self, a, size=None, replace=True, p=None, axis=0, shuffle=True) -> promote(a):
        return choice(a, size)
