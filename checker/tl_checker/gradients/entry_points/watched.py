"""Models whose output is ``w · x · factor(x)``: what their code reads, and how that changes.

A block is ``## what the code reads``, the code, and a change after which the factor is 2 instead of 1. A line
``factor:`` stands for a class Model with that factor, a line ``output:`` for one with that output. The derivatives of
the squared output are then 8 instead of 2, unless others stand beside the title. Here it can be watched: a repeated
call runs no code.
"""

HEAD = """
import dataclasses, enum, functools, math, typing
from fractions import Fraction
import numpy as np
import tl_dsl as tl
from jaxtyping import Float
from tl_dsl import Tensor, nn

class Base(tl.Module):
    w: Float[Tensor, "n"]

    def __call__(self, x):
        return self.w * x * self.factor(x)

    def factor(self, x):
        return 1.0
"""

READINGS = r"""
## a number
N = 1.0
factor: N
change: N = 2.0
## a whole number
N = 1
factor: N
change: N = 2
## an equal number of another type
N = 1
factor: (1.0 if isinstance(N, int) else 2.0)
change: N = 1.0
## a zero of another sign
N = 0.0
factor: (1.0 if math.copysign(1, N) > 0 else 2.0)
change: N = -0.0
## a fraction
N = Fraction(1)
factor: N
change: N = Fraction(2)
## text
N = '1'
factor: float(N)
change: N = '2'
## bytes
N = b'1'
factor: float(N)
change: N = b'2'
## a number in a cell that is called as that of super()
def made():
    __class__ = 1.0
    return lambda: __class__
F = made()
factor: F()
change: F.__closure__[0].cell_contents = 2.0
## None
N = None
factor: (1.0 if N is None else 2.0)
change: N = 0
## an ellipsis
N = ...
factor: (1.0 if N is ... else 2.0)
change: N = 0
## a range
N = range(1, 2)
factor: N[0]
change: N = range(2, 3)
## a slice
N = slice(0, 1)
factor: (1.0 if N.start == 0 else 2.0)
change: N = slice(1, 2)
## a number of numpy's
N = np.float64(1)
factor: float(N)
change: N = np.float64(2)
## an element type
N = np.dtype('f4')
factor: (1.0 if N.itemsize == 4 else 2.0)
change: N = np.dtype('f8')
## a tuple
C = (1.0, 3.0)
factor: C[0]
change: C = (2.0, 3.0)
## nested tuples
C = ((), (1.0, ('a',)))
factor: C[1][0]
change: C = ((), (2.0, ('a',)))
## a frozen set
C = frozenset({1.0})
factor: sum(C)
change: C = frozenset({2.0})
## a name that is taken away
len = lambda x: 1.0
factor: float(len(x.shape * 2))
change: del len
## a builtin
factor: float(len(x.shape))
change: len = lambda x: 2.0
## a function
def h(): return 1.0
factor: h()
change: h = lambda: 2.0
## a function of a function
def g(): return N
def h(): return g()
N = 1.0
factor: h()
change: N = 2.0
## two functions of each other
def g(k): return h(k - 1) if k else N
def h(k): return g(k)
N = 1.0
factor: g(2)
change: N = 2.0
## a function inside
N = 1.0
factor: (lambda: N)()
change: N = 2.0
## a comprehension
N = 1.0
factor: sum([N for _ in range(1)])
change: N = 2.0
## a generator
N = 1.0
factor: sum(N * k for k in range(2))
change: N = 2.0
## code
def h(): return 1.0
def g(): return 2.0
factor: h()
change: h.__code__ = g.__code__
## defaults
def h(c=1.0): return c
factor: h()
change: h.__defaults__ = (2.0,)
## defaults that are functions
def g(): return N
def h(c=g): return c()
N = 1.0
factor: h()
change: N = 2.0
## keyword defaults
def h(*, c=1.0): return c
factor: h()
change: h.__kwdefaults__['c'] = 2.0
## all keyword defaults
def h(*, c=1.0): return c
factor: h()
change: h.__kwdefaults__ = {'c': 2.0}
## keyword defaults that are functions
def g(): return N
def h(*, c=g): return c()
N = 1.0
factor: h()
change: N = 2.0
## an attribute of a function
def h(): return h.c
h.c = 1.0
factor: h()
change: h.c = 2.0
## a function that is an attribute
def g(): return N
def h(): return h.c()
h.c = g
N = 1.0
factor: h()
change: N = 2.0
## all attributes of a function
def h(): return h.c
h.c = 1.0
factor: h()
change: h.__dict__ = {'c': 2.0}
## a cell
def made(c): return lambda: c
h = made(1.0)
factor: h()
change: h.__closure__[0].cell_contents = 2.0
## a function in a cell
def made(c): return lambda: c()
N = 1.0
h = made(lambda: N)
factor: h()
change: N = 2.0
## a partial function
h = functools.partial(lambda c, d: c, d=3.0)
k = functools.partial(h, 1.0)
factor: k()
change: k = functools.partial(h, 2.0)
## keywords of a partial function
h = functools.partial(lambda c: c, c=1.0)
factor: h()
change: h.keywords['c'] = 2.0
## new keywords of a partial function
h = functools.partial(lambda c=1.0: c)
factor: h()
change: h.keywords['c'] = 2.0
## the function of a partial function
h = functools.partial(lambda c: c * N, 1.0)
N = 1.0
factor: h()
change: N = 2.0
## an argument of a partial function
N = 1.0
h = functools.partial(lambda f: f(), lambda: N)
factor: h()
change: N = 2.0
## a class attribute
class Model(Base):
    c = 1.0
    def factor(self, x): return self.c
change: Model.c = 2.0
## a base's attribute that is hidden
class Middle(Base):
    c = 1.0
    def factor(self, x): return self.c
class Model(Middle): pass
change: Model.c = 2.0
## a base's attribute
class Middle(Base):
    c = 1.0
    def factor(self, x): return self.c
class Model(Middle): pass
change: Middle.c = 2.0
## a method
class Model(Base): pass
change: Model.factor = lambda self, x: 2.0
## a base's method
class Model(Base): pass
change: Base.factor = lambda self, x: 2.0
## a method's code
class Model(Base): pass
def g(self, x): return 2.0
change: Base.factor.__code__ = g.__code__
## super
factor: super().factor(x)
change: Base.factor = lambda self, x: 2.0
## another base
class Two(Base):
    def factor(self, x): return 2.0
class Model(Base): pass
change: Model.__bases__ = (Two,)
## a static method
N = 1.0
class Model(Base):
    @staticmethod
    def h(): return N
    def factor(self, x): return self.h()
change: N = 2.0
## a class method
N = 1.0
class Model(Base):
    @classmethod
    def h(cls): return N
    def factor(self, x): return self.h()
change: N = 2.0
## a property
N = 1.0
class Model(Base):
    @property
    def h(self): return N
    def factor(self, x): return self.h
change: N = 2.0
## a frozen dataclass
@dataclasses.dataclass(frozen=True)
class S:
    c: float
s = S(1.0)
factor: s.c
change: object.__setattr__(s, 'c', 2.0)
## a method of a frozen dataclass
@dataclasses.dataclass(frozen=True)
class S:
    c: float
    def at(self): return self.c * N
N = 1.0
h = S(1.0).at
factor: h()
change: N = 2.0
## what a method is bound to
@dataclasses.dataclass(frozen=True)
class S:
    c: float
    def at(self): return self.c
s = S(1.0)
h = s.at
factor: h()
change: object.__setattr__(s, 'c', 2.0)
## an enumeration
class E(enum.Enum):
    A = 1.0
    B = 2.0
e = E.A
factor: e.value
change: e = E.B
## the value of an enumeration's name
class E(enum.Enum):
    A = 1.0
e = E.A
factor: e.value
change: e._value_ = 2.0
## a module's number
import config
factor: config.SCALE
change: config.SCALE = 2.0
## a module's function
import config
factor: config.scale()
change: config.scale = lambda: 2.0
## what a module's function reads
import config
factor: config.scale()
change: config.HIDDEN = 2.0
## a submodule's number
import config.inner
factor: config.inner.SCALE
change: config.inner.SCALE = 2.0
## a submodule
import config.inner
factor: config.inner.SCALE
change: config.inner = config.other
## a module under another name
import config.inner as c
factor: c.SCALE
change: c = __import__('config').other
## a static field
@dataclasses.dataclass(frozen=True)
class S:
    c: float
s = S(1.0)
class Model(Base):
    s: S = s
    def factor(self, x): return self.s.c
change: object.__setattr__(s, 'c', 2.0)
## a checked function
@tl.typed
def h(x: Float[Tensor, 'n']) -> Float[Tensor, 'n']: return x * N
N = 1.0
factor: h(x) / x
change: N = 2.0
## a transformed function
N = 1.0
h = tl.grad(lambda z: tl.sum(z * N))
factor: h(x)
change: N = 2.0
## a function over batches
N = 1.0
h = tl.vmap(lambda z: z * N)
factor: h(x) / x
change: N = 2.0
## a rule: 2, 4
N = 1.0
@tl.custom_jvp
def f(x): return x
f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] * N))
output: self.w * f(x)
change: N = 2.0
## another rule: 2, 4
@tl.custom_jvp
def f(x): return x
f.defjvp(lambda primals, tangents: (f(*primals), tangents[0]))
output: self.w * f(x)
change: f.defjvp(lambda primals, tangents: (f(*primals), 2.0 * tangents[0]))
## a rule's function: 2, 4
N = 1.0
@tl.custom_jvp
def f(x): return x * N
f.defjvp(lambda primals, tangents: (f(*primals), tangents[0]))
output: self.w * f(x)
change: N = 2.0
## another function of a rule: 2, 4
@tl.custom_jvp
def f(x): return x
f.defjvp(lambda primals, tangents: (f(*primals), tangents[0]))
output: self.w * f(x)
change: f.function = lambda x: x * 2.0
## another rule for reverse mode: 2, 4
@tl.custom_vjp
def f(x): return x
f.defvjp(lambda x: (x, ()), lambda kept, g: (g,))
output: self.w * f(x)
change: f.bwd = lambda kept, g: (2.0 * g,)
## what a rule for reverse mode keeps: 2, 4
N = 1.0
@tl.custom_vjp
def f(x): return x
f.defvjp(lambda x: (x, N), lambda kept, g: (kept * g,))
output: self.w * f(x)
change: N = 2.0
## a loss: 2, 4
N = 1.0
class Model(Base): pass
loss = tl.OutputLoss(lambda y, t: tl.mean((y - t) ** 2) * N)
change: N = 2.0
## a loss's function
N = 1.0
def h(y): return y * N
class Model(Base): pass
loss = tl.OutputLoss(lambda y, t: tl.mean(h(y - t) ** 2))
change: N = 2.0
## a loss that is an object: 2, 4
@dataclasses.dataclass(frozen=True)
class L:
    c: float
    def __call__(self, y, t): return tl.mean((y - t) ** 2) * N
N = 1.0
class Model(Base): pass
loss = tl.OutputLoss(L(1.0))
change: N = 2.0
## a detached loss beside it: 2, 4
N = 1.0
def h(y, t): return tl.mean((y - t) ** 2) * N
class Model(Base): pass
one = tl.OutputLoss(h)
loss = tl.OutputLoss(lambda y, t: one(y, t) + tl.OutputLoss.detach(one)(y, t))
change: N = 2.0
## a function among layers
N = 1.0
def h(x): return x * N
class Model(Base):
    def factor(self, x): return 1.0
def make(): return nn.Sequential(Model(tl.ones(1)), h, tl.abs, lambda x: x)
change: N = 2.0
## layers in a list
N = 1.0
class Part(Base):
    def factor(self, x): return N
class Model(tl.Module):
    parts: list
    def __call__(self, x): return self.parts[0](x)
def make(): return Model([Part(tl.ones(1))])
change: N = 2.0
## layers in a dict
N = 1.0
class Part(Base):
    def factor(self, x): return N
class Model(tl.Module):
    parts: dict
    def __call__(self, x): return self.parts['a'](x)
def make(): return Model({'a': Part(tl.ones(1)), 'b': None})
change: N = 2.0
## a layer in a layer
N = 1.0
class Part(Base):
    def factor(self, x): return N
class Model(tl.Module):
    part: Part
    def __call__(self, x): return self.part(x)
def make(): return Model(Part(tl.ones(1)))
change: N = 2.0
## an error that is not raised
N = 1.0
factor: N if x.ndim < 5 else (_ for _ in ()).throw(ValueError('many'))
change: N = 2.0
## types and their functions
N = 1.0
factor: max(float(abs(int(isinstance(x, Tensor)))), 0.5) * N
change: N = 2.0
## a cast
N = 1.0
factor: typing.cast(float, N)
change: N = 2.0
## a function of the library's
h = tl.cos
factor: h(0.0 * x)
change: h = lambda x: 2.0
## constants of libraries
N = 1.0
factor: N * math.cos(0.0) * (np.pi / math.pi) * np.float64(1)
change: N = 2.0
## a reduction of functools
N = 1.0
factor: functools.reduce(lambda a, b: a * b, (N, 1.0))
change: N = 2.0
## a ufunc of numpy's
N = 1.0
factor: float(np.add(N, 0.0))
change: N = 2.0
## a type of typing's
Maybe = typing.Optional[float]
N = 1.0
factor: typing.cast(Maybe, N)
change: N = 2.0
## a type of numpy's
kind = np.float64
factor: (1.0 if kind is np.float64 else 2.0)
change: kind = np.float32
## a type that is pure
kind = float
factor: float(kind('1'))
change: kind = lambda text: 2.0
## an error class that is built in
error = ValueError
factor: (1.0 if error is ValueError else 2.0)
change: error = TypeError
## the places of a rule's arguments: 2, 4
f = tl.custom_jvp(lambda a, x, b: x * 1.0, nondiff_argnums=(0, 2))
f.defjvp(lambda a, b, primals, tangents: (primals[0] * 1.0, tangents[0] * a))
output: self.w * f(1.0, x, 2.0)
change: f.nondiff_argnums = (2, 0); f.defjvp(lambda a, b, primals, tangents: (primals[0] * 1.0, tangents[0] * b))
## what a rule for reverse mode gives: 2, 4
f = tl.custom_vjp(lambda x: x * 1.0)
f.defvjp(lambda x: (x * 1.0, 1.0), lambda kept, g: (kept * g,))
output: self.w * f(x)
change: f.fwd = lambda x: (x * 1.0, 2.0)
## a private attribute
class Model(Base):
    __c = 1.0
    def factor(self, x): return self.__c
change: Model._Model__c = 2.0
## an attribute with underscores before it
def h(): return h.__c
h.__c = 1.0
factor: h()
change: h.__c = 2.0
## an attribute with underscores behind it
def h(): return h.c__
h.c__ = 1.0
factor: h()
change: h.c__ = 2.0
## the length of a shape
N = 1.0
factor: x.shape.__len__() * N
change: N = 2.0
## a function that is called by name
def h(): return N
N = 1.0
factor: h.__call__()
change: N = 2.0
## an element by name
C = (1.0, 2.0)
k = 0
factor: C.__getitem__(k)
change: k = 1
## a cell of its own
N = 1.0
def h():
    c = N
    def g(): return c
    return g()
factor: h()
change: N = 2.0
## a function in a function in a function
N = 1.0
factor: (lambda: (lambda: (lambda: N)())())()
change: N = 2.0
## more names than a byte counts
for k in range(300): globals()[f'N{k}'] = 0.0
N299 = 1.0
h = eval('lambda: ' + ' + '.join(f'N{k}' for k in range(300)))
factor: h()
change: N299 = 2.0
## a function that jaxtyping checks
from jaxtyping import jaxtyped
@jaxtyped(typechecker=None)
def h(x: Float[Tensor, 'n']): return x * N
N = 1.0
factor: h(x) / x
change: N = 2.0
## a class by its cell
class Other:
    c = 1.0
    def at(x): return __class__.c
h = Other.at
factor: h(x)
change: Other.c = 2.0
"""
