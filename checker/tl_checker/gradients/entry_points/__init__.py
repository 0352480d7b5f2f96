"""Verifying the entry points of the engine, whatever they are asked: every option, kind of argument and refusal.

`verify_function` and `verify_model` hold derivatives of a user's programs against the reference in balls. What they
cannot see in one program is seen here, once for the engine: rules that are gone around (`of_rules`), traces that are
used although what they read has changed, or made anew although it has not (`of_traces`, `of_programs`), axes and trees
of every kind (`of_batches`, `of_functions`), parameters (`of_params`, `of_models`), and errors that say what is wrong.
"""

from tl_checker.gradients.entry_points.run import PARTS, verify_entry_points

__all__ = ["PARTS", "verify_entry_points"]
