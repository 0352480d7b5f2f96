"""The operations, one family a file, each with its list of public names. An operation enters itself in ``OPS``."""

from tl_dsl.ops import (
    arithmetic,
    compare,
    control,
    creation,
    elementwise,
    indexing,
    linear_algebra,
    manipulation,
    neural,
    reduction,
)
from tl_dsl.ops.arithmetic import *  # noqa: F403
from tl_dsl.ops.compare import *  # noqa: F403
from tl_dsl.ops.control import *  # noqa: F403
from tl_dsl.ops.creation import *  # noqa: F403
from tl_dsl.ops.elementwise import *  # noqa: F403
from tl_dsl.ops.indexing import *  # noqa: F403
from tl_dsl.ops.linear_algebra import *  # noqa: F403
from tl_dsl.ops.manipulation import *  # noqa: F403
from tl_dsl.ops.neural import *  # noqa: F403
from tl_dsl.ops.reduction import *  # noqa: F403

__all__ = []
__all__ += arithmetic.__all__
__all__ += compare.__all__
__all__ += control.__all__
__all__ += creation.__all__
__all__ += elementwise.__all__
__all__ += indexing.__all__
__all__ += linear_algebra.__all__
__all__ += manipulation.__all__
__all__ += neural.__all__
__all__ += reduction.__all__
