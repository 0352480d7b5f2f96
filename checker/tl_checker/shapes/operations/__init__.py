"""Expressions of arrays and sizes: the language's operations, ints, lists, loops, conversions."""
