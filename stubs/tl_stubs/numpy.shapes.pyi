"""numpy: what its functions do to shapes, in the operations of tl_dsl."""

# -- elementwise

def exp(x, /, out=None, **options) -> smallest_floating(x):
    return broadcast(x)

exp2 = expm1 = log = log2 = log10 = log1p = sqrt = cbrt = exp
sin = cos = tan = arcsin = arccos = arctan = sinh = cosh = tanh = arcsinh = arccosh = arctanh = exp
asin = acos = atan = asinh = acosh = atanh = degrees = radians = deg2rad = rad2deg = exp
rint = fabs = spacing = exp

def sinc(x) -> floating(x):
    return broadcast(x)

def i0(x) -> floating(x):
    return array_of(x)

def negative(x, /, out=None, **options):
    return signed(x)

positive = sign = negative

def floor(x, /, out=None, **options):
    return broadcast(x)

ceil = trunc = invert = bitwise_not = bitwise_invert = nan_to_num = fix = floor

def square(x, /, out=None, **options) -> counting(x):
    return broadcast(x)

reciprocal = conj = conjugate = square

def absolute(x, /, out=None, **options) -> parts(x):
    return broadcast(x)

abs = absolute

def real(val) -> parts(val):
    return array(val)

imag = real

def isnan(x, /, out=None, **options) -> Bool:
    return broadcast(x)

isinf = isfinite = signbit = logical_not = isposinf = isneginf = isnan

def isreal(x) -> Bool:
    return broadcast(x)

iscomplex = isreal

def add(x1, x2, /, out=None, **options) -> promote(x1, x2):
    return broadcast(x1, x2)

multiply = maximum = minimum = fmax = fmin = bitwise_and = bitwise_or = bitwise_xor = gcd = lcm = add

def subtract(x1, x2, /, out=None, **options) -> promote(x1, x2):
    return signed(x1, x2)

def power(x1, x2, /, out=None, **options) -> counting(x1, x2):
    return broadcast(x1, x2)

pow = remainder = mod = fmod = floor_divide = power
left_shift = right_shift = bitwise_left_shift = bitwise_right_shift = power

def true_divide(x1, x2, /, out=None, **options) -> quotient(x1, x2):
    return broadcast(x1, x2)

divide = true_divide

def hypot(x1, x2, /, out=None, **options) -> smallest_floating(x1, x2):
    return broadcast(x1, x2)

arctan2 = atan2 = logaddexp = logaddexp2 = heaviside = nextafter = copysign = hypot

def float_power(x1, x2, /, out=None, **options) -> promote(x1, x2, Float64):
    return broadcast(x1, x2)

def less(x1, x2, /, out=None, **options) -> Bool:
    return broadcast(x1, x2)

less_equal = greater = greater_equal = equal = not_equal = logical_and = logical_or = logical_xor = less

def divmod(x1, x2, /, out=None, **options) -> counting(x1, x2):
    return [broadcast(x1, x2)] * 2

def modf(x, /, out=None, **options) -> smallest_floating(x):
    return [broadcast(x)] * 2

def frexp(x, /, out=None, **options) -> DType:
    return [broadcast(x)] * 2

def ldexp(x1, x2, /, out=None, **options) -> smallest_floating(x1):
    return broadcast(x1, x2)

def bitwise_count(x, /, out=None, **options) -> UInt8:
    return broadcast(x)

# -- methods of functions of two operands: of all pairs, and of one axis

class add:
    def outer(A, B, /, **options) -> promote(promote(A), promote(B)):
        return after(A, B)

    def reduce(x, /, axis=0, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, summed(x)):
        return sum(array(x), axis=own_axis(x, axis), keepdims=keepdims)

    def accumulate(x, /, axis=0, dtype=None, out=None) -> elements(dtype, summed(x)):
        return checked(x, axis)

    def reduceat(x, /, indices, axis=0, dtype=None, out=None) -> elements(dtype, summed(x)):
        return resized(x, axis, size(indices))

