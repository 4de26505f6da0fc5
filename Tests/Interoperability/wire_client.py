"""The HI wire protocol by the standard library alone, written from its description.

Usage: wire_client.py WIRE_PORT RAW_PORT. Expects a server whose model takes four bytes of shape
[1, 2, 2], answers the first one as the class of ten with confidence 0.5, and fails from 200 on.
"""

import json
import socket
import struct
import sys

REQUEST = struct.Struct("<IBBHIIBBH")
RESPONSE = struct.Struct("<BBHIIfI")


def request(kind, number, payload=b"", dims=(), element=0, deadline=0, trace=b"", model=b""):
    body = trace + model + struct.pack(f"<{len(dims)}I", *dims) + payload
    flags = (1 if trace else 0) | (2 if model else 0)
    return REQUEST.pack(16 + len(body), 1, kind, flags, number, deadline, element, len(dims), 0) + body


def infer(number, first, element=1, **extensions):
    return request(1, number, bytes([first, 0, 0, 0]), (1, 2, 2), element, **extensions)


def tag(digest):
    number = 0xCBF29CE484222325
    for byte in digest.encode():
        number = (number ^ byte) * 0x100000001B3 % 2**64
    return struct.pack("<Q", number)


def read(stream, count):
    data = stream.read(count)
    assert len(data) == count, f"the server ended after {len(data)} of {count} bytes"
    return data


def response(stream):
    frame = read(stream, struct.unpack("<I", read(stream, 4))[0])
    version, kind, status, number, label, confidence, micros = RESPONSE.unpack_from(frame)
    assert version == 1
    return kind, status, number, label, confidence, frame[RESPONSE.size :].decode()


def main(wire_port, raw_port):
    with socket.create_connection(("127.0.0.1", wire_port), 20) as peer:
        stream = peer.makefile("rb")
        peer.sendall(request(2, 1))
        assert response(stream) == (130, 0, 1, 0, 0.0, "")
        peer.sendall(request(3, 2))
        kind, status, number, _, _, document = response(stream)
        assert (kind, status, number) == (131, 0, 2)
        model = json.loads(document)
        assert model["shape"] == [1, 2, 2] and model["elementType"] == "uint8"
        assert len(model["classes"]) == 10 and model["name"] and "digest" in model
        peer.sendall(b"".join(infer(100 + first, first) for first in range(10)))
        answers = {number: rest for _, _, number, *rest in (response(stream) for _ in range(10))}
        assert answers == {100 + first: [first, 0.5, ""] for first in range(10)}, answers
        assert {"trace", "model"} <= set(model["extensions"])
        trace = bytes.fromhex("4bf92f3577b34da6a3ce929d0e0e473600f067aa0ba902b701")
        right = tag(model["digest"])
        peer.sendall(infer(11, 4, trace=trace, model=right) + infer(12, 5, model=right))
        assert {response(stream)[1:4] for _ in range(2)} == {(0, 11, 4), (0, 12, 5)}
        peer.sendall(infer(13, 6, trace=bytes(25)))  # no trace, and no error
        assert response(stream)[1:4] == (0, 13, 6)
        peer.sendall(infer(14, 7, model=tag("sha256:another")))
        kind, status, number, _, _, message = response(stream)
        assert (kind, status, number) == (129, 6, 14) and model["name"] in message
        for byte in infer(7, 3):  # one byte a segment, as far as the kernel lets us
            peer.sendall(bytes([byte]))
        assert response(stream)[:4] == (129, 0, 7, 3)
        peer.sendall(infer(8, 255))
        assert response(stream)[1:3] == (4, 8)
        peer.sendall(infer(9, 1, element=4) + infer(10, 1))
        kind, status, number, _, _, message = response(stream)
        assert (status, number) == (3, 9) and "uint8" in message
        assert response(stream)[1:4] == (0, 10, 1)
        peer.sendall(struct.pack("<I", 2**32 - 1))
        assert response(stream)[1:3] == (3, 0)
        assert stream.read() == b"", "the server should have ended"
    with socket.create_connection(("127.0.0.1", raw_port), 20) as peer:
        stream = peer.makefile("rb")
        peer.sendall(bytes([5, 0, 0, 0, 255, 0, 0, 0, 6, 0, 0, 0]))
        assert read(stream, 6) == b"\x00\x05\xff\xff\x00\x06"
    print("all good")


main(int(sys.argv[1]), int(sys.argv[2]))
