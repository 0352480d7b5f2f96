"""The operations, one family a file, each with its list of public names. An operation enters itself in ``OPS``."""

from tl_dsl.ops.arithmetic import *  # noqa: F403
from tl_dsl.ops.compare import *  # noqa: F403
from tl_dsl.ops.contraction import *  # noqa: F403
from tl_dsl.ops.control import *  # noqa: F403
from tl_dsl.ops.creation import *  # noqa: F403
from tl_dsl.ops.diagonals import *  # noqa: F403
from tl_dsl.ops.elementwise import *  # noqa: F403
from tl_dsl.ops.indexing import *  # noqa: F403
from tl_dsl.ops.linear_algebra import *  # noqa: F403
from tl_dsl.ops.manipulation import *  # noqa: F403
from tl_dsl.ops.neural import *  # noqa: F403
from tl_dsl.ops.rearrange import *  # noqa: F403
from tl_dsl.ops.reduction import *  # noqa: F403
from tl_dsl.ops.scan import *  # noqa: F403
from tl_dsl.ops.sorting import *  # noqa: F403