multiply = add

class subtract:
    def outer(A, B, /, **options) -> promote(promote(A), promote(B)):
        return after(A, B)

    def reduce(x, /, axis=0, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, promote(x)):
        return sum(array(x), axis=own_axis(x, axis), keepdims=keepdims)

    def accumulate(x, /, axis=0, dtype=None, out=None) -> elements(dtype, promote(x)):
        return checked(x, axis)

    def reduceat(x, /, indices, axis=0, dtype=None, out=None) -> elements(dtype, promote(x)):
        return resized(x, axis, size(indices))

maximum = minimum = fmax = fmin = bitwise_and = bitwise_or = bitwise_xor = gcd = lcm = subtract

class power:
    def outer(A, B, /, **options) -> counting(promote(A), promote(B)):
        return after(A, B)

    def reduce(x, /, axis=0, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, counting(x)):
        return sum(array(x), axis=own_axis(x, axis), keepdims=keepdims)

    def accumulate(x, /, axis=0, dtype=None, out=None) -> elements(dtype, counting(x)):
        return checked(x, axis)

    def reduceat(x, /, indices, axis=0, dtype=None, out=None) -> elements(dtype, counting(x)):
        return resized(x, axis, size(indices))

pow = remainder = mod = fmod = floor_divide = left_shift = right_shift = power

class true_divide:
    def outer(A, B, /, **options) -> quotient(promote(A), promote(B)):
        return after(A, B)

    def reduce(x, /, axis=0, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, quotient(x)):
        return sum(array(x), axis=own_axis(x, axis), keepdims=keepdims)

    def accumulate(x, /, axis=0, dtype=None, out=None) -> elements(dtype, quotient(x)):
        return checked(x, axis)

    def reduceat(x, /, indices, axis=0, dtype=None, out=None) -> elements(dtype, quotient(x)):
        return resized(x, axis, size(indices))

divide = true_divide

class hypot:
    def outer(A, B, /, **options) -> smallest_floating(promote(A), promote(B)):
        return after(A, B)

    def reduce(x, /, axis=0, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, smallest_floating(x)):
        return sum(array(x), axis=own_axis(x, axis), keepdims=keepdims)

    def accumulate(x, /, axis=0, dtype=None, out=None) -> elements(dtype, smallest_floating(x)):
        return checked(x, axis)

    def reduceat(x, /, indices, axis=0, dtype=None, out=None) -> elements(dtype, smallest_floating(x)):
        return resized(x, axis, size(indices))

arctan2 = logaddexp = logaddexp2 = heaviside = nextafter = copysign = hypot

class float_power:
    def outer(A, B, /, **options) -> promote(A, B, Float64):
        return after(A, B)

class logical_and:
    def outer(A, B, /, **options) -> Bool:
        return after(A, B)

    def reduce(x, /, axis=0, dtype=None, out=None, keepdims=False, **options) -> Bool:
        return sum(array(x), axis=own_axis(x, axis), keepdims=keepdims)

    def accumulate(x, /, axis=0, dtype=None, out=None) -> Bool:
        return checked(x, axis)

    def reduceat(x, /, indices, axis=0, dtype=None, out=None) -> Bool:
        return resized(x, axis, size(indices))

logical_or = logical_xor = logical_and

class less:
    def outer(A, B, /, **options) -> Bool:
        return after(A, B)

less_equal = greater = greater_equal = equal = not_equal = less

def isclose(a, b, **options) -> Bool:
    return broadcast(a, b)

def clip(a, a_min=None, a_max=None, out=None, *, min=None, max=None, **options) -> promote(
    a, *[x for x in [a_min, a_max, min, max] if x is not None]
):
    return broadcast(a, *[x for x in [a_min, a_max, min, max] if x is not None])

def where(condition, x, y, /) -> promote(x, y):
    return where(array(condition), array(x), array(y))

def round(a, decimals=0, out=None) -> smallest_floating(a) if promote(a) is Bool else promote(a):
    return broadcast(a)

