"""Models whose output is ``w · x · factor(x)``: what their code reads, and how that changes.

A block is ``## what the code reads``, the code, and a change after which the factor is 2 instead of 1. A line
``factor:`` stands for a class Model with that factor. The derivatives of the squared output are then 8 instead of 2,
unless others stand beside the title. Here it may change unnoticed: the code runs at every call.
"""

READINGS = r"""
## a list
C = [1.0]
factor: C[0]
change: C[0] = 2.0
## a dict
C = {'a': 1.0}
factor: C['a']
change: C['a'] = 2.0
## a set
C = {1.0}
factor: sum(C)
change: C.clear(); C.add(2.0)
## bytes that can change
C = bytearray(b'1')
factor: float(C)
change: C[0] = ord('2')
## an array
N = np.ones(1)
factor: float(N[0])
change: N[0] = 2.0
## a record of numpy's
N = np.zeros(1, [('a', float)])[0]
N['a'] = 1.0
factor: float(N['a'])
change: N['a'] = 2.0
## a tuple of lists
C = (0, [1.0])
factor: C[1][0]
change: C[1][0] = 2.0
## a slice of lists
class L(list): pass
C = slice([1.0], None)
factor: C.start[0]
change: C.start[0] = 2.0
## the end of a slice
C = slice(None, [1.0])
factor: C.stop[0]
change: C.stop[0] = 2.0
## the step of a slice
C = slice(0, 1, [1.0])
factor: C.step[0]
change: C.step[0] = 2.0
## a bound method
C = {'a': 1.0}
get = C.get
factor: get('a')
change: C['a'] = 2.0
## a method of an object
class S:
    c = 1.0
    def at(self): return self.c
s = S()
h = s.at
factor: h()
change: s.c = 2.0
## a default that is a list
class Model(Base):
    def factor(self, x, c=[1.0]): return c[0]
change: Model.factor.__defaults__[0][0] = 2.0
## a keyword default that is a list
def h(*, c=[1.0]): return c[0]
factor: h()
change: h.__kwdefaults__['c'][0] = 2.0
## a list of a function
def h(): return h.c[0]
h.c = [1.0]
factor: h()
change: h.c[0] = 2.0
## a list in a cell
def made():
    c = [1.0]
    return c, lambda: c[0]
c, h = made()
factor: h()
change: c[0] = 2.0
## a list in a frozen dataclass
@dataclasses.dataclass(frozen=True)
class S:
    c: list
s = S([1.0])
factor: s.c[0]
change: s.c[0] = 2.0
## a dataclass
@dataclasses.dataclass
class S:
    c: float
s = S(1.0)
factor: s.c
change: s.c = 2.0
## an object
class S: c = 1.0
s = S()
factor: s.c
change: s.c = 2.0
## a class
class S: c = 1.0
factor: S.c
change: S.c = 2.0
## an object with slots
class S:
    __slots__ = ('c',)
s = S()
s.c = 1.0
factor: s.c
change: s.c = 2.0
## a class attribute that is a list
class Model(Base):
    c = [1.0]
    def factor(self, x): return self.c[0]
change: Model.c[0] = 2.0
## a class of a class
class M(type(tl.Module)):
    c = 1.0
class Model(Base, metaclass=M):
    def factor(self, x): return type(self).c
change: M.c = 2.0
## a descriptor
N = 1.0
class D:
    def __get__(self, one, owner): return N
class Model(Base):
    d = D()
    def factor(self, x): return self.d
change: N = 2.0
## a cache
@functools.lru_cache
def h(): return N
N = 1.0
factor: h()
change: N = 2.0; h.cache_clear()
## a name defined later
def h():
    try: return N
    except NameError: return 1.0
factor: h()
change: N = 2.0
## a cell filled later
def made():
    def h():
        try: return c
        except NameError: return 1.0
    def fill():
        nonlocal c
        c = 2.0
    if False: c = 0
    return h, fill
h, fill = made()
factor: h()
change: fill()
## a double underscore
class Model(Base):
    def factor(self, x): return self * 1.0
    def __mul__(self, x): return x
change: Model.__mul__ = lambda self, x: x * 2.0
## an alias of a module
import config.inner
def h():
    m = config
    return m.inner.SCALE
factor: h()
change: config.inner.SCALE = 2.0
## getattr
import config.inner
factor: getattr(config.inner, 'SCALE')
change: config.inner.SCALE = 2.0
## vars
import config.inner
factor: vars(config.inner)['SCALE']
change: config.inner.SCALE = 2.0
## an import
import config.inner
factor: __import__('config').inner.SCALE
change: config.inner.SCALE = 2.0
## an import inside
class Model(Base):
    def factor(self, x):
        from config.inner import SCALE
        return SCALE
change: __import__('config').inner.SCALE = 2.0
## a module that is imported inside
def h():
    from config import inner
    return inner.SCALE
factor: h()
change: __import__('config').inner.SCALE = 2.0
## a module's list
import config
factor: config.LIST[0]
change: config.LIST[0] = 2.0
## globals
N = 1.0
factor: globals()['N']
change: N = 2.0
## the globals of a function
N = 1.0
def h(): return 0
factor: h.__globals__['N']
change: N = 2.0
## a count
N = 0.0
def h():
    global N
    N += 1.0
    return N
factor: h()
## a count in a cell
def made():
    n = 0.0
    def h():
        nonlocal n
        n += 1.0
        return n
    return h
h = made()
factor: h()
## a count in an attribute
def h():
    h.n += 1.0
    return h.n
h.n = 0.0
factor: h()
## a count by exec
N = [0.0]
def h():
    exec('N[0] += 1.0', globals())
    return N[0]
factor: h()
## an iterator
numbers = iter([1.0, 2.0])
factor: next(numbers)
## a generator that runs
numbers = (float(k) for k in range(1, 9))
factor: next(numbers)
## an enumeration that runs
numbers = zip([1.0, 2.0])
factor: next(numbers)[0]
## random numbers
import random
r = random.Random(0)
first = r.random()
factor: 1.0 + float(r.random() == first)
change: r.seed(0)
## random numbers of a module
import random
random.seed(0)
first = random.random()
factor: 1.0 + float(random.random() == first)
change: random.seed(0)
## a new class
N = 1.0
class Model(Base):
    def factor(self, x):
        class S:
            c = N
        return S.c
change: N = 2.0
## an attribute that is set
class S: pass
S.c = 1.0
class Model(Base):
    def factor(self, x):
        c = S.c
        S.c = 2.0
        return c
## a property's object
class Model(Base):
    h = property(functools.partial(lambda c, self: c[0], [1.0]))
    def factor(self, x): return self.h
change: Model.h.fget.args[0][0] = 2.0
## a tensor
N = tl.ones(1)
factor: N
change: N = tl.tensor([2.0])
## a tensor in a module
import config
config.T = tl.ones(1)
factor: config.T
change: config.T = tl.tensor([2.0])
## another model
other = Base(tl.ones(1))
factor: other.w
change: other = Base(tl.tensor([2.0]))
## a loss of a list: 2, 4
C = [1.0]
class Model(Base): pass
loss = tl.OutputLoss(lambda y, t: tl.mean((y - t) ** 2) * C[0])
change: C[0] = 2.0
## a list that a rule reads: 2, 4
C = [1.0]
@tl.custom_jvp
def f(x): return x
f.defjvp(lambda primals, tangents: (f(*primals), tangents[0] * C[0]))
output: self.w * f(x)
change: C[0] = 2.0
## a list in a function among layers
C = [1.0]
def h(x): return x * C[0]
def make(): return nn.Sequential(Base(tl.ones(1)), h)
change: C[0] = 2.0
## a list that a transformed function reads
C = [1.0]
h = tl.grad(lambda z: z * C[0])
factor: h(1.0)
change: C[0] = 2.0
## a list that a checked function reads
C = [1.0]
@tl.typed
def h(x: Float[Tensor, 'n']) -> Float[Tensor, 'n']: return x * C[0]
factor: h(x) / x
change: C[0] = 2.0
## a program
C = [1.0]
h = lambda x: x * C[0]
g = tl.program(lambda x: x)
factor: h(g(x)) / x
change: C[0] = 2.0
## an error class
class E(Exception):
    c = 1.0
factor: E.c
change: E.c = 2.0
## a function of another library
import sys
sys.setswitchinterval(0.005)
factor: (1.0 if sys.getswitchinterval() < 0.0055 else 2.0)
change: sys.setswitchinterval(0.006)
## a frozen dataclass with slots
@dataclasses.dataclass(frozen=True, slots=True)
class S:
    c: float
s = S(1.0)
factor: s.c
change: object.__setattr__(s, 'c', 2.0)
## a frozen dataclass with slots and nothing in them
@dataclasses.dataclass(frozen=True, slots=True)
class S:
    c: typing.ClassVar[float] = 1.0
s = S()
factor: s.c
change: S.c = 2.0
## a named tuple of lists
class P(typing.NamedTuple):
    c: list
p = P([1.0])
factor: p.c[0]
change: p.c[0] = 2.0
## a class of named tuples
class P(typing.NamedTuple):
    a: float
    @property
    def c(self): return N
N, p = 1.0, P(1.0)
factor: p.c
change: N = 2.0
## a named tuple in a model
class P(typing.NamedTuple):
    w: Tensor
    @property
    def c(self): return N
N = 1.0
class Model(tl.Module):
    p: P
    def __call__(self, x): return self.p.w * x * self.p.c
def make(): return Model(P(tl.ones(1)))
change: N = 2.0
## a property of a class of one's own
class Prop(property):
    def __get__(self, one, owner): return N
N = 1.0
class Model(Base):
    h = Prop(lambda self: 1.0)
    def factor(self, x): return self.h
change: N = 2.0
## a partial function of a class of one's own
class Part(functools.partial):
    def __call__(self): return N
N = 1.0
h = Part(abs, 1.0)
factor: h()
change: N = 2.0
## a name of a function
def h(): return 0.0
factor: (1.0 if h.__name__ == 'h' else 2.0)
change: h.__name__ = 'g'
## a name of a class
factor: (1.0 if Model.__name__ == 'Model' else 2.0)
change: Model.__name__ = 'Other'
## an effect in a comprehension
C = [0.0]
factor: [C.append(1.0) for _ in range(1)][0] or float(len(C) - 1)
## a set of frozen sets
C = frozenset({frozenset({1.0})})
D = {'a': C}
factor: sum(next(iter(D['a'])))
change: D['a'] = frozenset({frozenset({2.0})})
## the keywords of a partial function that are lists
h = functools.partial(lambda c: c[0], c=[1.0])
factor: h()
change: h.keywords['c'][0] = 2.0
## the arguments of a partial function that are lists
h = functools.partial(lambda c: c[0], [1.0])
factor: h()
change: h.args[0][0] = 2.0
## a static method of lists
class Model(Base):
    @staticmethod
    def h(c=[1.0]): return c[0]
    def factor(self, x): return self.h()
change: Model.h.__defaults__[0][0] = 2.0
## a class method of lists
class Model(Base):
    @classmethod
    def h(cls, c=[1.0]): return c[0]
    def factor(self, x): return self.h()
change: Model.h.__func__.__defaults__[0][0] = 2.0
## a property of lists
class Model(Base):
    @property
    def h(self, c=[1.0]): return c[0]
    def factor(self, x): return self.h
change: Model.h.fget.__defaults__[0][0] = 2.0
## a list that is a global of a rule for reverse mode: 2, 4
C = [1.0]
f = tl.custom_vjp(lambda x: x * 1.0)
f.defvjp(lambda x: (x * 1.0, ()), lambda kept, g: (C[0] * g,))
output: self.w * f(x)
change: C[0] = 2.0
## a list that a layer reads
C = [1.0]
class Part(Base):
    def factor(self, x): return C[0]
def make(): return nn.Sequential(nn.Identity(), Part(tl.ones(1)))
change: C[0] = 2.0
## a list in a static field
@dataclasses.dataclass(frozen=True)
class S:
    c: list
    def __hash__(self): return 0
class Model(Base):
    s: S = S([1.0])
    def factor(self, x): return self.s.c[0]
change: Model.s.c[0] = 2.0
## a list in the method of a model
C = [1.0]
other = Base(tl.ones(1))
Base.kept = lambda self: C[0]
h = other.kept
factor: h()
change: C[0] = 2.0
## an error class of another module
import config
exec('class E(Exception): c = 1.0', vars(config))
factor: config.E.c
change: config.E.c = 2.0
## a property of an enumeration
class E(enum.Enum):
    A = 1.0
    @enum.property
    def c(self): return N
N, e = 1.0, E.A
factor: e.c
change: N = 2.0
## what an enumeration makes of its names
class E(enum.Enum):
    A = 1.0
    def _missing_(cls, value): return N
    def __str__(self): return str(N)
N, e = 1.0, E.A
factor: float(str(e))
change: N = 2.0
"""
