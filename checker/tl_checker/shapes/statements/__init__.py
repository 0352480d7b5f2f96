"""Statements that mypy has no hook for: assertions, returns, assignments."""
