import tl_dsl as tl
from library import Image, Row, Scale, flipped, grown, net, scale, spread
def use(row: Row) -> None:
    reveal_type(row)
def show(x: Image, y: Image) -> Image:
    reveal_type(flipped(x))
    return x.mT
reveal_type(show(tl.zeros((2, 3, 4)), tl.zeros((2, 3, 4))))
spread(tl.zeros(3), tl.zeros(2))
reveal_type(grown(tl.zeros((2, 3))))
reveal_type(scale(tl.zeros((5, 3))))
scale(tl.zeros((5, 4)))
reveal_type(net(tl.zeros(4)))
net(tl.zeros(5))
reveal_type(scale.factor)
