"""Writes the averaged weights of a training state as a YOLOv5-style checkpoint in half precision."""

import argparse

import torch

from train import Average  # noqa: F401  (states hold one)

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("state")
parser.add_argument("output")
arguments = parser.parse_args()
state = torch.load(arguments.state, weights_only=False)
model = state["average"].model.eval().half()
for parameter in model.parameters():
    parameter.requires_grad_(False)
torch.save(
    {
        "model": model.to(memory_format=torch.contiguous_format),
        "license": "Apache-2.0",
        "training": dict(state["progress"]),
    },
    arguments.output)
print(sum(p.numel() for p in model.parameters()), "weights,", state["progress"])
