"""Linear algebra, ``tl.linalg``: the names of the Python Array API standard, and numpy's ``norm``."""

from tl_dsl.ops.contraction import outer as outer
from tl_dsl.ops.contraction import tensordot as tensordot
from tl_dsl.ops.diagonals import diagonal as diagonal
from tl_dsl.ops.diagonals import trace as trace
from tl_dsl.ops.linear_algebra import matmul as matmul
from tl_dsl.ops.linear_algebra import matrix_transpose as matrix_transpose
from tl_dsl.ops.matrices import cholesky as cholesky
from tl_dsl.ops.matrices import det as det
from tl_dsl.ops.matrices import inv as inv
from tl_dsl.ops.matrices import solve as solve
from tl_dsl.ops.norms import norm as norm
from tl_dsl.ops.norms import vector_norm as vector_norm
