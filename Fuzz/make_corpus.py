"""Makes the seeds of Fuzz/Corpus anew: a few small, sound inputs an entry point, and broken neighbours.

    python make_corpus.py [FOLDER]

Needs NumPy, Pillow and tritonclient with gRPC, as `scripts/setup-interop` installs them. What fuzzing has
found worth keeping is added beside them by hand, minimised (`-merge=1`).
"""

import gzip
import io
import json
import sqlite3
import struct
import sys
import tempfile
import zlib
from pathlib import Path

import numpy as np
from PIL import Image
from tritonclient.grpc import service_pb2

SAMPLE = bytes(range(12))


def frame(kind, rest=b"", *, identity=7, deadline=100, element=0, dims=(), version=1, flags=0):
    head = struct.pack("<BBHIIBBH", version, kind, flags, identity, deadline, element, len(dims), 0)
    body = head + struct.pack(f"<{len(dims)}I", *dims) + rest
    return struct.pack("<I", len(body)) + body


def wire_request():
    infer = frame(1, SAMPLE, element=1, dims=(2, 2, 3))
    token = frame(4, b"0123456789abcdef")
    yield b"\x00\xff" + frame(2) + infer + frame(3)
    yield b"\x00\x04" + infer + infer
    yield b"\x01\xff" + token + infer
    yield b"\x01\xff" + frame(4, b"wrong token here")
    yield b"\x02\xff" + infer + frame(3)
    yield b"\x00\xff" + frame(9) + frame(1, version=2)
    # A request alone, without its length: what the second half of the entry reads.
    yield b"\x00\x00" + infer[4:]


def response(kind, status=0, message=b""):
    body = struct.pack("<BBHIIfI", 1, kind + 128, status, 7, 3, 0.75, 120) + message
    return struct.pack("<I", len(body)) + body


def wire_response():
    described = json.dumps(
        {"classes": ["a"], "digest": "sha256:0", "elementType": "uint8", "name": "n", "shape": [2, 2, 3]}
    ).encode()
    yield b"\xff" + response(1) + response(2)
    yield b"\x03" + response(1, 1, b"The queue is full.")
    yield b"\xff" + response(3, 0, described)
    yield b"\xff" + response(1, 3, b"\xff\xfe")


def raw():
    yield b"\x00\xff" + SAMPLE
    yield b"\x00\x04" + SAMPLE * 2 + b"abc"
    yield b"\x01\xff" + SAMPLE


def image(form, mode="RGB", size=(5, 4), **options):
    pixels = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), np.uint8)
    content = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(content, form, **options)
    return content.getvalue()


def rest_document(tensor, outputs=None, **more):
    document = {"inputs": [{"name": "image", **tensor}], **more}
    if outputs:
        document["outputs"] = outputs
    return json.dumps(document).encode()


def rest_binary():
    def body(tensor, content, *arguments, **more):
        tensor = {**tensor, "parameters": {"binary_data_size": len(content)}}
        head = rest_document(tensor, *arguments, **more)
        return struct.pack(">H", len(head)) + head + content

    whole = {"datatype": "UINT8", "shape": [1, 2, 2, 3]}
    binary = [{"name": "logits", "parameters": {"binary_data": True}}]
    yield body(whole, SAMPLE, binary, id="a")
    yield body({"datatype": "FP32", "shape": [1, 2, 2, 3]}, np.arange(12, dtype="<f4").tobytes())
    yield body({"datatype": "UINT8", "shape": [1, 4, 3, 3]}, bytes(36), binary)
    for file in (image("PNG"), image("JPEG", quality=50)):
        element = struct.pack("<I", len(file)) + file
        yield body({"datatype": "BYTES", "shape": [1]}, element, binary)


