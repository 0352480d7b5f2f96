from jaxtyping import Float
import numpy as np
from classes_library import Data, Grows, Linear, Net, Square, data, net, square
reveal_type(data.x)
Data(np.zeros((5, 3)), np.zeros(4))
reveal_type(Linear(3, 4).w)
reveal_type(Linear(3, 4).width)
Linear(3, 4)(np.zeros((2, 4)))
reveal_type(net.w)
reveal_type(net.last.w)
reveal_type(Net(5, 6).last.w)
grows = Grows(np.zeros((2, 3)))
reveal_type(grows.x)
reveal_type(grows.more)
reveal_type(square)
reveal_type(Square(4, 5).w)
class Wider(Net):
    def wrong(self) -> None:
        self.w @ self.w
        self.last.w + self.w
def two(a: Data, b: Data) -> None:
    reveal_type(a.x)
    a.x + b.x
    Data(a.x, a.x[0])
