"""MLServer's runtime for a bundle: it has none for ONNX of its own."""

import numpy as np
from bundle_model import BundleModel
from mlserver import MLModel
from mlserver.types import InferenceRequest, InferenceResponse, ResponseOutput


class BundleRuntime(MLModel):
    async def load(self):
        self.model = BundleModel(self.settings.parameters.uri)
        return True

    async def predict(self, payload: InferenceRequest) -> InferenceResponse:
        # Not NumpyCodec, which copies more often and looks for NaN: this is the quicker way.
        (tensor,) = payload.inputs
        data = getattr(tensor.data, "root", tensor.data)
        samples = np.array(data, np.uint8).reshape(tensor.shape)
        logits = self.model.logits(samples)
        output = ResponseOutput(name="logits", datatype="FP32", shape=list(logits.shape), data=logits.ravel().tolist())
        return InferenceResponse(model_name=self.name, outputs=[output])
