"""A plain FastAPI server of one model: the Open Inference Protocol over REST, binary tensors included.

    MODEL=BUNDLE uvicorn fastapi_server:app --workers 2

Each worker process has a session of its own; the model runs in the process's thread pool, as it would
otherwise hold up the event loop.
"""

import os

import numpy as np
import orjson
from bundle_model import BundleModel
from fastapi import FastAPI, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

app = FastAPI(openapi_url=None)
model = BundleModel(os.environ["MODEL"])
LENGTH = "inference-header-content-length"


@app.get("/v2/models/{name}/ready")
async def ready(name: str):
    return {"name": name, "ready": name == model.name}


@app.post("/v2/models/{name}/infer")
async def infer(name: str, request: Request):
    if name != model.name:
        raise HTTPException(404, f"There is no model {name}.")
    body = await request.body()
    length = int(request.headers.get(LENGTH, len(body)))
    try:
        document = orjson.loads(body[:length])
        (tensor,) = document["inputs"]
        if tensor["datatype"] != "UINT8" or tensor["shape"][1:] != model.shape:
            raise ValueError("the input is no batch of samples")
        if "data" in tensor:
            samples = np.array(tensor["data"], np.uint8)
        else:
            size = tensor["parameters"]["binary_data_size"]
            samples = np.frombuffer(body, np.uint8, size, length)
        samples = samples.reshape(tensor["shape"])
    except (KeyError, ValueError, TypeError) as error:
        raise HTTPException(400, str(error)) from error
    logits = await run_in_threadpool(model.logits, samples)
    output = {"name": "logits", "datatype": "FP32", "shape": logits.shape}
    answer = {"model_name": name, "model_version": "1", "outputs": [output]}
    wanted = document.get("outputs") or [{}]
    if wanted[0].get("parameters", {}).get("binary_data"):
        output["parameters"] = {"binary_data_size": logits.nbytes}
        head = orjson.dumps(answer)
        return Response(
            head + logits.tobytes(),
            media_type="application/octet-stream",
            headers={LENGTH: str(len(head))},
        )
    output["data"] = logits.ravel()
    return Response(orjson.dumps(answer, option=orjson.OPT_SERIALIZE_NUMPY), media_type="application/json")
