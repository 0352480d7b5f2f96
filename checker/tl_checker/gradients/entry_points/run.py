"""All cases of the entry points, as a report: a row for each entry point."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tl_checker.gradients.entry_points.cases import Case, rows_of
from tl_checker.gradients.entry_points.of_arguments import argument_cases
from tl_checker.gradients.entry_points.of_batches import batch_cases
from tl_checker.gradients.entry_points.of_functions import function_cases
from tl_checker.gradients.entry_points.of_models import model_cases
from tl_checker.gradients.entry_points.of_params import params_cases
from tl_checker.gradients.entry_points.of_programs import program_cases
from tl_checker.gradients.entry_points.of_refused_functions import refused_function_cases
from tl_checker.gradients.entry_points.of_rule_arguments import rule_argument_cases
from tl_checker.gradients.entry_points.of_rule_errors import rule_error_cases
from tl_checker.gradients.entry_points.of_rules import rule_cases
from tl_checker.gradients.entry_points.of_traces import trace_cases
from tl_checker.gradients.entry_points.of_verified_rules import verified_rule_cases
from tl_checker.gradients.verdict import Report, merge_rows

PARTS: dict[str, Callable[[], Iterator[Case]]] = {
    "functions": function_cases,
    "arguments": argument_cases,
    "refusals": refused_function_cases,
    "batches": batch_cases,
    "parameters": params_cases,
    "models": model_cases,
    "programs": program_cases,
    "rules": rule_cases,
    "arguments of rules": rule_argument_cases,
    "errors of rules": rule_error_cases,
    "rules in balls": verified_rule_cases,
    "kept traces": trace_cases,
}
"""The cases by what they are about."""


def verify_entry_points(*parts: str) -> Report:
    """Every case of some parts, of all of them by default; nothing is drawn. Errors: KeyError.

    >>> verify_entry_points("parameters").verdict.value
    'PASS'
    """
    chosen = [PARTS[part] for part in parts or PARTS]
    return Report(merge_rows(row for cases in chosen for row in rows_of(cases())))
