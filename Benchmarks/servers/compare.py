"""Our server, MLServer, and FastAPI with ONNX Runtime: the same model, requests and clients.

    compare.py --hi PROGRAM --load SERVE_LOAD [--model NAME …] [--json FILE]

For each model all servers are up and one after the other is driven, the whole round several times, so
that what the machine does meanwhile meets all of them. Before that each has to give ONNX Runtime's
logits to tritonclient, and those of the Open Inference Protocol the model's classes to `hi`. Throughput:
so many connections that each ask again once they are answered, the median of the rounds. p99: so many
requests a second at random times, the same for each server: 70% of what the slowest of them can do. Prints
Markdown; a ratio is ours through the peer's.

The bound is what a server would reach with that client on these cores if all its other work cost nothing:
each connection waits for an answer that is ready and for one run of the model, and the cores have the
client's work to do and the model's, in batches of its best size.
"""

import argparse
import contextlib
import json
import os
import re
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import requests_on_the_wire as wire_form
import server_processes as servers
import tables
import tritonclient.grpc as triton_grpc
import tritonclient.http as triton_http
from bundle_model import BundleModel

ROOT = Path(__file__).parents[2]
# The port that is spoken to, and the servers that understand it.
PROTOCOLS = {
    "rest-json": ("http", ("hi", "fastapi", "mlserver")),
    "rest-binary": ("http", ("hi", "fastapi")),
    "grpc": ("grpc", ("hi", "mlserver")),
    "wire": ("wire", ("hi",)),
}