around = round

def angle(z, deg=False) -> parts(smallest_floating(z, 0)):
    return broadcast(z)

def unwrap(p, discont=None, axis=-1, *, period=6.283185307179586) -> floating(p):
    return checked(p, axis)

def isin(element, test_elements, assume_unique=False, invert=False, *, kind=None) -> Bool:
    return array_of(element)

def digitize(x, bins, right=False) -> Int64:
    return broadcast(x)

def astype(x, dtype, /, *, copy=True, device=None) -> elements(dtype, DType):
    return array(x)

def copy(a, order="K", subok=False):
    return array_of(a)

def select(condlist, choicelist, default=0) -> promote(*choicelist, default):
    return array_of(broadcast(*condlist, *choicelist, default))

def interp(x, xp, fp, left=None, right=None, period=None) -> Float64:
    return broadcast(x)

# -- linear algebra

def matmul(x1, x2, /, out=None, **options) -> promote(x1, x2):
    return matmul(array(x1), array(x2))

def dot(a, b, out=None):
    return (
        broadcast(a, b)
        if is_scalar(a) or is_scalar(b)
        else matmul(array(a), array(b))
        if at_most(b, 2)
        else of(shape(a)[:-1] + contracted(a, b))
    )

def inner(a, b, /):
    return broadcast(a, b) if is_scalar(a) or is_scalar(b) else of(shape(a)[:-1] + against_last(a, b))

def vdot(a, b, /):
    return matmul(reshape(array(a), -1), reshape(array(b), -1))

def vecdot(x1, x2, /, out=None, *, axis=-1, **options):
    return sum(broadcast(x1, x2), axis=axis)

def outer(a, b, out=None):
    return of((size(a), size(b)))

def kron(a, b):
    return of_scalars([x * y for x, y in pairs(shape(a), shape(b))])

def einsum(subscripts, /, *operands, out=None, **options) -> promote(*operands):
    return einsum(subscripts, *[open_ones(x) for x in operands])

def tensordot(a, b, axes=2):
    return array_of(tensordot(array(a), array(b), axes=axes))

def matvec(x1, x2, /, out=None, **options) -> promote(x1, x2):
    return squeeze(matmul(array(x1), expand_dims(array(x2), axis=-1)), -1)

def vecmat(x1, x2, /, out=None, **options) -> promote(x1, x2):
    return squeeze(matmul(expand_dims(array(x1), axis=-2), array(x2)), -2)

def trace(a, offset=0, axis1=0, axis2=1, dtype=None, out=None) -> elements(dtype, summed(a)):
    return of_scalars(without(a, axis1, axis2))

def cross(a, b, axisa=-1, axisb=-1, axisc=-1, axis=None):
    return crossed(a, b, axisa, axisb, axisc, axis)

# -- reductions

def sum(a, axis=None, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, summed(a)):
    return sum(array(a), axis=own_axis(a, axis), keepdims=keepdims)

prod = nansum = nanprod = sum

def mean(a, axis=None, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, floating(a)):
    return sum(array(a), axis=axis, keepdims=keepdims)

def nanmean(a, axis=None, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, floating(a)):
    return sum(array(a), axis=own_axis(a, axis), keepdims=keepdims)

def median(a, axis=None, out=None, overwrite_input=False, keepdims=False) -> floating(a):
    return sum(array(a), axis=axis, keepdims=keepdims)

nanmedian = median

def std(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, **options) -> elements(dtype, real_floating(a)):
    return sum(array(a), axis=axis, keepdims=keepdims)

var = std

def nanstd(a, axis=None, dtype=None, out=None, ddof=0, keepdims=False, **options) -> elements(dtype, real_floating(a)):
    return sum(array(a), axis=own_axis(a, axis), keepdims=keepdims)

nanvar = nanstd

def quantile(
    a, q, axis=None, out=None, overwrite_input=False, method=None, keepdims=False, **options
) -> floating(a) if ndim(q) == 0 else promote(a, Float64):
    return after(q, sum(array(a), axis=axis, keepdims=keepdims))

