"""Building blocks of the YOLOv5 v6/v7 layout, written for the demo model.

Class and attribute names are those that YOLOv5 checkpoints pickle, so that any reader of such
checkpoints finds its way; what each block computes is said beside it.
"""

import torch
from torch import nn


class Conv(nn.Module):
    """Convolution, batch normalization, SiLU."""

    def __init__(self, inputs, outputs, kernel=1, stride=1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False)
        self.bn = nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03)
        self.act = nn.SiLU(inplace=True)

    def forward(self, x):
        return self.act(self.bn(self.conv(x)))


class Bottleneck(nn.Module):
    """Two convolutions, 1x1 and 3x3; the input is added where `add`."""

    def __init__(self, width, add):
        super().__init__()
        self.cv1 = Conv(width, width, 1)
        self.cv2 = Conv(width, width, 3)
        self.add = add

    def forward(self, x):
        y = self.cv2(self.cv1(x))
        return x + y if self.add else y


class C3(nn.Module):
    """One half of the channels through bottlenecks, the other past them, joined by a third conv."""

    def __init__(self, inputs, outputs, repeats, add):
        super().__init__()
        hidden = outputs // 2
        self.cv1 = Conv(inputs, hidden)
        self.cv2 = Conv(inputs, hidden)
        self.cv3 = Conv(2 * hidden, outputs)
        self.m = nn.Sequential(*(Bottleneck(hidden, add) for _ in range(repeats)))

    def forward(self, x):
        return self.cv3(torch.cat((self.m(self.cv1(x)), self.cv2(x)), 1))


class SPPF(nn.Module):
    """The largest values of ever wider neighbourhoods beside the input."""

    def __init__(self, inputs, outputs, kernel=5):
        super().__init__()
        self.cv1 = Conv(inputs, inputs // 2)
        self.cv2 = Conv(inputs * 2, outputs)
        self.m = nn.MaxPool2d(kernel, 1, kernel // 2)

    def forward(self, x):
        parts = [self.cv1(x)]
        for _ in range(3):
            parts.append(self.m(parts[-1]))
        return self.cv2(torch.cat(parts, 1))


class Concat(nn.Module):
    """Joins its inputs along dimension `d`."""

    def __init__(self, dimension=1):
        super().__init__()
        self.d = dimension

    def forward(self, x):
        return torch.cat(x, self.d)