def rest_json():
    numbers = list(SAMPLE)
    nested = np.array(numbers).reshape(1, 2, 2, 3).tolist()
    whole = {"datatype": "UINT8", "shape": [1, 2, 2, 3]}
    top = [{"name": "probabilities", "parameters": {"classification": 2}}, {"name": "class"}]
    yield rest_document({**whole, "data": numbers})
    yield rest_document({**whole, "data": nested}, top, parameters={"timeout": 1000, "priority": 1})
    yield rest_document({"datatype": "FP32", "shape": [1, 2, 2, 3], "data": [1e0, -0.5e-3] * 6})
    yield rest_document({"datatype": "BYTES", "shape": [1], "data": ["\u00e9\ud83d\ude00\n"]})
    yield rest_document({**whole, "data": numbers}, parameters={"binary_data_output": True})
    yield b'{"inputs": [{"name": "i", "datatype": "INT64", "shape": [2], "data": [9223372036854775807, -1]}]}'
    yield b'{"ready": true, "parameters": {"unload_dependents": false}}'


def rest_compression():
    text = b"gzip;q=0.5, deflate " * 3
    yield b"\x00\x10" + gzip.compress(text, mtime=0)
    yield b"\x01\x10" + zlib.compress(text)
    yield b"\x00\x01" + gzip.compress(bytes(4096), mtime=0)
    yield b"\x01\xff" + text


def rest_response():
    head = json.dumps(
        {
            "model_name": "m",
            "outputs": [
                {"name": "class", "datatype": "INT64", "shape": [1], "data": [2]},
                {
                    "name": "confidence",
                    "datatype": "FP32",
                    "shape": [1],
                    "parameters": {"binary_data_size": 4},
                },
            ],
        }
    ).encode()
    yield struct.pack(">H", len(head)) + head + struct.pack("<f", 0.5)
    logits = {"name": "logits", "datatype": "FP32", "shape": [1, 3], "data": [0.1, 0.2, 0.7]}
    yield b"\x00\x00" + json.dumps({"outputs": [logits]}).encode()
    metadata = {
        "inputs": [{"name": "image", "datatype": "FP32", "shape": [-1, 2, 2, 3]}],
        "outputs": [{"name": "probabilities", "datatype": "FP32", "shape": [-1, 3]}],
    }
    yield b"\x00\x00" + json.dumps(metadata).encode()
    yield b'\x00\x00[{"name": "m", "state": "READY"}]'
    yield b'\x00\x00{"error": "No such model."}'


def protobuf_request():
    request = service_pb2.ModelInferRequest(model_name="m", id="1")
    request.inputs.add(name="image", datatype="UINT8", shape=[1, 2, 2, 3])
    request.outputs.add(name="logits").parameters["classification"].int64_param = 2
    request.parameters["timeout"].int64_param = 1000
    request.raw_input_contents.append(SAMPLE)
    yield request.SerializeToString()
    typed = service_pb2.ModelInferRequest(model_name="m")
    tensor = typed.inputs.add(name="image", datatype="UINT8", shape=[1, 2, 2, 3])
    tensor.contents.uint_contents.extend(SAMPLE)
    yield typed.SerializeToString()
    floats = service_pb2.ModelInferRequest(model_name="m")
    tensor = floats.inputs.add(name="image", datatype="FP32", shape=[1, 2, 2, 3])
    tensor.contents.fp32_contents.extend(SAMPLE)
    yield floats.SerializeToString()
    picture = service_pb2.ModelInferRequest(model_name="m")
    tensor = picture.inputs.add(name="image", datatype="BYTES", shape=[1])
    tensor.contents.bytes_contents.append(image("PNG"))
    yield picture.SerializeToString()


def protobuf_others():
    answer = service_pb2.ModelInferResponse(model_name="m", id="1")
    answer.outputs.add(name="logits", datatype="FP32", shape=[1, 3])
    answer.raw_output_contents.append(bytes(12))
    yield b"\x00" + answer.SerializeToString()
    metadata = service_pb2.ModelMetadataResponse(name="m", versions=["1"])
    metadata.inputs.add(name="image", datatype="UINT8", shape=[-1, 2])
    yield b"\x01" + metadata.SerializeToString()
    index = service_pb2.RepositoryIndexResponse()
    index.models.add(name="m", version="1", state="READY")
    yield b"\x02" + index.SerializeToString()
    load = service_pb2.RepositoryModelLoadRequest(model_name="m")
    load.parameters["unload_dependents"].bool_param = True
    yield b"\x03" + load.SerializeToString()
    stream = service_pb2.ModelStreamInferResponse(error_message="no")
    yield b"\x05" + stream.SerializeToString()


