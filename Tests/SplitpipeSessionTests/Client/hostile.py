"""What a peer may do that keeps to no protocol; prints what the server did about it.

    hostile.py CASE HOST PORT CA CERTIFICATE KEY

tls12: offers TLS 1.2 at most. dribble: a byte a second, and no stream. silent: a stream without a Hello.
gigabyte: a message that says it is a gigabyte long. garbage: a message of random bytes. large: a message of
40 MB, for as long as it is taken.
"""

import random
import socket
import ssl
import struct
import sys
import time

case, host, port, authority, certificate, key = sys.argv[1:7]
context = ssl.create_default_context(cafile=authority)
context.check_hostname = False
context.load_cert_chain(certificate, key)
context.set_alpn_protocols(["h2"])
if case == "tls12":
    context.maximum_version = ssl.TLSVersion.TLSv1_2
began = time.monotonic()
plain = socket.create_connection((host, int(port)), timeout=30)


def done(text):
    print(text, "%.1f" % (time.monotonic() - began))
    sys.exit(0)


if case == "dribble":
    # Never as far as TLS.
    hello = b"\x16\x03\x01\x02\x00" + bytes(600)
    for byte in hello:
        try:
            plain.sendall(bytes([byte]))
            plain.settimeout(1)
            if plain.recv(100) == b"":
                done("closed")
        except socket.timeout:
            continue
        except OSError:
            done("closed")
try:
    secure = context.wrap_socket(plain, server_hostname=host)
except ssl.SSLError as error:
    done("refused " + (error.reason or ""))

import h2.config
import h2.connection
import h2.events

connection = h2.connection.H2Connection(h2.config.H2Configuration(client_side=True))
connection.initiate_connection()
secure.sendall(connection.data_to_send())
stream = connection.get_next_available_stream_id()
connection.send_headers(stream, [
    (":method", "POST"), (":scheme", "https"), (":path", "/splitpipe.v1.Splitpipe/Session"),
    (":authority", host), ("te", "trailers"), ("content-type", "application/grpc")])
secure.sendall(connection.data_to_send())
random.seed(7)
if case == "gigabyte":
    connection.send_data(stream, b"\x00" + struct.pack(">I", 1 << 30) + bytes(1000))
elif case == "garbage":
    body = random.randbytes(5000)
    connection.send_data(stream, b"\x00" + struct.pack(">I", len(body)) + body)
secure.sendall(connection.data_to_send())
left = 40_000_000 if case == "large" else 0
if left:
    connection.send_data(stream, b"\x00" + struct.pack(">I", left))
    secure.sendall(connection.data_to_send())
secure.settimeout(0.02 if left else 20)
sent = 0
while time.monotonic() - began < 25:
    room = min(connection.local_flow_control_window(stream), 16_000, left)
    if room > 0:
        connection.send_data(stream, bytes(room))
        left -= room
        sent += room
        try:
            secure.sendall(connection.data_to_send())
        except OSError:
            done("closed")
    try:
        data = secure.recv(65_536)
    except (TimeoutError, socket.timeout, ssl.SSLWantReadError):
        continue
    except OSError:
        done("closed")
    if data == b"":
        done("closed")
    for event in connection.receive_data(data):
        if isinstance(event, (h2.events.TrailersReceived, h2.events.ResponseReceived)):
            fields = {name.decode(): value.decode() for name, value in event.headers}
            if "grpc-status" in fields:
                done("status " + fields["grpc-status"] + " " + fields.get("grpc-message", ""))
        if isinstance(event, h2.events.StreamReset):
            done("reset")
        if isinstance(event, h2.events.ConnectionTerminated):
            done("closed")
    secure.sendall(connection.data_to_send())
done("nothing")
