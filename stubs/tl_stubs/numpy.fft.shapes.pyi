"""numpy.fft."""

def fft(a, n=None, axis=-1, norm=None, out=None) -> complex_of(a):
    return resized(a, axis, size(a, axis) if n is None else n)

ifft = fft

def rfft(a, n=None, axis=-1, norm=None, out=None) -> complex_of(a):
    return resized(a, axis, (size(a, axis) if n is None else n) // 2 + 1)

ihfft = rfft

def irfft(a, n=None, axis=-1, norm=None, out=None) -> real_floating(a):
    return resized(a, axis, 2 * (size(a, axis) - 1) if n is None else n)

hfft = irfft

def fft2(a, s=None, axes=(-2, -1), norm=None, out=None) -> complex_of(a):
    return checked(a, axes) if s is None else transformed(a, s, axes)

ifft2 = fft2

def fftn(a, s=None, axes=None, norm=None, out=None) -> complex_of(a):
    return array_of(checked(a, axes) if s is None else transformed(a, s, axes))

ifftn = fftn

def rfftn(a, s=None, axes=None, norm=None, out=None) -> complex_of(a):
    return half_transformed(a, s, axes)

def rfft2(a, s=None, axes=(-2, -1), norm=None, out=None) -> complex_of(a):
    return half_transformed(a, s, axes)

def irfftn(a, s=None, axes=None, norm=None, out=None) -> parts(complex_of(a)):
    return from_half(a, s, axes)

def irfft2(a, s=None, axes=(-2, -1), norm=None, out=None) -> parts(complex_of(a)):
    return from_half(a, s, axes)

def fftfreq(n, d=1.0, device=None) -> Float64:
    return of((n,))

def rfftfreq(n, d=1.0, device=None) -> Float64:
    return of((n // 2 + 1,))

def fftshift(x, axes=None):
    return checked(x, axes)

ifftshift = fftshift
