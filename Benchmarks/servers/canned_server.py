"""A server that has its answers ready: what the clients and the network leave to any server of REST.

    canned_server.py PORT JSON_ANSWER BINARY_ANSWER

It runs no model and reads no tensors. To a request with an `Inference-Header-Content-Length` it gives the
bytes of one file, to any other those of the other: whole HTTP responses. No server can answer more requests
of these clients, with a model or without, than what its two cores leave after this.
"""

import asyncio
import re
import sys
from pathlib import Path

import uvloop

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


class Answers(asyncio.Protocol):
    plain = binary = b""
    # What follows from a request's head; clients send the same one again and again.
    heads: dict[bytes, tuple[int, bytes]] = {}  # noqa: RUF012 (shared on purpose)

    def connection_made(self, transport):
        self.transport = transport
        self.received = b""

    def data_received(self, data):
        self.received = self.received + data if self.received else data
        while (end := self.received.find(b"\r\n\r\n")) >= 0:
            length, answer = self.known(self.received[:end])
            if len(self.received) < end + 4 + length:
                return
            self.received = self.received[end + 4 + length :]
            self.transport.write(answer)

    def known(self, head):
        if head not in self.heads:
            length = LENGTH.search(head)
            is_binary = b"inference-header-content-length" in head.lower()
            self.heads[head] = (int(length[1]) if length else 0, self.binary if is_binary else self.plain)
        return self.heads[head]


async def serve(port):
    server = await asyncio.get_running_loop().create_server(Answers, "127.0.0.1", port)
    await server.serve_forever()


if __name__ == "__main__":
    Answers.plain, Answers.binary = (Path(file).read_bytes() for file in sys.argv[2:])
    uvloop.run(serve(int(sys.argv[1])))
