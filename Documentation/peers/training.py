"""A step of each stage of a bottleneck's training by PyTorch, beside the network alone.

    splitpipe export --model yolov5n.pt --split 4 --size 320x320 --output halves
    pip install torch onnx onnx2torch
    python training.py halves 2
    splitpipe bench training street.mp4 --model yolov5n.pt --split 4

The same bottleneck (one convolution of stride 2 to 12 channels, three layers on the way back), the same losses but
for the boxes' and classes', which cost next to nothing, and Adam; features behind the split are those that five
forward hooks keep.
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

import torch
from onnx2torch import convert

folder, threads = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 2
pictures, channels = 2, 12
torch.set_num_threads(threads)
head = convert(folder + "/head.onnx").eval()
tail = convert(folder + "/tail.onnx").eval()
for part in (head, tail):
    for weight in part.parameters():
        weight.requires_grad_(False)
batch = torch.rand(pictures, 3, 320, 320)


def first(output):
    return output[0] if isinstance(output, (tuple, list)) else output


def run(part, tensors):
    """The graph is of one picture: its shapes are constants."""
    return [first(part(tensor[None])) for tensor in tensors]


with torch.no_grad():
    count = run(head, batch)[0].shape[1]
encoder = torch.nn.Conv2d(count, channels, 3, 2, 1)
decoder = torch.nn.Sequential(
    torch.nn.ConvTranspose2d(channels, count, 4, 2, 1), torch.nn.SiLU(),
    torch.nn.Conv2d(count, count, 3, 1, 1), torch.nn.SiLU(), torch.nn.Conv2d(count, count, 3, 1, 1))
learnt = list(encoder.parameters()) + list(decoder.parameters())
adam = torch.optim.Adam(learnt, 1e-4)
kept = []
leaves = [m for m in tail.modules() if not list(m.children()) and isinstance(m, torch.nn.Conv2d)]
for module in leaves[len(leaves) // 5 - 1::max(1, len(leaves) // 5)][:5]:
    module.register_forward_hook(lambda m, i, o: kept.append(o))


def relative(found, wanted):
    return ((found - wanted) ** 2).mean() / (wanted.var() + 1e-9)


def network():
    with torch.inference_mode():
        return run(tail, torch.cat(run(head, batch)))


def step(with_answers):
    with torch.no_grad():
        features = torch.cat(run(head, batch))
    latent = encoder(features)
    if with_answers:
        low, high = latent.amin((1, 2, 3), keepdim=True), latent.amax((1, 2, 3), keepdim=True)
        width = (high - low) / 15 + 1e-12
        steps = (latent - low) / width
        latent = latent + ((steps.round() - steps) * width).detach()
    restored = decoder(latent)
    loss = relative(restored, features)
    if with_answers:
        kept.clear()
        with torch.no_grad():
            wanted = run(tail, features)
        targets = list(kept)
        kept.clear()
        found = run(tail, restored)
        loss = 0.2 * loss + sum(relative(a, b) for a, b in zip(kept, targets)) / 5
        for a, b in zip(found, wanted):
            p, q = a[..., 4:].clamp(1e-7, 1 - 1e-7), b[..., 4:]
            loss = loss - (q * p.log() + (1 - q) * (1 - p).log()).mean()
    adam.zero_grad()
    loss.backward()
    adam.step()


runs = [network, lambda: step(False), lambda: step(True)]
times = [[] for _ in runs]
for number in range(16):
    for place, work in enumerate(runs):
        start = time.perf_counter()
        work()
        if number:
            times[place].append(time.perf_counter() - start)
alone, features, answers = map(statistics.median, times)
print(f"network {alone * 1e3:.1f} ms, features {features * 1e3:.1f} ms, answers {answers * 1e3:.1f} ms")
