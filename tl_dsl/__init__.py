"""A typed language for tensor programs: shapes proved by mypy, checked at run time, gradients that can be certified."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

# `as` and `*` re-export for type checkers; they do not follow lists of names that are put together from other lists.
from tl_dsl import dtypes as dtypes
from tl_dsl import errors as errors
from tl_dsl import linalg as linalg
from tl_dsl import ops as ops
from tl_dsl.dtypes import float32 as float32
from tl_dsl.dtypes import float64 as float64
from tl_dsl.dtypes import int32 as int32
from tl_dsl.dtypes import int64 as int64
from tl_dsl.ops import *  # noqa: F403
from tl_dsl.settings import config as config
from tl_dsl.tensor import Tensor as Tensor
from tl_dsl.tensor import tensor as tensor
from tl_dsl.typed import typed as typed

bool_ = dtypes.bool

if TYPE_CHECKING:
    from tl_dsl.higher import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:
        """What is not here yet is in `higher`, or nowhere. After that, nothing is asked any more."""
        found = _higher()
        if name in found:
            return found[name]
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

    def __dir__() -> list[str]:
        return sorted({**globals(), **_higher()})

    def _higher() -> dict[str, Any]:
        higher = import_module("tl_dsl.higher")  # `from tl_dsl import higher` would ask `__getattr__` again
        public = {name: value for name, value in vars(higher).items() if not name.startswith("_")}
        globals().update(public)
        return public