percentile = nanquantile = nanpercentile = quantile

def trapezoid(y, x=None, dx=1.0, axis=-1) -> floating(y):
    return sum(broadcast(y) if x is None or ndim(x) == 1 else broadcast(y, x), axis=axis)

def max(a, axis=None, out=None, keepdims=False, initial=None, **options):
    return (
        max(array(a), axis=own_axis(a, axis), keepdims=keepdims)
        if initial is None
        else sum(array(a), axis=own_axis(a, axis), keepdims=keepdims)
    )

min = amax = amin = nanmax = nanmin = max

def ptp(a, axis=None, out=None, keepdims=False):
    return max(array(a), axis=own_axis(a, axis), keepdims=keepdims)

def any(a, axis=None, out=None, keepdims=False, **options) -> Bool:
    return sum(array(a), axis=own_axis(a, axis), keepdims=keepdims)

all = any

def count_nonzero(a, axis=None, *, keepdims=False) -> Int64:
    return sum(array(a), axis=own_axis(a, axis), keepdims=keepdims)

def argmax(a, axis=None, out=None, *, keepdims=False) -> Int64:
    return argmax(array(a), axis=own_axis(a, axis), keepdims=keepdims)

argmin = nanargmax = nanargmin = argmax

def average(a, axis=None, weights=None, returned=False, *, keepdims=False) -> floating(a):
    return sum(array(a), axis=axis, keepdims=keepdims)

def cumsum(a, axis=None, dtype=None, out=None) -> elements(dtype, summed(a)):
    return reshape(array(a), -1) if own_axis(a, axis) is None else checked(a, axis)

cumprod = nancumsum = nancumprod = cumsum

def cumulative_sum(x, /, *, axis=None, dtype=None, out=None, include_initial=False) -> elements(dtype, summed(x)):
    return (
        of((size(x, -1) + include_initial,))
        if axis is None
        else of((1 + include_initial,))
        if own_axis(x, axis) is None
        else resized(x, axis, size(x, axis) + include_initial)
    )

cumulative_prod = cumulative_sum

# -- rearranging

def reshape(a, /, shape=None, order="C", *, newshape=None, copy=None):
    return of_the_kind(a, reshape(array(a), one_open(newshape if shape is None else shape)))

def ravel(a, order="C"):
    return reshape(array(a), -1)

def transpose(a, axes=None):
    return reversed_axes(a) if axes is None else of_the_kind(a, permute_dims(array(a), axes))

permute_dims = transpose

def matrix_transpose(x, /):
    return matrix_transpose(array(x))

def swapaxes(a, axis1, axis2):
    return swap(a, axis1, axis2)

def moveaxis(a, source, destination):
    return move(a, source, destination)

def expand_dims(a, axis):
    return expand_dims(array(a), axis=axis)

def squeeze(a, axis=None):
    return of_the_kind(a, without_ones(a) if own_axis(a, axis) is None else squeeze(array(a), axis))

def broadcast_to(array, shape, subok=False):
    return broadcast_to(array, shape)

def concatenate(arrays, /, axis=0, out=None, *, dtype=None, **options) -> elements(dtype, promote(*arrays)):
    return joined(arrays) if axis is None else concat([array(x) for x in arrays], axis=axis)

concat = concatenate

def append(arr, values, axis=None) -> promote(arr, values):
    return joined([arr, values]) if axis is None else concat([array(arr), array(values)], axis=axis)

def stack(arrays, axis=0, out=None, *, dtype=None, **options) -> elements(dtype, promote(*arrays)):
    return stack([array(x) for x in arrays], axis=axis)

def vstack(tup, *, dtype=None, **options) -> elements(dtype, promote(*tup)):
    return concat([at_least(x, 2) for x in tup], axis=0)

row_stack = vstack

def hstack(tup, *, dtype=None, **options) -> elements(dtype, promote(*tup)):
    return concat([at_least(x, 1) for x in tup], axis=0 if at_most(tup[0], 1) else 1)

