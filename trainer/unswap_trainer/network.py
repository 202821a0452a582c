"""The classifier: a backbone, four logits and a stride-8 manipulation map.

Backbones are registered in `backbones`.
"""

import torch.nn as nn
import torch.nn.functional as F

from .backbones import BACKBONES
from .outputs import OUTPUTS



class Classifier(nn.Module):
    """Crops n,3,224,224 RGB 0..1 → logits n,4 (independent sigmoids, see OUTPUTS) and map logits n,1,28,28.

    `describe` also gives the pooled features, n,width, which a temporal head may read.
    """

    def __init__(self, backbone: str = "xception", dropout: float = 0.3):
        super().__init__()
        self.backbone = BACKBONES[backbone]()
        wide8, wide16, wide32 = self.backbone.widths
        self.from8 = nn.Conv2d(wide8, 64, 1)
        self.from16 = nn.Conv2d(wide16, 64, 1)
        self.map = nn.Sequential(
            nn.ReLU(), nn.Conv2d(64, 64, 3, 1, 1, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.Conv2d(64, 1, 1)
        )
        self.dropout = nn.Dropout(dropout)
        self.head = nn.Linear(wide32, len(OUTPUTS))
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, nonlinearity="relu")

    def describe(self, crops):
        stride8, stride16, stride32 = self.backbone(crops * 2 - 1)
        pooled = stride32.mean((2, 3))
        coarse = F.interpolate(self.from16(stride16), size=stride8.shape[-2:], mode="bilinear", align_corners=False)
        return self.head(self.dropout(pooled)), self.map(self.from8(stride8) + coarse), pooled

    def forward(self, crops):
        return self.describe(crops)[:2]