def http2_framing():
    frames = bytes([0, 0, 0, 4, 0, 0, 0, 0, 0]) + bytes([0, 0, 3, 0, 1, 0, 0, 0, 1]) + b"abc"
    yield b"\xff" + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frames
    yield b"\x00" + b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frames[:-1]


def policy():
    identity = {"name": "m", "digest": "sha256:0", "precision": "fp32", "preprocessing": ""}
    features = [
        {"feature": "confidence", "exit": 1, "weight": 2},
        {"feature": "predicted", "class": 0, "weight": -1},
    ]
    logistic = {"bias": 0.1, "confidenceWeight": 2, "runnerUpWeight": -1, "threshold": 0.5}
    exits = [
        {"kind": "acceptNone"},
        {"kind": "confidence", "threshold": "-infinity", "offloadBelow": 0.2},
        {"kind": "entropy", "threshold": 0.5},
        {"kind": "binaryLogistic", **logistic},
        {"kind": "logistic", "bias": 0, "features": features, "threshold": 0.5},
        {"kind": "acceptAll"},
    ]
    document = {
        "schema": "hi.policy/1",
        "strategy": "joint",
        "exits": exits,
        "temperatures": [1, 1.5, 1, 1, 1, 0.5],
        "local": {**identity, "secondLook": True},
        "calibration": {"dataset": "d", "split": "s", "samples": 1, "classes": ["a"]},
    }
    yield json.dumps(document).encode()
    expected = {
        "split": "s",
        "accuracy": 0.9,
        "accuracyInterval95": [0.8, 0.95],
        "offloadFraction": 0.2,
        "offloadInterval95": [0.1, 0.3],
        "lpiMs": 1.5,
    }
    yield json.dumps(
        {
            **document,
            "remote": identity,
            "expected": expected,
            "requirement": {"minimumAccuracy": 0.9},
            "objective": "latency",
            "confidence": 0.95,
        }
    ).encode()


def manifest():
    stage = {
        "file": "stage1.onnx",
        "bytes": 1,
        "input": "image",
        "logits": "l",
        "sha256": "0" * 64,
        "multiplyAccumulates": 1,
        "parameters": 1,
        "precision": "fp32",
    }
    document = {
        "schema": "hi.model/1",
        "name": "m",
        "version": "1",
        "description": "",
        "precision": "fp32",
        "classes": ["a", "b"],
        "input": {
            "shape": [2, 2, 3],
            "layout": "HWC",
            "elementType": "uint8",
            "tensorType": "float32",
            "normalisation": {"scale": 0.5, "mean": [0.1] * 3, "standardDeviation": [1] * 3},
            "preparation": {"shorterSide": 4, "filter": "bicubic"},
        },
        "stages": [stage],
    }
    yield json.dumps(document).encode()
    two = {**stage, "hidden": "h"}, {**stage, "file": "stage2.onnx", "input": "h"}
    yield json.dumps({**document, "stages": two}).encode()


def serve_config():
    yield b'{"httpPort": 8000, "insecure": true, "bundles": ["a.himodel", "b.himodel"]}'
    yield b'{"httpport": "x", "insecure": 1}'


def tokens():
    yield b"# old\n0123456789abcdef\n\n  fedcba9876543210  \r\n"


def npy():
    for array in (
        np.arange(6, dtype="<f4").reshape(2, 3),
        np.arange(3, dtype="<i8"),
        np.arange(3, dtype="|u1"),
        np.asfortranarray(np.arange(4, dtype=">f8").reshape(2, 2)),
        np.arange(3, dtype="<f2"),
        np.array([True, False]),
    ):
        content = io.BytesIO()
        np.save(content, array)
        yield content.getvalue()


def idx():
    pictures = bytes([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0, 3]) + SAMPLE
    labels = bytes([0, 0, 8, 1, 0, 0, 0, 3, 1, 2, 3])
    yield pictures
    yield labels
    yield gzip.compress(pictures, mtime=0)
    yield gzip.compress(labels[:8], mtime=0) + gzip.compress(labels[8:], mtime=0)


def cifar():
    yield bytes([1, 2, 9])
    yield bytes([10])