def dstack(tup, *, dtype=None, **options) -> elements(dtype, promote(*tup)):
    return concat([at_least_3d(x) for x in tup], axis=2)

def column_stack(tup) -> promote(*tup):
    return concat([expand_dims(at_least(x, 1), axis=1) if ndim(x) <= 1 else x for x in tup], axis=1)

def broadcast_arrays(*args, subok=False):
    return [of(shape(broadcast(*args)))] * len(args)

def unstack(x, /, *, axis=0):
    return parts_of_one(x, axis)

def atleast_1d(a, /):
    return at_least(a, 1)

def atleast_2d(a, /):
    return at_least(a, 2)

def atleast_3d(a, /):
    return at_least_3d(a)

def split(ary, indices_or_sections, axis=0):
    return split(array(ary), indices_or_sections, axis=axis)

def hsplit(ary, indices_or_sections):
    return split(array(ary), indices_or_sections, axis=0 if ndim(ary) == 1 else 1)

def dsplit(ary, indices_or_sections):
    return split(array(ary), indices_or_sections, axis=2)

def vsplit(ary, indices_or_sections):
    return split(array(ary), indices_or_sections, axis=0)

def array_split(ary, indices_or_sections, axis=0):
    return uneven_parts(ary, indices_or_sections, axis)

def block(arrays) -> promote(*[promote(x) for x in leaves(arrays)]):
    return array_of(blocked(arrays))

def tile(A, reps):
    return array_of(tile(array(A), reps))

def repeat(a, repeats, axis=None):
    return (
        repeat(reshape(array(a), -1), repeats, axis=0)
        if own_axis(a, axis) is None
        else repeat(array(a), repeats, axis=axis)
    )

def flip(m, axis=None):
    return flip(array(m), axis=axis)

def fliplr(m):
    return flip(array(m), axis=1)

def flipud(m):
    return flip(array(m), axis=0)

def roll(a, shift, axis=None):
    return roll(array(a), shift, axis=axis)

def rot90(m, k=1, axes=(0, 1)):
    return turned(m, k, axes)

def rollaxis(a, axis, start=0):
    return rolled(a, axis, start)

def pad(array, pad_width, mode="constant", **options):
    return pad(array, pad_width)

def take(a, indices, axis=None, out=None, mode="raise") -> promote(a):
    return broadcast(indices) if own_axis(a, axis) is None else take(array(a), array(indices), axis=axis)

def take_along_axis(arr, indices, axis=-1) -> promote(arr):
    return array(indices) if axis is None else take_along_axis(array(arr), array(indices), axis=axis)

def put_along_axis(arr, indices, values, axis, mode="raise"):
    return broadcast_to(
        array(values),
        (size(indices),) if axis is None else shape(take_along_axis(array(arr), array(indices), axis=axis)),
    )

def compress(condition, a, axis=None, out=None) -> promote(a):
    return of((unknown,)) if own_axis(a, axis) is None else resized_anyhow(a, axis)

def extract(condition, arr) -> promote(arr):
    return of((unknown,))

def trim_zeros(filt, trim="fb", axis=None):
    return of([unknown for _ in shape(filt)])

def choose(a, choices, out=None, mode="raise") -> promote(*choices):
    return broadcast(a, *choices)

def piecewise(x, condlist, funclist, *args, **options) -> promote(x):
    return array_of(broadcast(x, *condlist))

def unique(ar, return_index=False, return_inverse=False, return_counts=False, axis=None, **options):
    return alone(
        of((unknown,)) if axis is None else resized_anyhow(ar, axis), return_index, return_inverse, return_counts
    )

def intersect1d(ar1, ar2, assume_unique=False) -> promote(ar1, ar2):
    return of((unknown,))

union1d = setdiff1d = setxor1d = intersect1d

def packbits(a, axis=None, bitorder="big") -> UInt8:
    return packed(a, own_axis(a, axis))

