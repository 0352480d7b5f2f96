"""numpy.polynomial: the functions of its modules, each by all of the names that they have there."""

class polynomial:
    def polyval(x, c, tensor=True) -> DType if promote(x) is Bool else promote(x, floating(c)):
        return coefficients_at(x, c, tensor)

    chebval = legval = hermval = hermeval = lagval = polyval

    def polyvander(x, deg) -> floating(x):
        return of((*shape(at_least(x, 1)), deg + 1))

    chebvander = legvander = hermvander = hermevander = lagvander = polyvander

    def polyfit(x, y, deg, rcond=None, full=False, w=None) -> floating(x, y):
        return of((deg + 1, *shape(y)[1:]))

    chebfit = legfit = hermfit = hermefit = lagfit = polyfit

    def polyfromroots(roots) -> promote(roots, Float64):
        return of((size(roots) + 1,))

    chebfromroots = legfromroots = hermfromroots = hermefromroots = lagfromroots = polyfromroots

    def leggauss(deg) -> Float64:
        return [of((deg,)), of((deg,))]

    chebgauss = hermgauss = hermegauss = laggauss = leggauss

    def polyadd(c1, c2) -> floating(c1, c2):
        return of((unknown,))

    polysub = polymul = chebadd = chebsub = chebmul = legadd = legsub = legmul = polyadd
    hermadd = hermsub = hermmul = hermeadd = hermesub = hermemul = lagadd = lagsub = lagmul = polyadd

    def polyroots(c) -> Inexact:
        return of((unknown,))

    chebroots = legroots = hermroots = hermeroots = lagroots = polyroots

chebyshev = legendre = hermite = hermite_e = laguerre = polynomial
