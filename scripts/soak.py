"""Drives every fault of a network and a machine against real processes, and prints one line a fault.

Usage: soak.py PROGRAM [--seconds N] [--only NAME ...]

A device (`hi run`) classifies real images while servers are killed, connections cut, answers twisted.
Afterwards its recording is held against what each model says to each image when nothing goes wrong:
every sample has exactly one answer, every answer is its model's own, every fallback says why.
"""

import argparse
import asyncio
import contextlib
import gzip
import http.client
import json
import os
import pathlib
import random
import re
import resource
import select
import shutil
import signal
import socket
import sqlite3
import struct
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOCAL = ROOT / "Models/fashion-tiny.himodel"
REMOTE = ROOT / "Models/fashion-remote.himodel"
SHAPE = (1, 28, 28)
PIXELS = 28 * 28
REQUEST = struct.Struct("<IBBHIIBBH")
# The protocols that a device can speak to a server.
SCHEMES = ("hi", "http", "grpc")


class Failed(Exception):
    """What was expected and did not happen."""


def expect(condition, words):
    if not condition:
        raise Failed(words)


def infer(number, pixels=bytes(PIXELS), deadline=0):
    body = struct.pack("<3I", *SHAPE) + pixels
    return REQUEST.pack(16 + len(body), 1, 1, 0, number, deadline, 1, 3, 0) + body


def ping(number):
    return REQUEST.pack(16, 1, 2, 0, number, 0, 0, 0, 0)


def read_exactly(peer, count):
    data = b""
    while len(data) < count:
        part = peer.recv(count - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def read_frame(peer):
    length = read_exactly(peer, 4)
    return length + read_exactly(peer, struct.unpack("<I", length)[0])


def fields(response):
    """The status, the number and the class of a response with its length."""
    _, _, _, status, number, label = struct.unpack_from("<IBBHII", response)
    return status, number, label


def address(scheme, port):
    return f"{scheme}://127.0.0.1:{port}" + ("" if scheme == "hi" else f"/{REMOTE.stem}")


def hang_up(*ends):
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)


class Server:
    """`hi serve` in a process of its own, on every protocol's port."""

    def __init__(self, soak, *options, model=REMOTE, ports=None, files=None, log=None):
        def limit():
            if files:
                resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))

        self.log = log or open(soak.folder / f"serve-{time.monotonic_ns()}.log", "w+")
        ports = ports or dict.fromkeys(SCHEMES, 0)
        self.process = subprocess.Popen(
            [soak.program, "serve", model, "--port", str(ports["hi"]), "--http-port",
             str(ports["http"]), "--grpc-port", str(ports["grpc"]), "--json", *options],
            stdout=subprocess.PIPE, stderr=self.log, stdin=subprocess.DEVNULL, preexec_fn=limit)
        line = self.process.stdout.readline()
        if not line:
            self.log.seek(0)
            raise Failed(f"hi serve did not start: {self.log.read().strip()}")
        self.listening = json.loads(line)
        self.url = self.listening["remote"]
        self.port = int(self.url.rsplit(":", 1)[1])
        self.ports = {"hi": self.port, "http": self.listening["httpPort"],
                      "grpc": self.listening["grpcPort"]}

    def at(self, scheme):
        return address(scheme, self.ports[scheme])

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed(f"hi serve did not end within 30 s of signal {number}") from None

    def memory(self):
        """Resident bytes."""
        pages = pathlib.Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def answered(self):
        """How many samples it has answered, by its metrics."""
        link = http.client.HTTPConnection("127.0.0.1", self.ports["http"], timeout=10)
        link.request("GET", "/metrics")
        text = link.getresponse().read().decode()
        link.close()
        return sum(float(line.rsplit(" ", 1)[1]) for line in text.splitlines()
                   if line.startswith("nv_inference_count{"))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.log.close()