def images():
    yield image("PNG")
    yield image("PNG", "L")
    yield image("PNG", "P")
    yield image("PNG", "RGBA")
    yield image("PNG", "1")
    yield image("JPEG", quality=50)
    yield image("JPEG", "L", quality=50)
    yield image("JPEG", quality=50, progressive=True, subsampling=2)
    yield image("JPEG", "CMYK", quality=20)


def trace_import():
    def file(array):
        content = io.BytesIO()
        np.save(content, array)
        return content.getvalue()

    labels = file(np.array([0, 1], "<i8"))
    padded = labels + b""
    assert len(padded) % 4 == 0
    size = bytes([len(padded) >> 2])
    yield b"\x00" + size + padded + file(np.array([[1, 2], [3, 0]], "<f4"))
    yield b"\x01" + size + padded + file(np.array([[0.25, 0.75], [1, 0]], "<f4"))
    yield b"\x01" + size + padded + file(np.array([1, 0], "<i8"))


def database(application, statements):
    with tempfile.TemporaryDirectory() as folder:
        connection = sqlite3.connect(f"{folder}/x")
        connection.execute("PRAGMA page_size = 512")
        connection.execute(f"PRAGMA application_id = {application}")
        connection.execute("PRAGMA user_version = 1")
        connection.executescript(statements)
        connection.commit()
        connection.close()
        return Path(f"{folder}/x").read_bytes()


METADATA = {
    "modelName": "m",
    "modelDigest": "",
    "precision": "",
    "preprocessing": "",
    "dataset": "d",
    "split": "s",
    "classes": ["a", "b"],
    "exitCount": 1,
    "multiplyAccumulates": [],
    "createdBy": "f",
    "createdAt": 0,
}


def trace_file():
    yield database(
        0x48495452,
        f"""
        CREATE TABLE trace (metadata TEXT);
        CREATE TABLE sample (position INTEGER PRIMARY KEY, sampleIndex INTEGER, label INTEGER);
        CREATE TABLE answer (position, exit, prediction INTEGER, confidence REAL, runnerUp REAL,
          entropy REAL, logSumExp REAL, logits BLOB);
        INSERT INTO trace VALUES ('{json.dumps(METADATA)}');
        INSERT INTO sample VALUES (0, 5, 1);
        INSERT INTO answer VALUES (0, 1, 1, 0.75, 0.25, 0.5, 1.5, x'0000803f00000040');
        """,
    )


def recording_file():
    metadata = json.dumps({"local": METADATA, "remoteName": "r", "remoteDigest": ""})
    yield database(
        0x48495243,
        f"""
        CREATE TABLE recording (metadata TEXT);
        CREATE TABLE event (id INTEGER PRIMARY KEY, sampleIndex INTEGER, label INTEGER);
        CREATE TABLE answer (event, shadow, exit, prediction INTEGER, confidence REAL,
          runnerUp REAL, entropy REAL, logSumExp REAL);
        CREATE TABLE shadow (event, prediction INTEGER, confidence REAL);
        INSERT INTO recording VALUES ('{metadata}');
        INSERT INTO event VALUES (1, 5, 1);
        INSERT INTO answer VALUES (1, 1, 1, 1, 0.75, 0.25, 0.5, 1.5);
        INSERT INTO shadow VALUES (1, 1, 0.9);
        """,
    )


SEEDS = {
    "wire-request": wire_request,
    "wire-response": wire_response,
    "raw": raw,
    "rest-binary": rest_binary,
    "rest-json": rest_json,
    "rest-compression": rest_compression,
    "rest-response": rest_response,
    "protobuf-request": protobuf_request,
    "protobuf-bounds": protobuf_request,
    "protobuf-others": protobuf_others,
    "http2-framing": http2_framing,
    "policy": policy,
    "manifest": manifest,
    "serve-config": serve_config,
    "tokens": tokens,
    "npy": npy,
    "idx": idx,
    "cifar": cifar,
    "image": images,
    "trace-import": trace_import,
    "trace-file": trace_file,
    "recording-file": recording_file,
}


def main():
    root = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent / "Corpus"
    for name, seeds in SEEDS.items():
        folder = root / name
        folder.mkdir(parents=True, exist_ok=True)
        for number, content in enumerate(seeds(), 1):
            (folder / f"seed-{number}").write_bytes(content)


main()
