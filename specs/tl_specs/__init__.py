"""What each operation of the tensor language means: primal only, in scalar loops, over any scalar.

The trusted base of the gradient verifier, written from the mathematics. It shares no code with the engine, imports
neither the engine nor the checker nor numpy, and holds no derivative rule: derivatives come from running primals on
power series over balls (`directional`, `mixed`).

`SPECS` has the public operations, `PRIMITIVE_SPECS` those that stand in graphs, `interpret` runs a whole graph, and
`conventions` lists what is answered at kinks.

>>> x = Array.of([[1.0, 2.0], [3.0, 5.0]])
>>> SPECS["sum"].primal(x, axis=0).items
[4.0, 7.0]
>>> slope = directional(SPECS["exp"].primal, [Array.of([0.0])], [Array.of([1.0])], order=1)[1]
>>> slope.items[0] == 1
True
"""

from tl_specs.array import Array
from tl_specs.conventions import Convention, conventions
from tl_specs.errors import Ambiguous, Undefined
from tl_specs.program import Instruction, Program, evaluate, interpret, run
from tl_specs.registry import PRIMITIVE_SPECS, SPECS
from tl_specs.scalar import Named, embed, equal, less, midpoint
from tl_specs.series import Series, ball, directional, mixed
from tl_specs.spec import Domain, KinkPoint, Kinks, Sample, Spec, ValuePoint

__all__ = [
    "PRIMITIVE_SPECS",
    "SPECS",
    "Ambiguous",
    "Array",
    "Convention",
    "Domain",
    "Instruction",
    "KinkPoint",
    "Kinks",
    "Named",
    "Program",
    "Sample",
    "Series",
    "Spec",
    "Undefined",
    "ValuePoint",
    "ball",
    "conventions",
    "directional",
    "embed",
    "equal",
    "evaluate",
    "interpret",
    "less",
    "midpoint",
    "mixed",
    "run",
]
