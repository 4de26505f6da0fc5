"""Drives a running server with unmodified tritonclient, over HTTP and gRPC.

    python open_inference.py HTTP_PORT GRPC_PORT MODEL INPUT ROWS COLUMNS

The model takes UINT8 [N, 1, ROWS, COLUMNS] under the name INPUT. What must hold is asserted; both
protocols, all encodings and every way to give the same samples must agree within rounding: the
server is free to run them in other batches.
"""

import io
import sys

import numpy
import tritonclient.grpc
import tritonclient.http
from PIL import Image
from tritonclient.utils import InferenceServerException

OUTPUTS = ["logits", "probabilities", "class", "confidence"]


class Server:
    """One protocol's view of the server."""

    def __init__(self, protocol, address, model, name):
        self.protocol = protocol
        self.client = protocol.InferenceServerClient(address)
        self.model = model
        self.name = name
        self.is_http = protocol is tritonclient.http

    def input(self, array, datatype, **options):
        tensor = self.protocol.InferInput(self.name, list(array.shape), datatype)
        tensor.set_data_from_numpy(array, **options)
        return tensor

    def infer(self, array, datatype="UINT8", wanted=(), options=None, **arguments):
        outputs = [self.protocol.InferRequestedOutput(name, **(options or {})) for name in wanted]
        return self.client.infer(
            self.model, [self.input(array, datatype)], outputs=outputs or None, **arguments
        )

    def refusal(self, call):
        try:
            call()
        except InferenceServerException as error:
            return error.status() or "", error.message()
        raise AssertionError("an error was expected")


def everything(result):
    return {name: result.as_numpy(name) for name in OUTPUTS}


def same(one, other):
    return all(numpy.allclose(one[name], other[name], rtol=0, atol=1e-4) for name in OUTPUTS)


def check_facts(server):
    client, model = server.client, server.model
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(model)
    assert not client.is_model_ready("none")
    if server.is_http:
        facts, metadata = client.get_server_metadata(), client.get_model_metadata(model)
        config = client.get_model_config(model)
        index = client.get_model_repository_index()
        statistics = client.get_inference_statistics(model)["model_stats"]
    else:
        facts = client.get_server_metadata(as_json=True)
        metadata = client.get_model_metadata(model, as_json=True)
        config = client.get_model_config(model, as_json=True)["config"]
        index = client.get_model_repository_index(as_json=True)["models"]
        statistics = client.get_inference_statistics(model, as_json=True)["model_stats"]
    assert "binary_tensor_data" in facts["extensions"]
    assert metadata["name"] == config["name"] == index[0]["name"] == statistics[0]["name"] == model
    assert [output["name"] for output in metadata["outputs"]] == OUTPUTS
    assert config["input"][0]["data_type"] == "TYPE_UINT8" and index[0]["state"] == "READY"


def check_answers(server, samples):
    whole = everything(server.infer(samples))
    count = len(samples)
    assert whole["logits"].shape == whole["probabilities"].shape and whole["class"].shape == (count,)
    assert whole["logits"].dtype == numpy.float32 and whole["class"].dtype == numpy.int64
    assert (whole["class"] == whole["logits"].argmax(1)).all()
    exponentials = numpy.exp(whole["logits"].astype(float))
    softmax = exponentials / exponentials.sum(1, keepdims=True)
    assert numpy.abs(softmax - whole["probabilities"]).max() < 1e-6
    assert numpy.allclose(whole["confidence"], whole["probabilities"].max(1), atol=1e-6)

    assert same(whole, everything(server.infer(samples.astype(numpy.float32), "FP32")))
    assert same(whole, everything(server.infer(samples, wanted=OUTPUTS)))
    only = server.infer(samples, wanted=["class"], request_id="seven")
    assert only.as_numpy("logits") is None and only.get_response()
    response = only.get_response()
    assert (response["id"] if server.is_http else response.id) == "seven"

    top = server.infer(samples, wanted=["probabilities"], options={"class_count": 2})
    for row, texts in zip(whole["probabilities"], top.as_numpy("probabilities")):
        order = row.argsort()[::-1][:2]
        for place, text in zip(order, texts):
            value, index, _ = text.decode().split(":")
            assert int(index) == place and numpy.float32(value) == row[place]
    return whole