class Comparison:
    def __init__(self, options, name, folder):
        self.options = options
        self.name = name
        self.folder = folder
        self.bundle = ROOT / "Models" / f"{name}.himodel"
        self.model = BundleModel(self.bundle)
        self.sample = np.random.default_rng(1).integers(0, 256, self.model.shape, np.uint8)

    def start(self, stack):
        # Each is seen to as soon as it runs: the next one may not start.
        running = [
            stack.enter_context(servers.hi(self.options.hi, self.bundle)),
            stack.enter_context(servers.fastapi(self.bundle)),
            stack.enter_context(
                servers.mlserver(self.bundle, self.folder / "mlserver", self.options.mlserver)
            ),
        ]
        self.servers = {server.name: server for server in running}
        for server in running:
            server.wait(f"/v2/models/{self.name}/ready")
            self.check(server)
            if server.name != "fastapi" and self.model.shape == [1, 28, 28]:
                self.check_device(server)
        answers = [self.answer(protocol) for protocol in ("rest-json", "rest-binary")]
        canned = servers.canned(answers)
        stack.enter_context(canned)
        self.servers[canned.name] = canned
        canned.wait("/")
        self.check(canned)

    def answer(self, protocol):
        """The file with our server's whole HTTP response to a request."""
        server = self.servers["hi"]
        with socket.create_connection(("127.0.0.1", server.ports["http"])) as connection:
            connection.sendall(self.request(protocol, server).read_bytes())
            received = b""
            while not (parts := re.match(rb"(?is)(.*?\r\ncontent-length: *(\d+).*?\r\n\r\n)(.*)", received)) or len(
                parts[3]
            ) < int(parts[2]):
                received += connection.recv(1 << 16)
        path = self.folder / f"answer-{protocol}"
        path.write_bytes(received)
        return path

    def check_device(self, server):
        """Refuses a server of the protocol that `hi` does not get the model's own classes from."""
        classes = {}
        for protocol in ("", "http", "grpc"):
            command = [self.options.hi, "trace", "record", "--model", self.bundle, "--data", "fashion-mnist"]
            command += ["--samples", 200, "--out", self.folder / f"{server.name}-{protocol}.hitrace"]
            if protocol:
                command += ["--remote", f"{protocol}://127.0.0.1:{server.ports[protocol]}/{self.name}"]
            run = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)
            if run.returncode != 0:
                raise SystemExit(f"hi with {server.name} over {protocol}: {run.stderr.strip()}")
            with contextlib.closing(sqlite3.connect(command[command.index("--out") + 1])) as trace:
                classes[protocol] = trace.execute(
                    "SELECT sampleIndex, prediction FROM sample JOIN answer USING (position) ORDER BY 1"
                ).fetchall()
            if len(classes[protocol]) != 200 or classes[protocol] != classes[""]:
                raise SystemExit(f"hi with {server.name} over {protocol} has other classes than the model")

    def check(self, server):
        """Refuses a server that answers something else."""
        expected = self.model.logits(self.sample[None])
        clients = [(triton_http, "http", {"binary_data": False})]
        clients += [(triton_http, "http", {})] if server.name != "mlserver" else []
        clients += [(triton_grpc, "grpc", {})] if "grpc" in server.ports else []
        for module, protocol, keywords in clients:
            client = module.InferenceServerClient(f"127.0.0.1:{server.ports[protocol]}")
            answer = client.infer(
                self.name,
                wire_form.inputs(module, self.model.input, self.sample, **keywords),
                outputs=[module.InferRequestedOutput("logits", **keywords)],
            )
            found = answer.as_numpy("logits").reshape(expected.shape)
            if not np.allclose(found, expected, rtol=1e-2, atol=1e-2):
                raise SystemExit(f"{server.name} over {protocol}: {found}, not {expected}")
            client.close()

    def request(self, protocol, server):
        """The file with the request's bytes."""
        port = server.ports[PROTOCOLS[protocol][0]]
        if protocol == "grpc":
            content = wire_form.grpc(self.name, self.model.input, self.sample)
        elif protocol == "wire":
            content = wire_form.wire(self.sample)
        else:
            binary = protocol == "rest-binary"
            content = wire_form.rest(self.name, self.model.input, self.sample, port, binary)
        path = self.folder / f"{server.name}-{protocol}"
        path.write_bytes(content)
        return path

    def load(self, protocol, name, connections, rate=None, client="serve-load"):
        server = self.servers[name]
        spoken = PROTOCOLS[protocol][0]
        seconds = self.options.seconds
        if client == "tritonclient":
            command = [sys.executable, str(Path(__file__).with_name("triton_load.py")), protocol]
            command += [server.ports[spoken], self.name, self.bundle, connections, seconds]
        else:
            command = [self.options.load, spoken, server.ports[spoken], connections]
            command += [seconds * (2 if rate else 1), self.request(protocol, server)]
            command += [rate] if rate else []
        output = subprocess.run([str(word) for word in command], capture_output=True, text=True, timeout=120)
        if output.returncode != 0:
            print(f"{name}, {protocol}: {output.stderr.strip()}", file=sys.stderr)
            return None
        result = json.loads(output.stdout)
        if result["failed"]:
            raise SystemExit(f"{name} failed {result['failed']} requests over {protocol}")
        return result

    def cells(self, client, connection_counts, rounds):
        """Closed loops: throughput by protocol, connections and server."""
        found = {}
        for _ in range(rounds):
            for protocol, (spoken, names) in PROTOCOLS.items():
                if client == "tritonclient" and spoken == "wire":
                    continue
                for connections in connection_counts:
                    for name in (*names, "canned") if spoken == "http" else names:
                        result = self.load(protocol, name, connections, client=client)
                        found.setdefault((protocol, connections, name), []).append(result)
        cells = [
            {
                "client": client,
                "protocol": protocol,
                "connections": connections,
                "server": name,
                "perSecond": statistics.median(result["perSecond"] for result in results),
                "p99Ms": statistics.median(result["p99Ms"] for result in results),
                "clientCores": statistics.median(result["clientCores"] for result in results),
            }
            for (protocol, connections, name), results in found.items()
        ]
        for cell in cells:
            if cell["server"] == "canned":
                cell["boundPerSecond"] = self.bound(cell, cells)
        return cells

    def bound(self, ready, cells):
        """What is left to a server of a client whose answers are ready, when its model has run."""
        alone = [cell for cell in cells if cell["server"] == "canned" and cell["protocol"] == ready["protocol"]]
        fewest = min(alone, key=lambda cell: cell["connections"])
        wait = fewest["connections"] / fewest["perSecond"] + self.model.seconds(1)
        best = min(self.model.seconds(batch) / batch for batch in (1, 8, 32, 64))
        work = ready["clientCores"] / ready["perSecond"] + best
        return min(ready["connections"] / wait, os.cpu_count() / work)

    def equal_load(self, cells, rounds):
        """Open loops at 70% of what the slowest server of a protocol can do."""
        found = []
        most = max(cell["connections"] for cell in cells)
        for protocol, (_, names) in PROTOCOLS.items():
            capacity = min(
                max(cell["perSecond"] for cell in cells if (cell["protocol"], cell["server"]) == (protocol, name))
                for name in names
            )
            rate = round(0.7 * capacity, 1)
            results = {name: [] for name in names}
            for _ in range(rounds):
                for name in names:
                    results[name].append(self.load(protocol, name, most, rate))
            for name in names:
                done = [result for result in results[name] if result]
                found.append(
                    {
                        "protocol": protocol,
                        "server": name,
                        "offeredPerSecond": rate,
                        "p50Ms": statistics.median(r["p50Ms"] for r in done) if done else None,
                        "p99Ms": statistics.median(r["p99Ms"] for r in done) if done else None,
                    }
                )
        return found

    def tune(self):
        """MLServer's options side by side, so that the comparison can take the best."""
        for options in servers.MLSERVER_OPTIONS:
            folder = self.folder / options
            with servers.mlserver(self.bundle, folder, options) as server:
                self.servers = {server.name: server}
                server.wait(f"/v2/models/{self.name}/ready")
                for protocol in ("rest-json", "grpc"):
                    for connections in self.options.connections:
                        result = self.load(protocol, server.name, connections)
                        figures = f"{result['perSecond']:.0f} | {result['p99Ms']:.1f}"
                        print(f"| {self.name} | {options} | {protocol} | {connections} | {figures} |", flush=True)

    def run(self):
        with contextlib.ExitStack() as stack:
            self.start(stack)
            cells = self.cells("serve-load", self.options.connections, self.options.rounds)
            equal = self.equal_load(cells, self.options.rounds)
            if not self.options.without_tritonclient:
                cells += self.cells("tritonclient", self.options.connections, 1)
        return {
            "model": self.name,
            "connections": max(self.options.connections),
            "throughput": cells,
            "equalLoad": equal,
        }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--hi", required=True, help="the program, built with OpenInference")
    parser.add_argument("--load", required=True, help="serve-load of Benchmarks, built")
    parser.add_argument("--model", action="append", help="of Models/, once or more often")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--mlserver", default="workers, batches", choices=servers.MLSERVER_OPTIONS)
    parser.add_argument("--without-tritonclient", action="store_true")
    parser.add_argument("--tune", action="store_true", help="only try MLServer's options")
    parser.add_argument("--json", help="a file for all figures")
    options = parser.parse_args()
    reports = []
    for name in options.model or ["fashion-tiny", "resnet8", "fashion-remote"]:
        with tempfile.TemporaryDirectory() as folder:
            comparison = Comparison(options, name, Path(folder))
            if options.tune:
                comparison.tune()
                continue
            reports.append(comparison.run())
        print(tables.markdown(reports[-1]), flush=True)
    if options.json:
        Path(options.json).write_text(json.dumps({"schema": "hi.servers/1", "models": reports}))


if __name__ == "__main__":
    main()