def unpackbits(a, axis=None, count=None, bitorder="big") -> UInt8:
    return (
        of((given_or(count, size(a) * 8),))
        if own_axis(a, axis) is None
        else resized(a, axis, given_or(count, size(a, axis) * 8))
    )

def copyto(dst, src, casting="same_kind", where=True):
    return broadcast_to(array(src), shape(dst))

def diff(a, n=1, axis=-1, prepend=None, append=None) -> promote(
    a, *[promote(end) for end in [prepend, append] if end is not None]
):
    return differences(a, n, axis, *[end for end in [prepend, append] if end is not None])

def ediff1d(ary, to_end=None, to_begin=None):
    return of((size(ary) - 1 + (0 if to_end is None else size(to_end)) + (0 if to_begin is None else size(to_begin)),))

def insert(arr, obj, values, axis=None):
    return of((unknown,)) if axis is None else resized_anyhow(arr, axis)

def delete(arr, obj, axis=None):
    return of((unknown,)) if axis is None else resized_anyhow(arr, axis)

def resize(a, new_shape):
    return of(new_shape)

def gradient(f, *varargs, axis=None, edge_order=1) -> floating(f):
    return checked(f, axis)

def sort(a, axis=-1, **options):
    return reshape(array(a), -1) if axis is None else checked(a, axis)

def sort_complex(a) -> Complex:
    return array(a)

def partition(a, kth, axis=-1, **options):
    return reshape(array(a), -1) if axis is None else checked(a, axis)

def argpartition(a, kth, axis=-1, **options) -> Int64:
    return reshape(array(a), -1) if own_axis(a, axis) is None else checked(a, axis)

def lexsort(keys, axis=-1) -> Int64:
    return of_scalars(shape(keys)[1:])

def nonzero(a) -> Int64:
    return [of((unknown,))] * ndim(a)

def flatnonzero(a) -> Int64:
    return of((unknown,))

def argwhere(a) -> Int64:
    return of((unknown, ndim(a)))

def argsort(a, axis=-1, **options) -> Int64:
    return reshape(array(a), -1) if own_axis(a, axis) is None else checked(a, axis)

def tril(m, k=0):
    return of(shape(m)) if ndim(m) >= 2 else of((size(m), size(m)))

triu = tril

def diag(v, k=0):
    return diagonal(array(v), offset=k) if ndim(v) == 2 else of((size(v) + magnitude(k), size(v) + magnitude(k)))

def diagflat(v, k=0):
    return of((size(v) + magnitude(k), size(v) + magnitude(k)))

def diagonal(a, offset=0, axis1=0, axis2=1):
    return of(without(a, axis1, axis2) + diagonal_size(a, offset, axis1, axis2))

def tril_indices(n, k=0, m=None) -> Int64:
    return [triangle(n, k, m)] * 2

def triu_indices(n, k=0, m=None) -> Int64:
    return [triangle(n, k, m, True)] * 2

def tril_indices_from(arr, k=0) -> Int64:
    return [triangle(matrix(arr)[0], k, matrix(arr)[1])] * 2

def triu_indices_from(arr, k=0) -> Int64:
    return [triangle(matrix(arr)[0], k, matrix(arr)[1], True)] * 2

def diag_indices(n, ndim=2) -> Int64:
    return [of((n,))] * ndim

def diag_indices_from(arr) -> Int64:
    return [of(shape(square(arr))[:1])] * ndim(arr)

def unravel_index(indices, shape, order="C") -> Int64:
    return unravelled(indices, shape)

def ravel_multi_index(multi_index, dims, mode="raise", order="C") -> Int64:
    return joint_index(multi_index)

def ix_(*args) -> shared(*args) if shared(*args) is not Bool else Int64:
    return open_mesh(*args)

def indices(dimensions, dtype=None, sparse=False) -> elements(dtype, Int64):
    return grids([of((count,)) for count in dimensions], True, "ij") if sparse else of((len(dimensions), *dimensions))

