"""A bench power analyser for tests: `*IDN?` and one power query, on TCP or on a pseudo-terminal.

    python3 scpi_instrument.py [--pty] [--query Q] [--then happy|silent|garbage|close] [--after N] W...

Prints the port, or the pseudo-terminal's path, as its first line. It answers the power query with the
powers in turn, the last again and again; after N answers it does what --then says. It ends when its
standard input does.
"""

import argparse
import os
import socket
import threading
import tty

GARBAGE = "\x00\xfe?error -113\n".encode("latin-1")


def serve(options, receive, send):
    """Answers one connection until it ends, or until it is to be closed."""
    answered = 0
    pending = b""
    while True:
        while b"\n" not in pending:
            chunk = receive()
            if not chunk:
                return
            pending += chunk
        line, _, pending = pending.partition(b"\n")
        query = line.decode("latin-1").strip()
        misbehaves = options.then != "happy" and answered >= options.after
        if misbehaves and options.then == "close":
            return
        if misbehaves:
            if options.then == "garbage":
                send(GARBAGE)
        elif query == "*IDN?":
            send(b"VOLTECH,PM1000+,1234,1.0\r\n")
        elif query == options.query:
            power = options.watts[min(answered, len(options.watts) - 1)]
            send(f"{power:.6E},0.0\r\n".encode())
            answered += 1


def over_tcp(options):
    listener = socket.create_server(("127.0.0.1", 0))
    print(listener.getsockname()[1], flush=True)
    while True:
        connection, _ = listener.accept()
        with connection:
            serve(options, lambda: connection.recv(1024), connection.sendall)


def over_pty(options):
    instrument, device = os.openpty()
    tty.setraw(device)
    print(os.ttyname(device), flush=True)
    serve(options, lambda: os.read(instrument, 1024), lambda data: os.write(instrument, data))


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pty", action="store_true")
    parser.add_argument("--query", default=":READ?")
    parser.add_argument("--then", default="happy")
    parser.add_argument("--after", type=int, default=0)
    parser.add_argument("watts", type=float, nargs="*", default=[2.5])
    options = parser.parse_args()
    work = over_pty if options.pty else over_tcp
    threading.Thread(target=work, args=(options,), daemon=True).start()
    os.read(0, 1)


if __name__ == "__main__":
    main()
