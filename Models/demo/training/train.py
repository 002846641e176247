"""Trains the demo model on frames gathered by clips.py.

Two stages: small parts of frames at several scales, which is cheap, then whole frames. Each stage
ends when its time is over; within a stage the learning rate falls by a half cosine. The state is
saved every few minutes and `train.py` goes on from it.
"""

import argparse
import copy
import math
import os
import time
from pathlib import Path

import numpy as np
import torch

from augment import batch
from clips import NAMES, Clips
from loss import DetectionLoss
from models.yolo import DetectionModel


def cluster_anchors(clips, random, count=9, rounds=40):
    """Centres of the boxes' sizes by k-means on their logarithms, smallest first, in pixels."""
    sizes = np.log(np.maximum(clips.boxes[:, 4:6] - clips.boxes[:, 2:4], 4))
    sizes = sizes[random.permutation(len(sizes))[:20000]]
    centres = np.quantile(sizes, np.linspace(0.05, 0.95, count), axis=0)
    for _ in range(rounds):
        nearest = ((sizes[:, None] - centres[None]) ** 2).sum(2).argmin(1)
        for index in range(count):
            if (nearest == index).any():
                centres[index] = sizes[nearest == index].mean(0)
    centres = centres[centres.sum(1).argsort()]
    return np.exp(centres).round().reshape(3, -1).tolist()


class Average:
    """The moving average of a network's weights, which is what is kept in the end."""

    def __init__(self, model, decay=0.998):
        self.model = copy.deepcopy(model).eval()
        self.decay = decay
        self.updates = 0
        for parameter in self.model.parameters():
            parameter.requires_grad_(False)

    @torch.no_grad()
    def update(self, model):
        self.updates += 1
        decay = self.decay * (1 - math.exp(-self.updates / 200))
        for mine, other in zip(
                self.model.state_dict().values(), model.state_dict().values()):
            if mine.dtype.is_floating_point:
                mine.lerp_(other.detach(), 1 - decay)
            else:
                mine.copy_(other)


def save(path, **state):
    temporary = Path(str(path) + ".part")
    torch.save(state, temporary)
    os.replace(temporary, path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data")
    parser.add_argument("state", help="checkpoint to write and to go on from")
    parser.add_argument("--width", type=float, default=0.25)
    parser.add_argument("--minutes", type=float, nargs=2, default=[24, 7])
    parser.add_argument("--batch", type=int, nargs=2, default=[16, 8])
    parser.add_argument("--rate", type=float, nargs=2, default=[3e-3, 1e-3])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--save-minutes", type=float, default=2)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()

    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)
    random = np.random.default_rng(arguments.seed)
    clips = Clips(arguments.data)
    anchors = cluster_anchors(clips, random)
    model = DetectionModel(NAMES, anchors, arguments.width)
    average = Average(model)
    progress = {"stage": 0, "seconds": 0.0, "images": 0, "steps": 0}
    if Path(arguments.state).exists():
        state = torch.load(arguments.state, weights_only=False)
        model, average = state["training"], state["average"]
        progress = state["progress"]
        random = np.random.default_rng(arguments.seed + progress["steps"])
    print("anchors", anchors, flush=True)

    stages = [
        dict(height=192, width=320, scales=(0.5, 1.0)),
        dict(height=384, width=640, scales=(1.0, 1.12)),
    ]
    while progress["stage"] < len(stages):
        number = progress["stage"]
        run_stage(arguments, model, average, clips, random, progress, stages[number], number)
        progress.update(stage=number + 1, seconds=0.0)
        save(arguments.state, training=model, average=average, progress=progress)
    print("done", progress, flush=True)


def run_stage(arguments, model, average, clips, random, progress, shape, number):
    model.train().to(memory_format=torch.channels_last)
    loss = DetectionLoss(model.model[-1])
    decayed = [p for p in model.parameters() if p.ndim > 1]
    other = [p for p in model.parameters() if p.ndim <= 1]
    optimizer = torch.optim.AdamW(
        [{"params": decayed, "weight_decay": 0.02}, {"params": other, "weight_decay": 0.0}],
        betas=(0.9, 0.99))
    budget = arguments.minutes[number] * 60
    begun = time.monotonic() - progress["seconds"]
    saved = time.monotonic()
    recent, steps = np.zeros(4), 0
    while progress["seconds"] < budget:
        share = progress["seconds"] / budget
        warm = min(1, (steps + 1) / 100)
        rate = arguments.rate[number] * warm * (0.02 + 0.98 * (1 + math.cos(math.pi * share)) / 2)
        for group in optimizer.param_groups:
            group["lr"] = rate
        images, targets = batch(clips, random, arguments.batch[number], **shape)
        with torch.autocast("cpu", torch.bfloat16):
            levels = model(images)
        total, parts = loss(levels, targets)
        optimizer.zero_grad(set_to_none=True)
        total.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 10)
        optimizer.step()
        average.update(model)
        steps += 1
        progress["steps"] += 1
        progress["images"] += len(images)
        progress["seconds"] = time.monotonic() - begun
        recent += [float(total.detach()), *parts]
        if steps % 100 == 0:
            print(
                f"stage {number} {progress['seconds'] / 60:.1f} min, {progress['images']} images, "
                f"loss {recent[0] / 100:.4f} box {recent[1] / 100:.3f} "
                f"objectness {recent[2] / 100:.4f} class {recent[3] / 100:.4f} rate {rate:.1e}",
                flush=True)
            recent[:] = 0
        if time.monotonic() - saved > arguments.save_minutes * 60:
            save(arguments.state, training=model, average=average, progress=progress)
            saved = time.monotonic()


if __name__ == "__main__":
    main()