def meshgrid(*xi, copy=True, sparse=False, indexing="xy") -> shared(*xi):
    return grids(xi, sparse, indexing)

def searchsorted(a, v, side="left", sorter=None) -> Int64:
    return broadcast(v)

def convolve(a, v, mode="full"):
    return convolved(a, v, mode)

def correlate(a, v, mode="valid"):
    return convolved(a, v, mode)

def histogram(a, bins=10, range=None, density=None, weights=None) -> DType:
    return [of((bins,)), of((bins + 1,))] if ndim(bins) == 0 else [of((size(bins) - 1,)), of((size(bins),))]

def polyfit(x, y, deg, rcond=None, full=False, w=None, cov=False) -> promote(x, y, Float64):
    return of((deg + 1, *shape(y)[1:]))

def histogram_bin_edges(a, bins=10, range=None, weights=None) -> DType:
    return of((edges(bins),))

def histogram2d(
    x, y, bins=10, range=None, density=None, weights=None
) -> Float64 if floating(x, y) is Float64 else DType:
    return histogram_in_two(bins)

def polyval(p, x):
    return broadcast(x)

def polyadd(a1, a2):
    return longer(a1, a2)

polysub = polyadd

def polyint(p, m=1, k=None) -> promote(p, Float64):
    return of((size(p) + m,))

def polyder(p, m=1) -> promote(p, Int64) if m == 1 else DType:
    return resized(p, 0, size(p) - m)

def poly(seq_of_zeros) -> DType:
    return of((1 + (size(seq_of_zeros) if ndim(seq_of_zeros) <= 1 else size(square(seq_of_zeros), 0)),))

def roots(p) -> Inexact:
    return of((unknown,))

def polydiv(u, v) -> floating(u, v):
    return [of((unknown,))] * 2

def polymul(a1, a2) -> promote(a1, a2):
    return of((unknown,))

def bincount(x, /, weights=None, minlength=0) -> Int64 if weights is None else Float64:
    return of((unknown,))

def cov(m, y=None, rowvar=True, **options) -> promote(m, Float64) if y is None else promote(m, y, Float64):
    return array_of(covariance(m, y, rowvar))

def corrcoef(x, y=None, rowvar=True, **options) -> promote(x, Float64) if y is None else promote(x, y, Float64):
    return covariance(x, y, rowvar)

def array_equal(a1, a2, equal_nan=False):
    return 0

allclose = array_equal

# -- creation

def zeros(shape, dtype=None, order="C", **options) -> elements(dtype, Float64):
    return of(shape)

ones = empty = zeros

def full(shape, fill_value, dtype=None, order="C", **options) -> elements(dtype, promote(fill_value)):
    return broadcast_to(array(fill_value), shape)

def zeros_like(a, dtype=None, order="K", subok=True, shape=None, **options) -> elements(dtype, promote(a)):
    return array_of(a) if shape is None else of(shape)

ones_like = empty_like = zeros_like

def full_like(a, fill_value, dtype=None, order="K", subok=True, shape=None, **options) -> elements(dtype, promote(a)):
    return array_of(a) if shape is None else of(shape)

def eye(N, M=None, k=0, dtype=None, order="C", **options) -> elements(dtype, Float64):
    return of((N, N if M is None else M))

def identity(n, dtype=None, **options) -> elements(dtype, Float64):
    return of((n, n))

def tri(N, M=None, k=0, dtype=None, **options) -> elements(dtype, Float64):
    return of((N, N if M is None else M))

def arange(start_or_stop, /, stop=None, step=1, *, dtype=None, **options) -> elements(
    dtype, promote(start_or_stop, step) if stop is None else promote(start_or_stop, stop, step)
):
    return arange(start_or_stop, stop, step)

def linspace(start, stop, num=50, endpoint=True, retstep=False, dtype=None, axis=0, **options) -> elements(
    dtype, quotient(start, stop)
):
    return spaced(num, broadcast(start, stop), axis, retstep)

