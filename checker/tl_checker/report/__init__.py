"""Renderers of what the checkers found."""
