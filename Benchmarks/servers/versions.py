"""Builds of our server side by side, and FastAPI beside them: what a change is worth.

    versions.py --load SERVE_LOAD PROGRAM [PROGRAM …] [--model NAME]

A program is a path of `hi`; it may be followed by environment variables, `PROGRAM,NAME=VALUE`. All of them are
up at once and are driven one after the other, in another order each round. Prints the median of the rounds and
their range, and each one's ratio to the first program, which is of the pairs of a round.
"""

import argparse
import contextlib
import statistics
import tempfile
from pathlib import Path

import server_processes as servers
from compare import PROTOCOLS, ROOT, Comparison


def started(word, bundle, number):
    program, *variables = word.split(",")
    server = servers.hi(program, bundle, dict(variable.split("=", 1) for variable in variables))
    server.name = f"program {number}"
    return server


class Versions(Comparison):
    def start(self, stack):
        # Each is seen to as soon as it runs: the next one may not start.
        running = [
            stack.enter_context(started(word, self.bundle, number))
            for number, word in enumerate(self.options.program, 1)
        ]
        if self.options.fastapi:
            running.append(stack.enter_context(servers.fastapi(self.bundle)))
        self.servers = {server.name: server for server in running}
        for server in running:
            server.wait(f"/v2/models/{self.name}/ready")
            self.check(server)

    def measure(self, protocol, connections):
        names = [name for name in self.servers if name != "fastapi" or "fastapi" in PROTOCOLS[protocol][1]]
        found = {name: [] for name in names}
        for turn in range(self.options.rounds):
            for place in range(len(names)):
                name = names[(turn + place) % len(names)]
                found[name].append(self.load(protocol, name, connections, self.options.rate))
        return found

    def run(self):
        print("| protocol | connections | server | a second | range | p50, ms | p99, ms | to the first |")
        print("|---|---|---|---|---|---|---|---|")
        with contextlib.ExitStack() as stack:
            self.start(stack)
            for protocol in self.options.protocols:
                for connections in self.options.connections:
                    self.show(protocol, connections, self.measure(protocol, connections))

    def show(self, protocol, connections, found):
        first = [result["perSecond"] for result in next(iter(found.values()))]
        for name, results in found.items():
            rates = [result["perSecond"] for result in results]
            ratio = statistics.median(rate / base for rate, base in zip(rates, first, strict=True))
            p50, p99 = (statistics.median(result[key] for result in results) for key in ("p50Ms", "p99Ms"))
            print(
                f"| {protocol} | {connections} | {name} | {statistics.median(rates):.0f} |"
                f" {min(rates):.0f} to {max(rates):.0f} | {p50:.2f} | {p99:.2f} | {ratio:.2f} |",
                flush=True,
            )


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", nargs="+", help="hi, built with OpenInference; the first is the one to beat")
    parser.add_argument("--load", required=True, help="serve-load of Benchmarks, built")
    parser.add_argument("--model", default="fashion-tiny", help="of Models/")
    parser.add_argument("--protocols", nargs="+", default=list(PROTOCOLS), choices=PROTOCOLS)
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 8, 64])
    parser.add_argument("--seconds", type=float, default=2, help="of each measurement")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--rate", type=float, help="requests a second, at random times; else as many as are answered")
    parser.add_argument("--fastapi", action="store_true", help="beside them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        Versions(options, options.model, Path(folder)).run()


if __name__ == "__main__":
    main()
