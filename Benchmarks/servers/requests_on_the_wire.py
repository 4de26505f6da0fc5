"""The bytes of one request in every protocol, made by tritonclient where it speaks it."""

import struct

import tritonclient.http as triton_http
from tritonclient.grpc import service_pb2


def inputs(module, name, sample, **keywords):
    tensor = module.InferInput(name, [1, *sample.shape], "UINT8")
    tensor.set_data_from_numpy(sample[None], **keywords)
    return [tensor]


def rest(model, name, sample, port, binary):
    """A whole HTTP/1.1 request."""
    body, length = triton_http.InferenceServerClient.generate_request_body(
        inputs(triton_http, name, sample, binary_data=binary),
        outputs=[triton_http.InferRequestedOutput("logits", binary_data=binary)],
    )
    head = f"POST /v2/models/{model}/infer HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    if length is not None:
        head += f"Inference-Header-Content-Length: {length}\r\n"
        head += "Content-Type: application/octet-stream\r\n"
    else:
        head += "Content-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + bytes(body)


def grpc(model, name, sample):
    """A `ModelInferRequest` with its tensor raw."""
    request = service_pb2.ModelInferRequest(model_name=model)
    tensor = request.inputs.add(name=name, datatype="UINT8", shape=[1, *sample.shape])
    del tensor
    request.outputs.add(name="logits")
    request.raw_input_contents.append(sample.tobytes())
    return request.SerializeToString()


def wire(sample):
    """An `infer` frame of the HI wire protocol."""
    dims = struct.pack(f"<{sample.ndim}I", *sample.shape)
    rest = struct.pack("<BBHIIBBH", 1, 1, 0, 1, 0, 1, sample.ndim, 0) + dims + sample.tobytes()
    return struct.pack("<I", len(rest)) + rest
