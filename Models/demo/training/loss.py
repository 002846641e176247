"""What the predictions should have been, and how far off they are.

Boxes, anchors and their assignment follow the YOLOv5 v6/v7 definition: an anchor is responsible for
an object whose sides are within a factor of 4 of its own, in the cell of the object's centre and in
the two neighbouring cells nearest to it; x, y = 2 sigmoid - 0.5, w, h = (2 sigmoid)^2 anchor. Boxes
are compared by complete IoU (Zheng et al., arXiv:1911.08287), the rest by binary cross-entropy.
"""

import math

import torch
from torch.nn import functional as F

BALANCE = (4.0, 1.0, 0.4)


def complete_iou(a, b, eps=1e-7):
    """CIoU of boxes given as centre and size, both n x 4."""
    a1, a2 = a[:, :2] - a[:, 2:] / 2, a[:, :2] + a[:, 2:] / 2
    b1, b2 = b[:, :2] - b[:, 2:] / 2, b[:, :2] + b[:, 2:] / 2
    shared = (torch.minimum(a2, b2) - torch.maximum(a1, b1)).clamp(min=0).prod(1)
    iou = shared / (a[:, 2:].prod(1) + b[:, 2:].prod(1) - shared + eps)
    hull = torch.maximum(a2, b2) - torch.minimum(a1, b1)
    distance = ((a[:, :2] - b[:, :2]) ** 2).sum(1) / ((hull ** 2).sum(1) + eps)
    shape = (torch.atan(b[:, 2] / (b[:, 3] + eps)) - torch.atan(a[:, 2] / (a[:, 3] + eps))) ** 2
    shape = shape * 4 / math.pi ** 2
    with torch.no_grad():
        weight = shape / (1 - iou + shape + eps)
    return iou - distance - weight * shape


class DetectionLoss:
    def __init__(self, detect, box=0.06, objectness=1.0, classes=0.12, ratio=4.0):
        self.detect = detect
        self.weights = (box, objectness, classes)
        self.ratio = ratio

    def assign(self, targets, level, rows, columns):
        """Rows of `targets` are image, class, centre x, y, width, height, the box from 0 to 1.

        Returns image, anchor, row, column, class and box (in cells, relative to its cell).
        """
        anchors = self.detect.anchors[level]
        count, n = len(anchors), len(targets)
        scaled = targets.clone()
        scaled[:, 2:] *= torch.tensor([columns, rows, columns, rows])
        pairs = scaled.repeat(count, 1, 1)
        which = torch.arange(count).view(count, 1).expand(count, n)
        ratio = pairs[..., 4:] / anchors[:, None]
        near = torch.maximum(ratio, 1 / ratio).amax(2) < self.ratio
        pairs, which = pairs[near], which[near]
        centre = pairs[:, 2:4]
        inverse = torch.tensor([columns, rows]) - centre
        left, up = ((centre % 1 < 0.5) & (centre > 1)).T
        right, down = ((inverse % 1 < 0.5) & (inverse > 1)).T
        keep = torch.stack((torch.ones_like(left), left, up, right, down))
        shift = torch.tensor([[0, 0], [0.5, 0], [0, 0.5], [-0.5, 0], [0, -0.5]])
        chosen = keep.nonzero()
        pairs, which = pairs[chosen[:, 1]], which[chosen[:, 1]]
        cell = (pairs[:, 2:4] - shift[chosen[:, 0]]).long()
        cell[:, 0].clamp_(0, columns - 1)
        cell[:, 1].clamp_(0, rows - 1)
        box = torch.cat((pairs[:, 2:4] - cell, pairs[:, 4:]), 1)
        return pairs[:, 0].long(), which, cell[:, 1], cell[:, 0], pairs[:, 1].long(), box

    def __call__(self, levels, targets):
        """The three parts of the loss, each a mean over what it is about."""
        box_loss = torch.zeros(())
        object_loss = torch.zeros(())
        class_loss = torch.zeros(())
        for level, raw in enumerate(levels):
            raw = raw.float()
            rows, columns = raw.shape[2:4]
            wanted = torch.zeros(raw.shape[:4])
            image, anchor, row, column, kind, box = self.assign(targets, level, rows, columns)
            if len(image):
                found = raw[image, anchor, row, column]
                centre = found[:, :2].sigmoid() * 2 - 0.5
                size = (found[:, 2:4].sigmoid() * 2) ** 2 * self.detect.anchors[level][anchor]
                iou = complete_iou(torch.cat((centre, size), 1), box)
                box_loss = box_loss + (1 - iou).mean()
                wanted[image, anchor, row, column] = iou.detach().clamp(0)
                names = F.one_hot(kind, self.detect.nc).float()
                class_loss = class_loss + F.binary_cross_entropy_with_logits(found[:, 5:], names)
            object_loss = object_loss + BALANCE[level] * F.binary_cross_entropy_with_logits(
                raw[..., 4], wanted)
        parts = (box_loss, object_loss, class_loss)
        return sum(w * p for w, p in zip(self.weights, parts)), [float(p.detach()) for p in parts]
