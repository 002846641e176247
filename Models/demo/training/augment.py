"""Batches for training: parts of frames at some scale, mirrored and recoloured."""

import numpy as np
import torch
from torch.nn import functional as F


def batch(clips, random, count, height, width, scales, least=0.25):
    """Takes `count` random frames and from each a part, drawn at a scale from `scales`.

    Returns images (count x 3 x height x width, 0 to 1) and targets (image, class, centre, size; from
    0 to 1). Boxes of which less than `least` lies within the part are dropped, as the renderer drops
    objects at the border of the frame.
    """
    images, targets = [], []
    for place in range(count):
        index = int(random.integers(len(clips)))
        frame, truth = clips.frames[index], clips.truth(index).copy()
        full_height, full_width = frame.shape[:2]
        scale = float(random.uniform(*scales))
        part_height = min(full_height, round(height / scale))
        part_width = min(full_width, round(width / scale))
        top = int(random.integers(full_height - part_height + 1))
        left = int(random.integers(full_width - part_width + 1))
        part = torch.from_numpy(frame[top:top + part_height, left:left + part_width].copy())
        image = part.permute(2, 0, 1).float()[None] / 255
        if (part_height, part_width) != (height, width):
            image = F.interpolate(
                image, (height, width), mode="bilinear", antialias=True, align_corners=False)
        area = (truth[:, 3] - truth[:, 1]) * (truth[:, 4] - truth[:, 2])
        truth[:, 1::2] = ((truth[:, 1::2] - left) / part_width).clip(0, 1)
        truth[:, 2::2] = ((truth[:, 2::2] - top) / part_height).clip(0, 1)
        sides = truth[:, 3:5] - truth[:, 1:3]
        pixels = sides * [part_width, part_height]
        drawn = sides * [width, height]
        truth = truth[(pixels.prod(1) >= least * area) & (drawn.min(1) >= 4)]
        if random.random() < 0.5:
            image = image.flip(3)
            truth[:, [1, 3]] = 1 - truth[:, [3, 1]]
        images.append(recolour(image, random))
        centre, size = (truth[:, 1:3] + truth[:, 3:5]) / 2, truth[:, 3:5] - truth[:, 1:3]
        targets.append(
            np.concatenate((np.full((len(truth), 1), place), truth[:, :1], centre, size), 1))
    images = torch.cat(images).contiguous(memory_format=torch.channels_last)
    return images, torch.from_numpy(np.concatenate(targets)).float()


def recolour(image, random):
    """Changes brightness, contrast, saturation and the balance of the channels a little."""
    grey = image.mean(1, keepdim=True)
    image = grey + (image - grey) * float(random.uniform(0.6, 1.4))
    gain = torch.from_numpy(random.uniform(0.93, 1.07, 3).astype(np.float32)).view(1, 3, 1, 1)
    image = image * gain * float(random.uniform(0.8, 1.2)) + float(random.uniform(-0.04, 0.04))
    return image.clamp(0, 1)
