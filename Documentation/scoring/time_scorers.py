#!/usr/bin/env python3
"""Times `splitpipe score` and pycocotools on the same files, each reading them from disk, in turn;
prints the medians and their ratio, and fails where the twelve numbers differ by more than 1e-9."""
import argparse
import contextlib
import io
import json
import statistics
import subprocess
import sys
import time

from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

NAMES = ["AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge",
         "AR1", "AR10", "AR100", "ARsmall", "ARmedium", "ARlarge"]

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("program")
parser.add_argument("folder", help="holds truth.json and results.json (see generate_coco.py)")
parser.add_argument("--rounds", type=int, default=3)
options = parser.parse_args()
truth, results = options.folder + "/truth.json", options.folder + "/results.json"


def ours():
    run = subprocess.run(
        [options.program, "score", "--truth", truth, "--detections", results, "--json"],
        check=True, capture_output=True)
    return json.loads(run.stdout)


def theirs():
    with contextlib.redirect_stdout(io.StringIO()):
        labels = COCO(truth)
        evaluation = COCOeval(labels, labels.loadRes(results), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return dict(zip(NAMES, evaluation.stats))


times = {ours: [], theirs: []}
found = {}
for _ in range(options.rounds):
    for scorer in (ours, theirs):
        start = time.monotonic()
        found[scorer] = scorer()
        times[scorer].append(time.monotonic() - start)
worst = max(abs(found[ours][name] - found[theirs][name]) for name in NAMES)
fast, slow = statistics.median(times[ours]), statistics.median(times[theirs])
print(f"splitpipe score {fast:.2f} s, pycocotools {slow:.2f} s: {slow / fast:.1f} times faster; "
      f"the twelve numbers differ by at most {worst:.1e}")
sys.exit(worst > 1e-9)
