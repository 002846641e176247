#!/usr/bin/env python3
"""Writes COCO labels and results of any size, for timing scorers: a folder's truth.json and
results.json. Boxes are random with a fixed seed; 7 objects and 100 detections a picture, most of the
objects found."""
import argparse
import json
import random

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("folder")
parser.add_argument("--images", type=int, default=5000)
parser.add_argument("--objects", type=int, default=7)
parser.add_argument("--detections", type=int, default=100)
parser.add_argument("--classes", type=int, default=80)
options = parser.parse_args()

random.seed(1)
images, annotations, results = [], [], []
for image in range(1, options.images + 1):
    images.append({"id": image, "file_name": f"{image:012}.jpg", "width": 640, "height": 480})
    found = []
    for _ in range(options.objects):
        width, height = random.uniform(8, 300), random.uniform(8, 300)
        box = [random.uniform(0, 640 - width), random.uniform(0, 480 - height), width, height]
        category = random.randint(1, options.classes)
        annotations.append({
            "id": len(annotations) + 1, "image_id": image, "category_id": category, "bbox": box,
            "area": width * height, "iscrowd": int(random.random() < 0.01)})
        if random.random() < 0.8:
            found.append((category, [value + random.gauss(0, 4) for value in box]))
    while len(found) < options.detections:
        found.append((random.randint(1, options.classes),
                      [random.uniform(0, 400), random.uniform(0, 300),
                       random.uniform(8, 240), random.uniform(8, 180)]))
    for category, box in found[:options.detections]:
        results.append({"image_id": image, "category_id": category,
                        "bbox": [round(value, 3) for value in box],
                        "score": round(random.random(), 5)})
categories = [{"id": number, "name": f"class {number}"}
              for number in range(1, options.classes + 1)]
with open(options.folder + "/truth.json", "w", encoding="utf-8") as file:
    json.dump({"images": images, "annotations": annotations, "categories": categories}, file)
with open(options.folder + "/results.json", "w", encoding="utf-8") as file:
    json.dump(results, file)
