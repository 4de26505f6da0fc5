"""The servers that are compared, as processes on loopback, each with the same model and threads."""

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from bundle_model import BundleModel

HERE = Path(__file__).parent
CORES = os.cpu_count()


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class Server:
    """A process that is stopped at the end, whatever happens, and its ports by protocol."""

    def __init__(self, name, command, ports, folder=None, environment=()):
        self.name = name
        self.ports = ports
        self.log = tempfile.NamedTemporaryFile(prefix=f"{name}-", suffix=".log")  # noqa: SIM115 (lives as long as the process)
        self.process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, "PYTHONPATH": str(HERE), **dict(environment)},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )

    def wait(self, path, seconds=60):
        deadline = time.monotonic() + seconds
        url = f"http://127.0.0.1:{self.ports['http']}{path}"
        while time.monotonic() < deadline and self.process.poll() is None:
            try:
                with urllib.request.urlopen(url, timeout=1) as answer:
                    if answer.status == 200:
                        return
            except OSError:
                time.sleep(0.1)
        log = Path(self.log.name).read_text(errors="replace")
        raise SystemExit(f"{self.name} does not get ready; its log:\n{log[-3000:]}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def hi(program, bundle, environment=()):
    ports = {"wire": free_port(), "http": free_port(), "grpc": free_port()}
    command = [program, "serve", bundle, "--port", ports["wire"], "--http-port", ports["http"]]
    command += ["--grpc-port", ports["grpc"], "--workers", CORES, "--log-level", "error"]
    return Server("hi", [str(word) for word in command], ports, environment=environment)


def fastapi(bundle):
    """As many processes as cores: Python runs one thread of each at a time."""
    ports = {"http": free_port()}
    command = [sys.executable, "-m", "uvicorn", "fastapi_server:app", "--loop", "uvloop"]
    command += ["--http", "httptools", "--no-access-log", "--log-level", "warning"]
    command += ["--workers", str(CORES), "--port", str(ports["http"])]
    return Server("fastapi", command, ports, HERE, {"MODEL": str(bundle)}.items())


def canned(answers):
    """Answers with the bytes of two files, JSON and binary, and does nothing else."""
    ports = {"http": free_port()}
    command = [sys.executable, str(HERE / "canned_server.py"), str(ports["http"]), *map(str, answers)]
    return Server("canned", command, ports)


# The options of MLServer that were tried (`--tune`): processes that infer, most samples of a batch,
# seconds to wait for them.
MLSERVER_OPTIONS = {
    "0 workers": (0, 0, 0),
    "0 workers, batches": (0, 32, 0.001),
    "workers": (CORES, 0, 0),
    "workers, batches": (CORES, 32, 0.001),
}


def mlserver(bundle, folder, options):
    workers, batch, delay = MLSERVER_OPTIONS[options]
    tensors = BundleModel(bundle)
    ports = {"http": free_port(), "grpc": free_port()}
    settings = {
        "debug": False,
        "host": "127.0.0.1",
        "http_port": ports["http"],
        "grpc_port": ports["grpc"],
        "metrics_endpoint": None,
        "parallel_workers": workers,
    }
    model = {
        "name": bundle.name.removesuffix(".himodel"),
        "implementation": "mlserver_model.BundleRuntime",
        "parameters": {"uri": str(bundle)},
        # MLServer's metadata has what stands here and nothing of its own.
        "inputs": [{"name": tensors.input, "datatype": "UINT8", "shape": [-1, *tensors.shape]}],
        "outputs": [{"name": "logits", "datatype": "FP32", "shape": [-1, tensors.classes]}],
        "max_batch_size": batch,
        "max_batch_time": delay,
    }
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text(json.dumps(settings))
    (folder / "model-settings.json").write_text(json.dumps(model))
    command = [sys.executable, "-m", "mlserver.cli.main", "start", str(folder)]
    script = Path(sys.executable).with_name("mlserver")
    if script.exists():
        command = [str(script), "start", str(folder)]
    return Server("mlserver", command, ports, folder)
