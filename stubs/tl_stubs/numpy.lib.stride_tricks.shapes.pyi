"""numpy.lib.stride_tricks."""

def sliding_window_view(x, window_shape, axis=None, *, subok=False, writeable=False) -> promote(x):
    return windows(x, window_shape, axis)

def as_strided(x, shape=None, strides=None, subok=False, writeable=True) -> promote(x):
    return array(x) if shape is None else of(shape)
