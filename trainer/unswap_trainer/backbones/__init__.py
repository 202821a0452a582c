"""Backbones by name: each takes crops n,3,S,S in -1..1 and returns features at strides 8, 16 and 32, `widths` channels."""

from functools import partial

from .efficientnet_lite import EfficientNetLite
from .small import Small
from .xception import Xception

BACKBONES = {
    "xception": Xception,
    "efficientnet-lite0": partial(EfficientNetLite, width=1.0, depth=1.0),
    "efficientnet-lite1": partial(EfficientNetLite, width=1.0, depth=1.1),
    "efficientnet-lite2": partial(EfficientNetLite, width=1.1, depth=1.2),
    "small": Small,
}