def check_encodings(server, samples, whole):
    if server.is_http:
        tensor = server.input(samples, "UINT8", binary_data=False)
        assert same(whole, everything(server.client.infer(server.model, [tensor])))
        wanted = [
            server.protocol.InferRequestedOutput(name, binary_data=binary)
            for name, binary in zip(OUTPUTS, [True, False, False, True])
        ]
        mixed = server.client.infer(server.model, [tensor], outputs=wanted)
        assert same(whole, everything(mixed))
        for one in ["gzip", "deflate"]:
            for other in ["gzip", "deflate"]:
                result = server.infer(
                    samples,
                    request_compression_algorithm=one,
                    response_compression_algorithm=other,
                )
                assert same(whole, everything(result))
    else:
        for algorithm in ["gzip", "deflate"]:
            assert same(whole, everything(server.infer(samples, compression_algorithm=algorithm)))


def check_images(server, samples, whole):
    files = []
    for sample in samples:
        file = io.BytesIO()
        Image.fromarray(sample[0]).save(file, "PNG")
        files.append(file.getvalue())
    assert same(whole, everything(server.infer(numpy.array(files, dtype=object), "BYTES")))

    # A larger picture is resized as Pillow does it, so sending its resized form is the same.
    rows, columns = samples.shape[2:]
    large = numpy.random.default_rng(8).integers(0, 256, (rows * 2 + 3, columns * 3), numpy.uint8)
    small = Image.fromarray(large).resize((columns, rows), Image.Resampling.BILINEAR)
    direct = everything(server.infer(numpy.asarray(small)[None, None]))
    resized = everything(server.infer(large[None, None]))
    assert numpy.abs(direct["logits"] - resized["logits"]).max() < 0.05


def check_refusals(server, samples):
    def expect(call, http, grpc, word):
        status, message = server.refusal(call)
        assert str(http if server.is_http else grpc) in status, (status, message)
        assert word in message, message

    model, client = server.model, server.client
    tensor = server.input(samples, "UINT8")
    expect(lambda: client.infer("none", [tensor]), 404, "NOT_FOUND", "none")
    expect(lambda: client.infer(model, [tensor], model_version="99"), 404, "NOT_FOUND", "99")
    expect(lambda: server.infer(samples[:, :, 0]), 400, "INVALID_ARGUMENT", "[N, ")
    expect(lambda: server.infer(samples, wanted=["boxes"]), 400, "INVALID_ARGUMENT", "boxes")
    bad = numpy.array([b"no image"], dtype=object)
    expect(lambda: server.infer(bad, "BYTES"), 400, "INVALID_ARGUMENT", "PNG")
    expect(
        lambda: client.infer(model, [tensor], sequence_id=5, sequence_start=True),
        501, "UNIMPLEMENTED", "sequence",
    )
    # Time-out and priority are read; this one leaves time enough.
    assert client.infer(model, [tensor], timeout=30_000_000, priority=1).as_numpy("class") is not None


def check_repository(server):
    client, model = server.client, server.model
    client.unload_model(model)
    assert client.is_server_live() and not client.is_model_ready(model)
    client.load_model(model)
    assert client.is_model_ready(model)


def main():
    http_port, grpc_port, model, name, rows, columns = sys.argv[1:]
    shape = (5, 1, int(rows), int(columns))
    samples = numpy.random.default_rng(0).integers(0, 256, shape, numpy.uint8)
    answers = []
    for protocol, port in [(tritonclient.http, http_port), (tritonclient.grpc, grpc_port)]:
        server = Server(protocol, f"127.0.0.1:{port}", model, name)
        check_facts(server)
        whole = check_answers(server, samples)
        check_encodings(server, samples, whole)
        check_images(server, samples, whole)
        check_refusals(server, samples)
        check_repository(server)
        answers.append(whole)
    assert same(*answers)
    print("tritonclient agrees over HTTP and gRPC")


if __name__ == "__main__":
    main()
