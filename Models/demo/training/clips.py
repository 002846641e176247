"""Clips of `splitpipe synth` as arrays: frames in one memory-mapped file, boxes in another."""

import argparse
import json
import subprocess
from pathlib import Path

import numpy as np

NAMES = ["person", "bicycle", "car", "bus", "dog"]


def gather(folder, output, step):
    """Decodes every `step`th frame of all clips of `folder` that have labels."""
    clips = sorted(p for p in Path(folder).glob("*.mp4") if p.with_suffix(".json").exists())
    output = Path(output)
    output.mkdir(parents=True, exist_ok=True)
    boxes, count = [], 0
    with open(output / "frames.bin", "wb") as file:
        for clip in clips:
            truth = json.loads(clip.with_suffix(".json").read_text())
            width, height = truth["images"][0]["width"], truth["images"][0]["height"]
            raw = subprocess.run(
                ["ffmpeg", "-loglevel", "error", "-threads", "1", "-i", clip, "-f", "rawvideo",
                 "-pix_fmt", "rgb24", "-"], stdout=subprocess.PIPE, check=True).stdout
            frames = np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)
            assert len(frames) == len(truth["images"]), clip
            numbers = {}
            for frame in range(0, len(frames), step):
                numbers[frame] = count
                file.write(frames[frame].tobytes())
                count += 1
            for a in truth["annotations"]:
                if a["image_id"] in numbers:
                    x, y, w, h = a["bbox"]
                    boxes.append(
                        [numbers[a["image_id"]], a["category_id"] - 1, x, y, x + w, y + h])
    np.save(output / "boxes.npy", np.array(boxes, np.float32))
    (output / "shape.json").write_text(json.dumps([count, height, width, 3]))
    print(f"{len(clips)} clips, {count} frames, {len(boxes)} boxes")


class Clips:
    def __init__(self, folder):
        folder = Path(folder)
        shape = tuple(json.loads((folder / "shape.json").read_text()))
        self.frames = np.memmap(folder / "frames.bin", np.uint8, "r", shape=shape)
        boxes = np.load(folder / "boxes.npy")
        order = np.argsort(boxes[:, 0], kind="stable")
        self.boxes = boxes[order]
        self.starts = np.searchsorted(self.boxes[:, 0], np.arange(shape[0] + 1))

    def __len__(self):
        return len(self.frames)

    def truth(self, index):
        """Class and corners of the boxes of a frame, n x 5."""
        return self.boxes[self.starts[index]:self.starts[index + 1], 1:]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("output")
    parser.add_argument("--step", type=int, default=2)
    arguments = parser.parse_args()
    gather(arguments.folder, arguments.output, arguments.step)
