"""The gradient verifier: derivatives in rigorous ball arithmetic against a reference that shares no code with them.

`verify_ops` verifies the engine's operations, `verify_model` and `verify_function` every entry point for what a user
wrote; each gives a `Report`. `planted_fault` makes a rule wrong on purpose, to see it found.
"""

from tl_checker.gradients.functions import verify_function
from tl_checker.gradients.models import verify_model
from tl_checker.gradients.ops import verify_ops
from tl_checker.gradients.planting import planted_fault, planted_jvp, planted_rules
from tl_checker.gradients.samples import samples
from tl_checker.gradients.verdict import Finding, Report, Row, Verdict

__all__ = [
    "Finding",
    "Report",
    "Row",
    "Verdict",
    "planted_fault",
    "planted_jvp",
    "planted_rules",
    "samples",
    "verify_function",
    "verify_model",
    "verify_ops",
]
