"""Calls of the user's functions, of transforms and of models."""
