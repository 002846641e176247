"""The network's modules, under the names a YOLOv5 checkpoint uses for them."""
