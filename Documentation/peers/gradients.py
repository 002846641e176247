"""Grad-CAM of every tensor of an ONNX graph by PyTorch, beside the graph alone.

    splitpipe export --model yolov5n.pt --split 0 --size 640x384 --output halves
    pip install torch onnx onnx2torch
    python gradients.py halves/tail.onnx 2
    splitpipe bench gradients street.mp4 --model yolov5n.pt
"""
import statistics
import sys
import time
import unittest.mock
import warnings

warnings.filterwarnings("ignore")
# Only operators that no detector's head and tail need come from there, and its builds often do not match.
for name in ("torchvision", "torchvision.ops", "torchvision.ops.boxes"):
    sys.modules[name] = unittest.mock.MagicMock()

import onnx
import torch
from onnx2torch import convert

path, threads = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2
torch.set_num_threads(threads)
network = convert(path).eval()
shape = [d.dim_value for d in onnx.load(path).graph.input[0].type.tensor_type.shape.dim]
picture = torch.randn(*shape)
kept = []


def keep(module, inputs, output):
    if torch.is_tensor(output) and output.requires_grad and output.dim() == 4:
        output.retain_grad()
        kept.append(output)


for module in network.modules():
    if not list(module.children()):
        module.register_forward_hook(keep)


def forward():
    with torch.inference_mode():
        network(picture)


def gradients():
    kept.clear()
    output = network(picture.clone().requires_grad_(True))
    output = output[0] if isinstance(output, (tuple, list)) else output
    output.reshape(-1)[0].backward()
    return [(t * t.grad.sum((2, 3), keepdim=True)).sum(1) for t in kept if t.grad is not None]


forward(), gradients()
alone, together = [], []
for _ in range(15):
    start = time.perf_counter()
    forward()
    alone.append(time.perf_counter() - start)
    start = time.perf_counter()
    count = len(gradients())
    together.append(time.perf_counter() - start)
alone, together = statistics.median(alone), statistics.median(together)
print(f"network {alone * 1e3:.1f} ms, with gradients at {count} tensors {together * 1e3:.1f} ms, "
      f"ratio {together / alone:.2f}")
