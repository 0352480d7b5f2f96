"""numpy.ndarray: its operators, methods and attributes."""

def __add__(self, other) -> promote(self, other):
    return broadcast(self, other)

__radd__ = __mul__ = __rmul__ = __and__ = __rand__ = __or__ = __ror__ = __add__
__xor__ = __rxor__ = __add__

def __sub__(self, other) -> promote(self, other):
    return signed(self, other)

__rsub__ = __sub__

def __pow__(self, other) -> Int if promote(self) is Bool and promote(other) is Int64 else counting(self, other):
    return broadcast(self, other)

def __rpow__(self, other) -> counting(self, other):
    return broadcast(self, other)

__mod__ = __rmod__ = __floordiv__ = __rfloordiv__ = __rpow__
__lshift__ = __rlshift__ = __rshift__ = __rrshift__ = __rpow__

def __truediv__(self, other) -> quotient(self, other):
    return broadcast(self, other)

__rtruediv__ = __truediv__

def __matmul__(self, other) -> promote(self, other):
    return matmul(self, array(other))

def __rmatmul__(self, other) -> promote(other, self):
    return matmul(array(other), self)

def __neg__(self):
    return broadcast(self)

__pos__ = __invert__ = __neg__

def __abs__(self) -> parts(self):
    return broadcast(self)

def __lt__(self, other) -> Bool:
    return broadcast(self, other)

__le__ = __gt__ = __ge__ = __eq__ = __ne__ = __lt__

def __iadd__(self, other) -> promote(self):
    return broadcast_to(broadcast(self, other), shape(self))

__isub__ = __imul__ = __itruediv__ = __ifloordiv__ = __imod__ = __ipow__ = __iand__ = __ior__ = __ixor__ = __iadd__
__ilshift__ = __irshift__ = __iadd__

def __imatmul__(self, other) -> promote(self):
    return broadcast_to(matmul(self, array(other)), shape(self))

def __getitem__(self, key) -> promote(self):
    return indexed(self, key)

def __setitem__(self, key, value):
    return broadcast_to(stripped(value, indexed(self, key)), shape(indexed(self, key)))

def argpartition(self, kth, /, axis=-1, **options) -> Int64:
    return reshape(self, -1) if own_axis(self, axis) is None else checked(self, axis)

def searchsorted(self, v, /, side="left", sorter=None) -> Int64:
    return broadcast(v)

def nonzero(self) -> Int64:
    return [of((unknown,))] * ndim(self)

def compress(self, condition, /, axis=None, out=None) -> promote(self):
    return of((unknown,)) if own_axis(self, axis) is None else resized_anyhow(self, axis)

def choose(self, choices, /, out=None, mode="raise") -> promote(*choices):
    return broadcast(self, *choices)

def byteswap(self, inplace=False):
    return array(self)

def view(self, dtype=None, type=None) -> promote(self) if dtype is None else elements(dtype, DType):
    return array_of(viewed(self, dtype))

@property
def T(self):
    return reversed_axes(self)

@property
def mT(self):
    return matrix_transpose(self)

@property
def flat(self):
    return 0

@property
def real(self) -> parts(self):
    return array(self)

@property
def imag(self) -> parts(self):
    return array(self)

def sum(self, axis=None, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, summed(self)):
    return sum(self, axis=own_axis(self, axis), keepdims=keepdims)

prod = sum

def mean(self, axis=None, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, floating(self)):
    return sum(self, axis=axis, keepdims=keepdims)

def std(self, axis=None, dtype=None, out=None, ddof=0, keepdims=False, **options) -> elements(
    dtype, real_floating(self)
):
    return sum(self, axis=axis, keepdims=keepdims)

var = std

def max(self, axis=None, out=None, keepdims=False, initial=None, **options):
    return (
        max(self, axis=own_axis(self, axis), keepdims=keepdims)
        if initial is None
        else sum(self, axis=own_axis(self, axis), keepdims=keepdims)
    )

min = ptp = max

def any(self, axis=None, out=None, keepdims=False, **options) -> Bool:
    return sum(self, axis=own_axis(self, axis), keepdims=keepdims)

all = any

def argmax(self, axis=None, out=None, *, keepdims=False) -> Int64:
    return argmax(self, axis=own_axis(self, axis), keepdims=keepdims)

argmin = argmax

def cumsum(self, axis=None, dtype=None, out=None) -> elements(dtype, summed(self)):
    return reshape(self, -1) if own_axis(self, axis) is None else checked(self, axis)

cumprod = cumsum

def argsort(self, axis=-1, **options) -> Int64:
    return reshape(self, -1) if own_axis(self, axis) is None else checked(self, axis)

def reshape(self, /, *shape, order="C", copy=None):
    return reshape(self, one_open(spread(shape)))

def ravel(self, order="C"):
    return reshape(self, -1)

flatten = ravel

def transpose(self, *axes):
    return reversed_axes(self) if len(axes) == 0 or axes[0] is None else permute_dims(self, spread(axes))

def swapaxes(self, axis1, axis2, /):
    return swap(self, axis1, axis2)

def squeeze(self, axis=None):
    return without_ones(self) if own_axis(self, axis) is None else squeeze(self, axis)

def astype(self, dtype, order="K", casting="unsafe", subok=True, copy=True) -> elements(dtype, DType):
    return array(self)

def copy(self, order="C"):
    return array(self)

def __copy__(self):
    return array(self)

def __deepcopy__(self, memo, /):
    return array(self)

def clip(self, min=None, max=None, out=None, **options) -> promote(self, *[x for x in [min, max] if x is not None]):
    return of_scalars(shape(broadcast_to(broadcast(self, *[x for x in [min, max] if x is not None]), shape(self))))

def round(self, decimals=0, out=None) -> smallest_floating(self) if promote(self) is Bool else promote(self):
    return broadcast(self)

def conj(self):
    return array(self)

conjugate = conj

def repeat(self, repeats, axis=None):
    return (
        repeat(reshape(self, -1), repeats, axis=0) if own_axis(self, axis) is None else repeat(self, repeats, axis=axis)
    )

def take(self, indices, axis=None, out=None, mode="raise") -> promote(self):
    return broadcast(indices) if own_axis(self, axis) is None else take(self, array(indices), axis=axis)

def dot(self, b, out=None):
    return (
        broadcast(self, b)
        if ndim(self) == 0 or ndim(b) == 0
        else matmul(self, array(b))
        if ndim(b) <= 2
        else of(shape(self)[:-1] + contracted(self, b))
    )

def trace(self, offset=0, axis1=0, axis2=1, dtype=None, out=None) -> elements(dtype, summed(self)):
    return of_scalars(without(self, axis1, axis2))

def diagonal(self, offset=0, axis1=0, axis2=1):
    return of(without(self, axis1, axis2) + diagonal_size(self, offset, axis1, axis2))
