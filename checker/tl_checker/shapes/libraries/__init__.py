"""Functions of other libraries, numpy's first: shape files, the names that they use, calls."""
