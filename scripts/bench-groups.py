"""What sending offloads in groups saves and costs: one row a protocol and group size.

Usage: bench-groups.py PROGRAM [--samples N] [--rounds N]

`hi run` offloads nearly every sample to `hi serve` in a process of its own, over loopback, 16 at a time.
Bytes and packets are what the loopback device carried meanwhile, both directions with headers and
acknowledgements, through the samples offloaded; before each run one of few samples goes, which is taken
off for what a connection costs. Nothing else may use the loopback device. Latency is what `hi run` measured, the
median of the rounds; on loopback a packet is cheap, so it is the bytes and packets that carry over to a
network.
"""

import argparse
import contextlib
import json
import pathlib
import statistics
import subprocess
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
LOCAL = ROOT / "Models/fashion-tiny.himodel"
REMOTE = ROOT / "Models/fashion-remote.himodel"
CONCURRENCY = 16
GROUPS = (1, 4, 8, 16)


def loopback():
    """Bytes and packets that the loopback device has carried."""
    for line in pathlib.Path("/proc/net/dev").read_text().splitlines():
        name, _, counts = line.partition(":")
        if name.strip() == "lo":
            received = counts.split()
            return int(received[0]), int(received[1])
    raise SystemExit("bench-groups: expected a loopback device lo in /proc/net/dev and found none.")


class Bench:
    def __init__(self, program, folder):
        self.program = program
        self.folder = folder
        self.policy = folder / "policy.json"
        for model in (LOCAL, REMOTE):
            self.hi("trace", "record", "--model", model, "--data", "fashion-mnist", "--split",
                    "calibration", "--samples", 400, "--out", folder / f"{model.stem}.hitrace")
        self.hi("calibrate", "--local", folder / f"{LOCAL.stem}.hitrace", "--remote",
                folder / f"{REMOTE.stem}.hitrace", "--out", self.policy)
        # Offloads are what is measured: only certain answers stay here.
        policy = json.loads(self.policy.read_text())
        policy["exits"] = [{"kind": "confidence", "threshold": 1.0}]
        self.policy.write_text(json.dumps(policy))

    def hi(self, *arguments):
        result = subprocess.run([self.program, *map(str, arguments)], capture_output=True, text=True,
                                check=False, timeout=900)
        if result.returncode != 0:
            raise SystemExit(f"bench-groups: hi {arguments[0]} failed: {result.stderr.strip()}")
        return result.stdout

    def run(self, url, group, samples):
        """Offloads, bytes, packets, seconds and median latency of one run."""
        before, start = loopback(), time.monotonic()
        row = json.loads(self.hi(
            "run", "--local", LOCAL, "--remote", url, "--policy", self.policy, "--data",
            "fashion-mnist", "--samples", samples, "--concurrency", CONCURRENCY, "--group", group,
            "--json"))["strategies"][0]
        seconds, after = time.monotonic() - start, loopback()
        if row["answeredBy"]["fallback"]:
            raise SystemExit(f"bench-groups: {url} answered not every sample; measure again.")
        offloads = round(row["answeredBy"]["remote"] * samples)
        return offloads, after[0] - before[0], after[1] - before[1], seconds, row["latency"]["p50Ms"]


def measure(bench, urls, samples, rounds):
    few = samples // 10
    found = {}
    for _ in range(rounds):
        for scheme, url in urls.items():
            for group in GROUPS:
                small, large = bench.run(url, group, few), bench.run(url, group, samples)
                offloads = large[0] - small[0]
                found.setdefault((scheme, group), []).append((
                    (large[1] - small[1]) / offloads, (large[2] - small[2]) / offloads,
                    offloads / (large[3] - small[3]), large[4]))
    print("| protocol | group | bytes a sample | packets a sample | samples a second | p50 in ms |")
    print("|---|---|---|---|---|---|")
    for (scheme, group), rows in found.items():
        size, packets, rate, latency = (statistics.median(column) for column in zip(*rows))
        print(f"| `{scheme}://` | {group} | {size:,.0f} | {packets:.1f} | {rate:,.0f} | {latency:.1f} |")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--samples", type=int, default=5000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as stack:
        server = subprocess.Popen(
            [options.program, "serve", REMOTE, "--port", "0", "--http-port", "0", "--grpc-port", "0",
             "--json"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        stack.callback(server.kill)
        listening = json.loads(server.stdout.readline())
        urls = {"hi": listening["remote"],
                "http": f"http://127.0.0.1:{listening['httpPort']}/{REMOTE.stem}",
                "grpc": f"grpc://127.0.0.1:{listening['grpcPort']}/{REMOTE.stem}"}
        measure(Bench(options.program, pathlib.Path(folder)), urls, options.samples, options.rounds)


if __name__ == "__main__":
    main()
