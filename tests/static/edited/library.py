from jaxtyping import Float
import tl_dsl as tl
from tl_dsl import Tensor, nn
Row = Float[Tensor, "7"]
Image = Float[Tensor, "c h w"]
def flipped(x: Image) -> Image:
    return x
def spread(x: Float[Tensor, "n"], y: Float[Tensor, "#n"]) -> None: ...
def grown(x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n+1"]:
    return tl.concat([x, tl.zeros_like(x[..., :1])], axis=-1)
class Scale(tl.Module):
    factor: Float[Tensor, "n"]
    def __call__(self, x: Float[Tensor, "*b n"]) -> Float[Tensor, "*b n"]:
        return x * self.factor
scale = Scale(tl.zeros(3))
net = nn.Sequential(nn.Linear(4, 8, key=0), nn.Linear(8, 2, key=1))
derivative = tl.grad(lambda x: tl.sum(x))