def geomspace(start, stop, num=50, endpoint=True, dtype=None, axis=0) -> elements(dtype, quotient(start, stop)):
    return of((num, *shape(broadcast(start, stop))))

def logspace(start, stop, num=50, endpoint=True, base=10.0, dtype=None, axis=0) -> elements(
    dtype, quotient(start, stop)
):
    return of((num, *shape(broadcast(start, stop))))

def array(object, dtype=None, *, copy=True, order="K", subok=False, ndmin=0, like=None) -> elements(
    dtype, promote(object)
):
    return at_least(object, ndmin)

def asarray(a, dtype=None, order=None, **options) -> elements(dtype, promote(a)):
    return array_of(a)

asanyarray = asarray

def ascontiguousarray(a, dtype=None, *, like=None) -> elements(dtype, promote(a)):
    return at_least(a, 1)

asfortranarray = ascontiguousarray

def asarray_chkfinite(a, dtype=None, order=None) -> elements(dtype, promote(a)):
    return array_of(a)

def require(a, dtype=None, requirements=None, *, like=None) -> elements(dtype, promote(a)):
    return array_of(a)

def real_if_close(a, tol=100) -> DType if floating(a) is not promote(a) or parts(a) is not promote(a) else promote(a):
    return array_of(a)

def fromiter(iter, dtype, count=-1, *, like=None) -> elements(dtype, DType):
    return of((unknown,)) if is_negative(count) else of((count,))

def frombuffer(buffer, dtype=None, count=-1, offset=0, *, like=None) -> elements(dtype, Float64):
    return of((unknown,)) if is_negative(count) else of((count,))

def hanning(M) -> Float64:
    return of_length(M)

hamming = blackman = bartlett = hanning

def kaiser(M, beta) -> Float64:
    return of_length(M)

def vander(x, N=None, increasing=False) -> promote(x, Int64):
    return of((size(x), size(x) if N is None else N))

# -- what is written as an index

class r_:
    def __getitem__(key) -> promote(*strings(key)):
        return strung(key)

class c_:
    def __getitem__(key) -> promote(*strings(key)):
        return strung(key, 2)

class mgrid:
    def __getitem__(key) -> promote(*strings(key)):
        return gridded(key)

class ogrid:
    def __getitem__(key) -> promote(*strings(key)):
        return open_mesh(*strings(key)) if is_tuple(key) else strings(key)[0]

# -- scalars, of which numpy's types leave this open

class number:
    def __lt__(self, other) -> Bool:
        return broadcast(self, other)

    __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __lt__

    def __xor__(self, other) -> promote(self, other):
        return broadcast(self, other)

    __and__ = __or__ = __xor__

    def sum(self, axis=None, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, summed(self)):
        return sum(array(self), axis=own_axis(self, axis))

    prod = sum

    def mean(self, axis=None, dtype=None, out=None, keepdims=False, **options) -> elements(dtype, floating(self)):
        return sum(array(self), axis=axis)

    def std(self, axis=None, dtype=None, out=None, ddof=0, keepdims=False, **options) -> elements(
        dtype, real_floating(self)
    ):
        return sum(array(self), axis=axis)

    var = std

    def max(self, axis=None, out=None, keepdims=False, **options):
        return sum(array(self), axis=own_axis(self, axis))

    min = max

    def reshape(self, /, *shape, order="C", copy=None):
        return of_the_kind(self, reshape(array(self), one_open(spread(shape))))

    def clip(self, min=None, max=None, out=None, **options) -> promote(self, *[x for x in [min, max] if x is not None]):
        return broadcast(self, *[x for x in [min, max] if x is not None])

    def ravel(self, order="C"):
        return reshape(array(self), -1)

    flatten = ravel

    def repeat(self, repeats, axis=None):
        return repeat(reshape(array(self), -1), repeats, axis=0)

    def cumsum(self, axis=None, dtype=None, out=None) -> elements(dtype, summed(self)):
        return reshape(array(self), -1)

    cumprod = cumsum

float64 = floating = signedinteger = unsignedinteger = bool = number
