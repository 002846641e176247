"""An edge in Python: sends recorded packets to `splitpipe serve`, and prints the boxes of each frame.

    edge.py ABOUT.json

ABOUT.json: {"server", "proto", "hello": {…}, "packets": [{"file", "sequence", "index", "key"}],
"ca", "certificate", "key", "token"}; the last four where they are needed. A line of output is a frame:
its index, then for each box the class and the bits of its five floats in hexadecimal.
"""

import importlib
import json
import os
import queue
import struct
import sys
import tempfile

import grpc
from grpc_tools import protoc

with open(sys.argv[1]) as file:
    about = json.load(file)

# The protocol is its .proto file: nothing else of splitpipe is used here.
made = tempfile.mkdtemp()
folder, name = os.path.split(about["proto"])
assert protoc.main(["protoc", "-I" + folder, "--python_out=" + made, name]) == 0
sys.path.insert(0, made)
wire = importlib.import_module("splitpipe_pb2")


def read(path):
    with open(path, "rb") as file:
        return file.read()


if "ca" in about:
    pair = {}
    if "certificate" in about:
        pair = {"private_key": read(about["key"]), "certificate_chain": read(about["certificate"])}
    channel = grpc.secure_channel(
        about["server"], grpc.ssl_channel_credentials(root_certificates=read(about["ca"]), **pair))
else:
    channel = grpc.insecure_channel(about["server"])
session = channel.stream_stream(
    "/splitpipe.v1.Splitpipe/Session",
    request_serializer=wire.EdgeMessage.SerializeToString,
    response_deserializer=wire.ServerMessage.FromString)

waiting = queue.Queue()
metadata = [("authorization", "Bearer " + about["token"])] if "token" in about else None
replies = session(iter(waiting.get, None), metadata=metadata)

hello = wire.EdgeMessage()
fields = dict(about["hello"])
fields["session"] = bytes.fromhex(fields["session"])
crossing = fields.pop("crossing")
boxes = fields.pop("boxes")
hello.hello.MergeFrom(wire.Hello(**fields))
hello.hello.boxes.MergeFrom(wire.BoxSettings(**boxes))
for shape in crossing:
    hello.hello.crossing.add(extents=shape)
waiting.put(hello)

packets = iter(about["packets"])
unanswered = 0


def send_next():
    packet = next(packets, None)
    if packet is None:
        return 0
    message = wire.EdgeMessage()
    message.frame.sequence = packet["sequence"]
    message.frame.index = packet["index"]
    message.frame.key = packet["key"]
    message.frame.packet = read(packet["file"])
    waiting.put(message)
    return 1


def bits(value):
    return struct.pack(">f", value).hex()


try:
    for reply in replies:
        kind = reply.WhichOneof("kind")
        if kind == "welcome":
            for _ in range(reply.welcome.max_unacked_frames):
                unanswered += send_next()
        elif kind == "result":
            result = reply.result
            found = [
                " ".join([str(getattr(box, "class"))] + [
                    bits(value) for value in (box.x0, box.y0, box.x1, box.y1, box.score)])
                for box in result.boxes]
            print(";".join([str(result.index)] + found))
            unanswered += send_next() - 1
        elif kind == "refusal":
            print("refused", reply.refusal.index, reply.refusal.text)
            unanswered += send_next() - 1
        if kind in ("welcome", "result", "refusal") and unanswered == 0:
            goodbye = wire.EdgeMessage()
            goodbye.goodbye.reason = wire.END_OF_STREAM
            waiting.put(goodbye)
            waiting.put(None)
except grpc.RpcError as error:
    print("status", error.code().name, error.details())
