"""The detector: layers 0 to 24 of the YOLOv5 v6/v7 layout."""

import math

import torch
from torch import nn

from models.common import C3, SPPF, Concat, Conv

STRIDES = (8, 16, 32)


class Detect(nn.Module):
    """One 1x1 convolution a level; the outputs of an anchor are x, y, w, h, objectness, classes."""

    def __init__(self, classes, anchors, widths):
        super().__init__()
        self.nc = classes
        self.no = classes + 5
        self.nl = len(widths)
        self.na = len(anchors[0]) // 2
        self.stride = torch.tensor([float(s) for s in STRIDES])
        pixels = torch.tensor(anchors).float().view(self.nl, self.na, 2)
        # In cells of the level, as checkpoints keep them.
        self.register_buffer("anchors", pixels / self.stride.view(-1, 1, 1))
        self.m = nn.ModuleList(nn.Conv2d(width, self.no * self.na, 1) for width in widths)

    def forward(self, x):
        """Maps a list of features to raw predictions, each images x anchors x rows x columns x outputs."""
        levels = []
        for convolution, features in zip(self.m, x):
            raw = convolution(features)
            n, _, rows, columns = raw.shape
            levels.append(
                raw.view(n, self.na, self.no, rows, columns).permute(0, 1, 3, 4, 2).contiguous())
        return levels

    def start_biases(self, objects_per_image=6.0, pixels=640 * 384):
        """Begins with rare objects and classes alike: learning need not find that out."""
        for convolution, stride in zip(self.m, self.stride):
            bias = convolution.bias.view(self.na, -1)
            cells = pixels / float(stride) ** 2 * self.na
            bias.data[:, 4] = math.log(objects_per_image / cells)
            bias.data[:, 5:] = math.log(0.6 / (self.nc - 0.99))


class DetectionModel(nn.Module):
    def __init__(self, names, anchors, width=0.25, depth=0.33):
        super().__init__()

        def channels(count):
            return math.ceil(count * width / 8) * 8

        def repeats(count):
            return max(1, round(count * depth))

        c64, c128, c256, c512, c1024 = (channels(c) for c in (64, 128, 256, 512, 1024))
        # Where each layer reads from (-1: the layer before) and what it is.
        layers = [
            (-1, Conv(3, c64, 6, 2)),
            (-1, Conv(c64, c128, 3, 2)),
            (-1, C3(c128, c128, repeats(3), True)),
            (-1, Conv(c128, c256, 3, 2)),
            (-1, C3(c256, c256, repeats(6), True)),
            (-1, Conv(c256, c512, 3, 2)),
            (-1, C3(c512, c512, repeats(9), True)),
            (-1, Conv(c512, c1024, 3, 2)),
            (-1, C3(c1024, c1024, repeats(3), True)),
            (-1, SPPF(c1024, c1024)),
            (-1, Conv(c1024, c512)),
            (-1, nn.Upsample(scale_factor=2.0, mode="nearest")),
            ([-1, 6], Concat()),
            (-1, C3(2 * c512, c512, repeats(3), False)),
            (-1, Conv(c512, c256)),
            (-1, nn.Upsample(scale_factor=2.0, mode="nearest")),
            ([-1, 4], Concat()),
            (-1, C3(2 * c256, c256, repeats(3), False)),
            (-1, Conv(c256, c256, 3, 2)),
            ([-1, 14], Concat()),
            (-1, C3(2 * c256, c512, repeats(3), False)),
            (-1, Conv(c512, c512, 3, 2)),
            ([-1, 10], Concat()),
            (-1, C3(2 * c512, c1024, repeats(3), False)),
            ([17, 20, 23], Detect(len(names), anchors, (c256, c512, c1024))),
        ]
        # The first convolution covers 6x6 pixels with a margin of 2.
        layers[0][1].conv.padding = (2, 2)
        for index, (source, layer) in enumerate(layers):
            layer.i = index
            layer.f = source
        self.model = nn.Sequential(*(layer for _, layer in layers))
        self.names = dict(enumerate(names))
        self.stride = self.model[-1].stride
        self.yaml = {"nc": len(names), "depth_multiple": depth, "width_multiple": width}
        self.model[-1].start_biases()

    def forward(self, x):
        outputs = []
        for layer in self.model:
            if isinstance(layer.f, int):
                x = outputs[layer.f] if outputs else x
            else:
                x = [outputs[source] for source in layer.f]
            x = layer(x)
            outputs.append(x)
        return x
