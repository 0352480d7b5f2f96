"""Sizes and shapes against each other, without mypy: unification, equations that the program asserts."""