class Middle:
    """A listener that does with each connection what a function says, on a thread of its own."""

    def __init__(self, handle):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.handle = handle
        self.connections = 0
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.run, args=(peer,), daemon=True).start()

    def run(self, peer):
        with contextlib.suppress(OSError, EOFError), peer:
            self.handle(peer)

    def at(self, scheme):
        return address(scheme, self.listener.getsockname()[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()


class Unreading:
    """A client that asks as often as it can, and reads when it is told to."""

    def __init__(self, peer, ask, mark):
        self.peer, self.request, self.mark = peer, ask, mark
        self.left = b""
        self.asked = self.answers = 0

    def ask(self):
        if not self.left:
            self.left = self.request * 500
            self.asked += 500
        with contextlib.suppress(BlockingIOError, BrokenPipeError, ConnectionResetError):
            self.left = self.left[self.peer.send(self.left):]

    def read_all(self):
        """Sends the rest of what it has begun, and counts the answers to the end."""
        received = b""
        if not self.left:
            self.peer.shutdown(socket.SHUT_WR)
        while True:
            readable, writable, _ = select.select(
                [self.peer], [self.peer] if self.left else [], [], 20)
            expect(readable or writable, "the server neither reads nor answers any more")
            if writable:
                self.left = self.left[self.peer.send(self.left):]
                if not self.left:
                    self.peer.shutdown(socket.SHUT_WR)
            if readable:
                data = self.peer.recv(1 << 20)
                if not data:
                    return
                received += data
                self.answers += received.count(self.mark)
                last = received.rfind(self.mark)
                received = received[last + len(self.mark) if last >= 0 else 1 - len(self.mark):]


class Soak:
    def __init__(self, program, seconds, folder):
        self.program, self.seconds, self.folder = program, seconds, folder
        self.random = random.Random(7)
        self.prepare()

    def hi(self, *arguments, status=0, **options):
        result = subprocess.run(
            [self.program, *map(str, arguments)], capture_output=True, text=True,
            stdin=subprocess.DEVNULL, timeout=600, **options)
        expect(result.returncode == status,
               f"hi {arguments[0]} ended with {result.returncode}: {result.stderr.strip()[-300:]}")
        return result

    def prepare(self):
        data = ["--data", "fashion-mnist"]
        for name, model in (("l", LOCAL), ("r", REMOTE)):
            self.hi("trace", "record", "--model", model, *data, "--split", "calibration",
                    "--samples", 400, "--out", self.folder / f"{name}.hitrace")
            self.hi("trace", "record", "--model", model, *data, "--split", "test", "--samples",
                    3000, "--out", self.folder / f"{name}-test.hitrace")
        self.policy = self.folder / "policy.json"
        self.hi("calibrate", "--local", self.folder / "l.hitrace", "--remote",
                self.folder / "r.hitrace", "--out", self.policy)
        # Most samples are offloaded, for it is offloads that are tried here.
        policy = json.loads(self.policy.read_text())
        policy["exits"] = [{"kind": "confidence", "threshold": 0.9999}]
        self.policy.write_text(json.dumps(policy))
        self.truth = {name: self.answers(self.folder / f"{name}-test.hitrace") for name in "lr"}

    @staticmethod
    def answers(trace):
        with contextlib.closing(sqlite3.connect(trace)) as database:
            return dict(database.execute(
                "SELECT sampleIndex, prediction FROM sample JOIN answer USING (position)"))

    def device(self, *urls, samples=3000, concurrency=8, options=(), during=lambda process: None):
        """Runs the device, and checks every sample's record; gives the figures as words and JSON."""
        record = self.folder / f"run-{time.monotonic_ns()}.hirecord"
        process = subprocess.Popen(
            [self.program, "run", "--local", LOCAL, *(x for url in urls for x in ("--remote", url)),
             "--policy", self.policy, "--data", "fashion-mnist", "--samples", str(samples),
             "--concurrency", str(concurrency), "--record", record, "--json", *map(str, options)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
        try:
            during(process)
            output, errors = process.communicate(timeout=600)
        finally:
            process.kill()
        expect(process.returncode == 0, f"hi run ended with {process.returncode}: {errors[-300:]}")
        row = json.loads(output)["strategies"][0]
        return self.checked(row, record, samples), row

    @staticmethod
    def over_each(drive):
        """Drives a fault over each protocol, one after the other."""
        return "; ".join(f"{scheme}: {drive(scheme)}" for scheme in SCHEMES)

    def devices(self, url, while_doing, options=(), share=5):
        """Runs the device again and again while something is done again and again."""
        stop = time.monotonic() + max(5, self.seconds / share)
        trouble = []

        def work():
            try:
                while time.monotonic() < stop:
                    while_doing()
            except Exception as problem:
                trouble.append(problem)

        thread = threading.Thread(target=work)
        thread.start()
        totals = {}
        try:
            while thread.is_alive():
                words, _ = self.device(url, options=options)
                for count, name in re.findall(r"(\d+) (samples|remote|fallback)", words) + [
                        (count, name) for name, count in re.findall(r"(\w+) (\d+)(?=[,)])", words)]:
                    totals[name] = totals.get(name, 0) + int(count)
        finally:
            thread.join()
        if trouble:
            raise trouble[0]
        return ", ".join(f"{count} {name}" for name, count in totals.items()) + ", 0 lost, 0 wrong"

    def checked(self, row, record, samples):
        expect(row["samples"] == samples, f"{row['samples']} of {samples} samples were answered")
        with contextlib.closing(sqlite3.connect(record)) as database:
            events = database.execute(
                "SELECT sampleIndex, prediction, answeredBy, reason FROM event").fetchall()
        expect(len(events) == samples, f"{len(events)} of {samples} samples are on record")
        expect(len({event[0] for event in events}) == samples, "a sample has two answers")
        reasons = {}
        for index, prediction, by, reason in events:
            truth = self.truth["r" if by == "remote" else "l"][index]
            expect(prediction == truth,
                   f"sample {index} was answered {prediction} by {by}, whose answer is {truth}")
            expect((by == "remote") == (reason == "offloaded"), f"{by} with the reason {reason}")
            if by == "fallback":
                reasons[reason] = reasons.get(reason, 0) + 1
        expect(reasons == (row.get("fallbackReasons") or {}),
               f"the report says {row.get('fallbackReasons')}, the record {reasons}")
        remote = sum(by == "remote" for _, _, by, _ in events)
        words = f"{samples} samples, {remote} remote, {sum(reasons.values())} fallback"
        if reasons:
            words += " (" + ", ".join(f"{k} {v}" for k, v in sorted(reasons.items())) + ")"
        return words + ", 0 lost, 0 wrong"

    def healthy(self, server, scheme="hi"):
        """That a server answers everything now."""
        words, row = self.device(server.at(scheme), samples=200, options=("--deadline", 20000))
        expect(row["answeredBy"]["fallback"] == 0, f"afterwards the server is not well: {words}")

    @staticmethod
    def rest_request():
        document = json.dumps({
            "id": "1", "inputs": [{"name": "image", "datatype": "UINT8",
                                   "shape": [1, *SHAPE], "data": [0] * PIXELS}]}).encode()
        return (f"POST /v2/models/{REMOTE.stem}/infer HTTP/1.1\r\nHost: a\r\n"
                f"Content-Length: {len(document)}\r\n\r\n").encode() + document

    # The faults, in the order in which they are driven.

    def killed(self):
        """kill -9 and restart of the server under load"""
        return self.over_each(self.killed_over)

    def killed_over(self, scheme):
        server = Server(self)
        url, ports, kills = server.at(scheme), server.ports, 0

        def kill():
            nonlocal server, kills
            time.sleep(0.3)
            server.end(signal.SIGKILL)
            kills += 1
            time.sleep(0.1)
            server = Server(self, ports=ports)

        try:
            words = self.devices(url, while_doing=kill, options=("--deadline", 2000), share=15)
            self.healthy(server, scheme)
        finally:
            server.__exit__()
        return f"{words}; {kills} kills"

    def cut(self):
        """connections cut in mid-frame, in both directions"""
        return self.over_each(self.cut_over)

    def cut_over(self, scheme):
        with Server(self) as server:
            cuts = 0

            def relay(peer):
                nonlocal cuts
                with socket.create_connection(("127.0.0.1", server.ports[scheme])) as upstream:
                    left = [self.random.randrange(2000, 200_000), self.random.randrange(50, 6000)]

                    def pump(source, target, way):
                        with contextlib.suppress(OSError):
                            while data := source.recv(65536):
                                data = data[: left[way]]
                                left[way] -= len(data)
                                target.sendall(data)
                                if left[way] <= 0:
                                    break
                        hang_up(peer, upstream)

                    back = threading.Thread(target=pump, args=(upstream, peer, 1), daemon=True)
                    back.start()
                    pump(peer, upstream, 0)
                    back.join()
                    cuts += 1

            with Middle(relay) as middle:
                words = self.devices(
                    middle.at(scheme), while_doing=lambda: time.sleep(0.5),
                    options=("--deadline", 2000), share=15)
            expect(cuts >= 5, f"only {cuts} connections were cut")
            self.healthy(server, scheme)
        return f"{words}; {cuts} cuts"

    def silent(self):
        """a server that accepts and never answers"""
        return self.over_each(self.silent_over)

    def silent_over(self, scheme):
        with Middle(lambda peer: peer.recv(1 << 30) and time.sleep(3600)) as middle:
            words, row = self.device(
                middle.at(scheme), samples=500, options=("--deadline", 100), concurrency=2)
        expect(row["answeredBy"]["remote"] == 0, "somebody answered")
        expect(row["latency"]["p99Ms"] < 1000, f"the p99 is {row['latency']['p99Ms']:.0f} ms")
        return f"{words}; p99 {row['latency']['p99Ms']:.0f} ms of a deadline of 100"

    def twisted(self):
        """answers late, doubled, out of order, and for unknown ids"""
        with Server(self) as server:
            def relay(peer):
                with socket.create_connection(("127.0.0.1", server.port)) as upstream:
                    def forward():
                        with contextlib.suppress(OSError, EOFError):
                            while True:
                                upstream.sendall(read_frame(peer))

                    threading.Thread(target=forward, daemon=True).start()
                    upstream.settimeout(0.05)
                    kept = []
                    while True:
                        try:
                            kept.append(read_frame(upstream))
                        except TimeoutError:
                            pass
                        if len(kept) < 4 and kept and self.random.random() < 0.7:
                            continue
                        self.random.shuffle(kept)
                        for frame in kept:
                            stranger = bytearray(frame)
                            stranger[8:12] = struct.pack("<I", self.random.getrandbits(31))
                            peer.sendall(frame + bytes(stranger) + frame)
                        kept = []

            with Middle(relay) as middle:
                words, _ = self.device(middle.at("hi"), options=("--deadline", 5000))
        return f"hi: {words}; http: {self.doubled_over('http')}; grpc: {self.doubled_over('grpc')}"

    def doubled_over(self, scheme):
        """What the server says comes twice now and then, the second time at once or a little later."""
        with Server(self) as server:
            doubles = 0

            def relay(peer):
                nonlocal doubles
                with socket.create_connection(("127.0.0.1", server.ports[scheme])) as upstream:
                    def forward():
                        with contextlib.suppress(OSError):
                            while data := peer.recv(65536):
                                upstream.sendall(data)
                        hang_up(peer, upstream)

                    threading.Thread(target=forward, daemon=True).start()
                    spoken = 0
                    while data := upstream.recv(65536):
                        peer.sendall(data)
                        spoken += 1
                        # The beginning is left alone, so that there is something to double.
                        if spoken > 8 and self.random.random() < 0.1:
                            time.sleep(self.random.choice((0, 0.0005, 0.002)))
                            peer.sendall(data)
                            doubles += 1
                    hang_up(peer, upstream)

            with Middle(relay) as middle:
                words, row = self.device(middle.at(scheme), options=("--deadline", 5000))
            expect(doubles >= 5, f"only {doubles} answers came twice")
            expect(row["answeredBy"]["remote"] > 0, f"nobody answered: {words}")
            self.healthy(server, scheme)
        return f"{words}; {doubles} doubled"

    def half_closed(self):
        """a peer that closes its sending side"""
        with Server(self) as server:
            with socket.create_connection(("127.0.0.1", server.port), 20) as peer:
                for number in range(1, 101):
                    peer.sendall(infer(number))
                peer.shutdown(socket.SHUT_WR)
                answered = {fields(read_frame(peer))[:2] for _ in range(100)}
                expect(answered == {(0, number) for number in range(1, 101)}, "answers are missing")
                expect(peer.recv(1) == b"", "the server did not end the connection")
            for _ in range(100):
                with socket.create_connection(("127.0.0.1", server.ports["http"]), 20) as peer:
                    peer.sendall(self.rest_request())
                    peer.shutdown(socket.SHUT_WR)
                    answer = b""
                    while data := peer.recv(65536):
                        answer += data
                    expect(answer.startswith(b"HTTP/1.1 200") and answer.rstrip().endswith(b"}"),
                           f"over REST the answer is {answer[:60]}")
            self.healthy(server)
        return ("100 of 100 answers after the end of sending over hi, and over http; "
                + self.over_each(self.half_closed_over))

    def half_closed_over(self, scheme):
        def relay(peer):
            # The device hears the end while its request is on its way.
            peer.recv(65536)
            peer.shutdown(socket.SHUT_WR)
            time.sleep(1)

        with Middle(relay) as middle:
            deaf, row = self.device(middle.at(scheme), samples=300, options=("--deadline", 2000))
        expect(row["answeredBy"]["remote"] == 0, "somebody answered")
        with Server(self) as server:
            ends = 0

            def mute(peer):
                # The server hears the end of what it is asked, and still has the rest to say.
                nonlocal ends
                with socket.create_connection(("127.0.0.1", server.ports[scheme])) as upstream:
                    left = self.random.randrange(2000, 100_000)

                    def answers():
                        with contextlib.suppress(OSError):
                            while data := upstream.recv(65536):
                                peer.sendall(data)
                        hang_up(peer, upstream)

                    back = threading.Thread(target=answers, daemon=True)
                    back.start()
                    while left > 0 and (data := peer.recv(65536)):
                        upstream.sendall(data[:left])
                        left -= len(data)
                    upstream.shutdown(socket.SHUT_WR)
                    back.join()
                    ends += 1

            with Middle(mute) as middle:
                words, _ = self.device(middle.at(scheme), samples=1000, options=("--deadline", 2000))
            expect(ends > 0, "nothing was half closed")
            self.healthy(server, scheme)
        return f"towards the device {deaf}; towards the server {words}, {ends} ends"

    def slow_loris(self):
        """200 clients a port that send a byte now and then"""
        with Server(self, "--stall-timeout", "2", "--raw-port", str(free_port())) as server:
            openings = {
                "wire": (server.port, infer(1)),
                "raw": (server.listening["rawPort"], bytes(PIXELS)),
                "http": (server.listening["httpPort"], b"POST /v2/models/x/infer HTTP/1.1\r\nA: b"),
                "grpc": (server.listening["grpcPort"], b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
            }
            peers = []
            for port, opening in openings.values():
                for _ in range(200):
                    peer = socket.create_connection(("127.0.0.1", port), 20)
                    peer.setblocking(False)
                    peers.append((peer, opening))
            stop = time.monotonic() + 8
            ended = set()

            def dribble():
                at = 0
                while time.monotonic() < stop:
                    for place, (peer, opening) in enumerate(peers):
                        try:
                            peer.send(opening[at : at + 1])
                        except BlockingIOError:
                            pass
                        except OSError:
                            ended.add(place)
                    at += 1
                    time.sleep(0.3)

            thread = threading.Thread(target=dribble)
            thread.start()
            words, row = self.device(server.url, samples=1000, options=("--deadline", 20000))
            thread.join()
            expect(row["answeredBy"]["fallback"] == 0, f"honest clients suffered: {words}")
            counts = {
                name: sum(place // 200 == number for place in ended)
                for number, name in enumerate(openings)}
            for peer, _ in peers:
                peer.close()
            for name in openings:
                expect(counts[name] == 200, f"ended within 8 s: {counts} of 200 each")
            self.healthy(server)
        return f"{words}; all {len(peers)} ended within 8 s"

    def unread(self):
        """clients that ask and ask, and read no answer"""
        body = b'{"inputs": []}'
        refused = (f"POST /v2/models/{REMOTE.stem}/infer HTTP/1.1\r\nHost: a\r\n"
                   f"Content-Length: {len(body)}\r\n\r\n").encode() + body
        # What a connection begins with, what is asked then, and what each answer has once, so far as answers
        # are counted: over HTTP/2 a server may end a connection with many unread ones.
        kinds = {
            "hi": (b"", ping(0xC0FFEE55), struct.pack("<I", 0xC0FFEE55)),
            "http": (b"", refused, b"HTTP/1.1 "),
            "grpc": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]),
                     bytes([0, 0, 8, 6, 0, 0, 0, 0, 0]) + bytes(8), None),
        }
        # So long that it is no clock that ends them here.
        with contextlib.ExitStack() as stack, Server(self, "--stall-timeout", "60") as server:
            before = server.memory()
            clients = []
            for scheme, (opening, ask, mark) in kinds.items():
                for _ in range(4):
                    peer = stack.enter_context(
                        socket.create_connection(("127.0.0.1", server.ports[scheme]), 20))
                    peer.sendall(opening)
                    peer.setblocking(False)
                    clients.append(Unreading(peer, ask, mark))
            stop = time.monotonic() + min(self.seconds, 30)
            grown = 0
            while time.monotonic() < stop:
                for client in clients:
                    client.ask()
                grown = max(grown, server.memory() - before)
                time.sleep(0.001)
            expect(grown < 64 << 20, f"the server grew by {grown >> 20} MB")
            self.healthy(server)
            counted = [client for client in clients if client.mark]
            for client in counted:
                client.read_all()
                expect(client.answers == client.asked,
                       f"{client.answers} answers to {client.asked} requests")
            self.healthy(server)
        return (f"{sum(client.asked for client in counted)} requests over hi and http, as many answers once "
                f"they were read; the server grew by {grown >> 20} MB")

    def bombs(self):
        """frames, headers and bodies of any size, and 1 GB packed into 1 MB"""
        with Server(self) as server:
            before = server.memory()
            for length in (2**32 - 1, 2**31, 17 << 20, 15):
                with socket.create_connection(("127.0.0.1", server.port), 20) as peer:
                    peer.sendall(struct.pack("<I", length) + bytes(1000))
                    expect(fields(read_frame(peer))[0] == 3, "an oversize frame was not refused")
            bomb = gzip.compress(bytes(1 << 30), 6)
            path = f"/v2/models/{server.listening['model']}/infer"
            statuses = []
            for headers, body in (
                ({"Content-Encoding": "gzip"}, bomb),
                ({"Content-Length": str(1 << 40)}, b""),
                ({"A" * 10: "b" * (1 << 20)}, b""),
                ({"Inference-Header-Content-Length": str(1 << 60)}, b"{}"),
            ):
                link = http.client.HTTPConnection("127.0.0.1", server.listening["httpPort"], timeout=30)
                try:
                    link.request("POST", path, body, headers)
                    statuses.append(link.getresponse().status)
                except OSError:
                    statuses.append("cut")
                finally:
                    link.close()
            expect(all(s == "cut" or 400 <= s < 500 for s in statuses), f"answered {statuses}")
            grown = server.memory() - before
            expect(grown < 200 << 20, f"the server grew by {grown >> 20} MB")
            self.healthy(server)
        return f"refused all, HTTP with {statuses}; the server grew by {grown >> 20} MB"

    def malformed(self):
        """mutated frames, JSON and HTTP/2"""
        with Server(self, "--stall-timeout", "1") as server:
            http_request = self.rest_request()
            grpc_request = (
                b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes(3) + b"\x04" + bytes(5)
                + b"\x00\x00\x10\x01\x05\x00\x00\x00\x01" + bytes(range(16)))
            seeds = [(server.port, infer(5) + ping(6)),
                     (server.listening["httpPort"], http_request),
                     (server.listening["grpcPort"], grpc_request)]
            tried = 0
            stop = time.monotonic() + self.seconds
            while time.monotonic() < stop:
                port, seed = self.random.choice(seeds)
                sent = bytearray(seed)
                for _ in range(self.random.randrange(1, 9)):
                    at = self.random.randrange(len(sent)) if self.random.random() < 0.5 \
                        else self.random.randrange(min(64, len(sent)))
                    change = self.random.randrange(3)
                    if change == 0:
                        sent[at] = self.random.randrange(256)
                    elif change == 1:
                        del sent[at : at + self.random.randrange(1, 9)]
                    else:
                        sent[at:at] = self.random.randbytes(self.random.randrange(1, 9))
                    if not sent:
                        sent = bytearray(seed)
                with contextlib.suppress(OSError), socket.create_connection(
                        ("127.0.0.1", port), 5) as peer:
                    peer.sendall(sent)
                    peer.shutdown(socket.SHUT_WR)
                    peer.settimeout(0.02)
                    peer.recv(65536)
                tried += 1
                expect(server.process.poll() is None, f"the server ended after {bytes(sent)!r}")
            self.healthy(server)
        return f"{tried} malformed conversations, the server lives"

    def descriptors(self):
        """out of file descriptors"""
        with Server(self, files=96) as server:
            peers = []
            for _ in range(200):
                try:
                    peers.append(socket.create_connection(("127.0.0.1", server.port), 2))
                except OSError:
                    break
            time.sleep(1)
            expect(server.process.poll() is None, "the server ended")
            for peer in peers:
                peer.close()
            stop = time.monotonic() + 20
            while time.monotonic() < stop:
                try:
                    with socket.create_connection(("127.0.0.1", server.port), 2) as peer:
                        peer.sendall(ping(1))
                        read_frame(peer)
                        break
                except (OSError, EOFError):
                    time.sleep(0.1)
            self.healthy(server)
        return f"{len(peers)} connections to a process of 96 descriptors; it answers again"

    def disk_full(self):
        """a full disk under recordings and traces"""
        def limited():
            # Writing beyond it fails, as on a full disk, rather than ends the process.
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))

        with Server(self) as server:
            record = self.folder / "full.hirecord"
            result = self.hi(
                "run", "--local", LOCAL, "--remote", server.url, "--policy", self.policy, "--data",
                "fashion-mnist", "--samples", 3000, "--record", record, "--json",
                preexec_fn=limited)
            row = json.loads(result.stdout)["strategies"][0]
            expect(row["samples"] == 3000 and row["answeredBy"]["fallback"] == 0, "samples suffered")
            lost = re.search(r"(\d+) records could not be written", result.stderr)
            expect(lost, f"nothing was said of the full disk: {result.stderr[-200:]}")
        with contextlib.closing(sqlite3.connect(record)) as database:
            expect(database.execute("PRAGMA integrity_check").fetchone() == ("ok",), "damaged")
            kept = database.execute("SELECT count(*) FROM event").fetchone()[0]
        expect(kept + int(lost[1]) == 3000, f"{kept} kept and {lost[1]} lost are not 3000")
        place = self.folder / "full"
        place.mkdir()
        result = self.hi("trace", "record", "--model", LOCAL, "--data", "fashion-mnist", "--samples",
                         10000, "--out", place / "t.hitrace", status=1, preexec_fn=limited)
        expect("could not be written" in result.stderr, result.stderr)
        expect(not list(place.iterdir()), "something half written was left")
        return (f"3000 samples, 0 lost; recording: {kept} kept, {lost[1]} told as not written, whole; "
                "trace: one sentence, nothing left")

    def log_unwritable(self):
        """a log whose disk is full, whose reader has gone, whose reader has stopped reading"""
        return "; ".join(
            f"{name}: {self.refusing(log, reader)}" for name, log, reader in self.unwritable_logs())

    @staticmethod
    def unwritable_logs():
        if os.path.exists("/dev/full"):
            yield "full", open("/dev/full", "w"), None
        reader, writer = os.pipe()
        os.close(reader)
        yield "gone", open(writer, "w"), None
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        with contextlib.suppress(BlockingIOError):
            while True:
                os.write(writer, b"x")
        os.set_blocking(writer, True)
        yield "stuck", open(writer, "w"), open(reader)

    def refusing(self, log, reader):
        """Runs the device while a server refuses, and logs, what others ask."""
        refused = 0

        def refuse(process):
            nonlocal refused
            while process.poll() is None:
                link = http.client.HTTPConnection("127.0.0.1", server.ports["http"], timeout=10)
                link.request("GET", "/v2/models/none")
                expect(link.getresponse().status == 404, "there is such a model")
                link.close()
                refused += 1

        with Server(self, log=log) as server, reader or contextlib.nullcontext():
            words, row = self.device(server.url, options=("--deadline", 20000), during=refuse)
            expect(row["answeredBy"]["fallback"] == 0, f"the log cost answers: {words}")
            self.healthy(server)
            status = server.end()
        expect(status == 0, f"the server ended with {status}")
        return f"{words}, {refused} refusals to log"

    def clock(self):
        """jumps of the wall clock, an hour ahead and back"""
        library = self.folder / "clock.so"
        subprocess.run(
            ["clang", "-shared", "-fPIC", "-O1", "-o", library, ROOT / "scripts/soaking/clock.c",
             "-ldl"], check=True)
        offset = self.folder / "offset"
        offset.write_bytes(bytes(8))
        jumps = 0

        def jump():
            nonlocal jumps
            time.sleep(0.2)
            with open(offset, "r+b") as file:
                file.write(struct.pack("<q", self.random.choice((3600, -3600, 0))))
            jumps += 1

        os.environ.update({"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(offset)})
        try:
            with Server(self) as server:
                words = self.devices(server.url, while_doing=jump, options=("--deadline", 20000))
        finally:
            os.environ.pop("LD_PRELOAD")
        expect(" fallback" not in words or " 0 fallback" in words, f"jumps cost answers: {words}")
        return f"{words}; {jumps} jumps"

    def terminated(self):
        """SIGTERM under load"""
        server = Server(self)
        with server:
            status = None

            def during(process):
                nonlocal status
                while process.poll() is None and server.answered() < 100:
                    time.sleep(0.01)
                status = server.end()

            words, row = self.device(server.url, options=("--deadline", 2000), during=during)
        expect(status == 0, f"the server ended with {status}")
        expect(row["answeredBy"]["remote"] > 0, f"the signal came before the load: {words}")
        expect(row["answeredBy"]["fallback"] > 0, "the run was over before the signal")
        return f"{words}; the server ended with status 0"

    def crowd(self):
        """200 connections with 50 requests in flight each"""
        with Server(self, "--queue-limit", "20000", model=LOCAL) as server:
            done = errors = 0
            sizes = []

            async def client(stop):
                nonlocal done, errors
                reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
                request = infer(0)
                number = 0
                flying = set()

                def send():
                    nonlocal number
                    number += 1
                    flying.add(number)
                    writer.write(request[:8] + struct.pack("<I", number) + request[12:])

                for _ in range(50):
                    send()
                while flying:
                    length = struct.unpack("<I", await reader.readexactly(4))[0]
                    status, answered, _ = fields(
                        bytes(4) + await reader.readexactly(length))
                    expect(answered in flying, "an answer nobody waits for")
                    flying.remove(answered)
                    done += 1
                    errors += status != 0
                    if time.monotonic() < stop:
                        send()
                writer.close()

            async def crowd():
                stop = time.monotonic() + self.seconds

                async def watch():
                    while time.monotonic() < stop:
                        await asyncio.sleep(self.seconds / 20)
                        sizes.append(server.memory())

                await asyncio.gather(watch(), *(client(stop) for _ in range(200)))

            asyncio.run(crowd())
            expect(errors == 0, f"{errors} of {done} requests failed")
            early, late = max(sizes[2:8]), max(sizes[-6:])
            expect(late < early * 1.1 + (8 << 20),
                   f"memory went from {early >> 20} to {late >> 20} MB")
        return (f"{done} answers in {self.seconds:.0f} s, 0 errors; memory {early >> 20} MB, "
                f"at the end {late >> 20} MB")

    def idle(self):
        """10,000 idle connections"""
        wanted = 10_000
        limit = resource.getrlimit(resource.RLIMIT_NOFILE)
        try:
            most = max(limit[1], wanted + 500)
            resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
        except (OSError, ValueError):
            raise NotImplementedError(f"the limit of open files is {limit[1]}") from None
        with Server(self, "--max-connections", str(wanted + 100)) as server:
            before = server.memory()
            with contextlib.ExitStack() as stack:
                for number in range(wanted):
                    peer = stack.enter_context(
                        socket.create_connection(("127.0.0.1", server.port), 20))
                    if number % 100 == 0:
                        peer.sendall(ping(1))
                        read_frame(peer)
                held = server.memory()
                expect(held < 1 << 30, f"the server takes {held >> 20} MB")
                self.healthy(server)
        return f"{held >> 20} MB with them, {before >> 20} MB without; it answers beside them"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return probe.getsockname()[1]


FAULTS = ("killed", "cut", "silent", "twisted", "half_closed", "slow_loris", "unread", "bombs",
          "malformed", "descriptors", "disk_full", "log_unwritable", "clock", "terminated", "crowd", "idle")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("program")
    parser.add_argument("--seconds", type=float, default=300, help="of each long fault")
    parser.add_argument("--only", nargs="+", choices=FAULTS, default=FAULTS)
    arguments = parser.parse_args()
    folder = pathlib.Path(tempfile.mkdtemp(prefix="hi-soak-"))
    failed = 0
    try:
        soak = Soak(os.path.abspath(arguments.program), arguments.seconds, folder)
        for name in arguments.only:
            fault = getattr(soak, name)
            started = time.monotonic()
            try:
                verdict, words = "ok", fault()
            except NotImplementedError as reason:
                verdict, words = "NOT TRIED", str(reason)
            except Exception as problem:  # a fault that breaks the driver has not been survived
                verdict, words = "FAILED", f"{type(problem).__name__}: {problem}"
                failed += 1
            took = time.monotonic() - started
            print(f"{verdict:9} {fault.__doc__}: {words} [{took:.0f} s]", flush=True)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
