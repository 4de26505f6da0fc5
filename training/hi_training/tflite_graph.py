"""A TensorFlow Lite file as an ONNX graph: the operators of image classifiers, float or quantised.

Tensors turn from NHWC to NCHW. A quantised graph stays quantised: every activation goes through the
rounding that the file prescribes (QDQ), so integer runtimes find the integers again. A softmax at the end
is left out, because bundles answer with logits. Samples of another size are resized in the graph.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import tflite
from onnx import helper, numpy_helper

from . import TrainingError

TYPES = {0: np.float32, 2: np.int32, 3: np.uint8, 9: np.int8}
ACTIVATIONS = {0: None, 1: "Relu", 3: "Relu6"}
SAME = 0


class Converter:
    """Reads one file; `model` is its ONNX twin.

    `sample` is the height and width of the samples where they are not those that the network takes. `skip` is
    the number of classes left out at the front: ImageNet's networks in this format know a 0th, "background".
    """

    def __init__(self, path: Path, sample: tuple[int, int] | None = None, skip: int = 0) -> None:
        self.path, self.sample, self.skip = path, sample, skip
        try:
            self.file = tflite.Model.GetRootAs(path.read_bytes(), 0)
            self.graph = self.file.Subgraphs(0)
            inputs = self.graph.Inputs(0)
        except FileNotFoundError:
            raise TrainingError(f"{path} does not exist.") from None
        except Exception as error:  # the parser raises whatever the damage leads to
            raise TrainingError(f"{path} is not a TensorFlow Lite model ({type(error).__name__}).") from None
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []
        self.names: dict[int, str] = {}
        self.multiply_accumulates = self.parameters = 0
        self.shape = self._shape(inputs)[1:]  # height, width, channels
        self.quantised = self._scale(inputs) is not None
        self.names[inputs] = self._rounded(self._resized("image"), inputs)
        for place in range(self.graph.OperatorsLength()):
            self._convert(self.graph.Operators(place))
        self.classes = int(self._shape(self.graph.Outputs(0))[-1]) - skip
        self.model = self._finish()

    # What the file says of a tensor

    def _shape(self, tensor: int) -> list[int]:
        return [int(n) for n in self.graph.Tensors(tensor).ShapeAsNumpy()]

    def _scale(self, tensor: int) -> tuple[np.ndarray, np.ndarray, int] | None:
        """Scales, zero points and the dimension that they run along."""
        rule = self.graph.Tensors(tensor).Quantization()
        if rule is None or rule.ScaleLength() == 0:
            return None
        return rule.ScaleAsNumpy(), rule.ZeroPointAsNumpy(), rule.QuantizedDimension()

    def _data(self, tensor: int) -> np.ndarray:
        entry = self.graph.Tensors(tensor)
        if entry.Type() not in TYPES:
            raise TrainingError(f"{self.path}: tensors of type {entry.Type()} cannot be converted.")
        content = self.file.Buffers(entry.Buffer()).DataAsNumpy()
        return np.frombuffer(content.tobytes(), TYPES[entry.Type()]).reshape(self._shape(tensor))

    # Pieces of the ONNX graph

    def _node(self, kind: str, inputs: list[str], **attributes: object) -> str:
        output = f"{kind.lower()}{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def _constant(self, values: np.ndarray) -> str:
        name = f"constant{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.asarray(values, order="C"), name))
        return name

    def _resized(self, name: str) -> str:
        """Bilinear, without antialiasing, as `torch.nn.functional.interpolate` does it."""
        if self.sample in (None, tuple(self.shape[:2])):
            return name
        sides = self._constant(np.int64(self.shape[:2]))
        return self._node("Resize", [name, "", "", sides], mode="linear", axes=[2, 3])

    def _rounded(self, name: str, tensor: int) -> str:
        """Through the quantisation of `tensor`, where it has one."""
        rule = self._scale(tensor)
        if rule is None:
            return name
        kind = TYPES[self.graph.Tensors(tensor).Type()]
        scale, zero = self._constant(np.float32(rule[0][0])), self._constant(kind(rule[1][0]))
        return self._node("DequantizeLinear", [self._node("QuantizeLinear", [name, scale, zero]), scale, zero])

    def _weights(self, tensor: int, order: tuple[int, ...] | None = None) -> str:
        values, rule = self._data(tensor), self._scale(tensor)
        self.parameters += values.size
        if order:
            values = values.transpose(order)
        if rule is None:
            return self._constant(values)
        scales, zeros, axis = rule
        zeros = zeros.astype(values.dtype)
        if len(scales) == 1:
            scale, zero, attributes = self._constant(scales[0]), self._constant(zeros[0]), {}
        else:
            attributes = {"axis": order.index(axis) if order else axis}
            scale, zero = self._constant(scales), self._constant(zeros)
        return self._node("DequantizeLinear", [self._constant(values), scale, zero], **attributes)

    # Operators

    def _convert(self, operator: tflite.Operator) -> None:
        entry = self.file.OperatorCodes(operator.OpcodeIndex())
        code = max(entry.BuiltinCode(), entry.DeprecatedBuiltinCode())
        known = {
            tflite.BuiltinOperator.CONV_2D: self._convolution,
            tflite.BuiltinOperator.DEPTHWISE_CONV_2D: self._convolution,
            tflite.BuiltinOperator.AVERAGE_POOL_2D: self._pool,
            tflite.BuiltinOperator.MAX_POOL_2D: self._pool,
            tflite.BuiltinOperator.ADD: self._add,
            tflite.BuiltinOperator.FULLY_CONNECTED: self._linear,
            tflite.BuiltinOperator.RESHAPE: self._flatten,
            tflite.BuiltinOperator.SOFTMAX: self._softmax,
        }
        if code not in known:
            raise TrainingError(f"{self.path}: the operator {code} cannot be converted; it is not one of a classifier.")
        inputs = [operator.Inputs(k) for k in range(operator.InputsLength())]
        output = operator.Outputs(0)
        self.names[output] = known[code](operator, code, inputs, output)

    def _convolution(self, operator: tflite.Operator, code: int, inputs: list[int], output: int) -> str:
        depthwise = code == tflite.BuiltinOperator.DEPTHWISE_CONV_2D
        options = self._options(operator, tflite.DepthwiseConv2DOptions if depthwise else tflite.Conv2DOptions)
        height, width = self._shape(inputs[1])[1:3]
        channels = self._shape(inputs[0])[3]
        # CONV_2D keeps weights as OHWI, DEPTHWISE_CONV_2D as 1HWO.
        weights = self._weights(inputs[1], (3, 0, 1, 2) if depthwise else (0, 3, 1, 2))
        tensors = [self.names[inputs[0]], weights]
        if len(inputs) > 2 and inputs[2] >= 0:
            tensors.append(self._weights(inputs[2]))
        result = self._shape(output)
        self.multiply_accumulates += int(np.prod(result)) * height * width * (1 if depthwise else channels)
        name = self._node(
            "Conv", tensors, kernel_shape=[height, width], strides=[options.StrideH(), options.StrideW()],
            dilations=[options.DilationHFactor(), options.DilationWFactor()], group=channels if depthwise else 1,
            pads=self._pads(options, inputs[0], output, (height, width)),
        )  # fmt: skip
        return self._rounded(self._activated(name, options), output)

    def _pool(self, operator: tflite.Operator, code: int, inputs: list[int], output: int) -> str:
        options = self._options(operator, tflite.Pool2DOptions)
        kernel = (options.FilterHeight(), options.FilterWidth())
        name = self._node(
            "AveragePool" if code == tflite.BuiltinOperator.AVERAGE_POOL_2D else "MaxPool",
            [self.names[inputs[0]]], kernel_shape=list(kernel), strides=[options.StrideH(), options.StrideW()],
            pads=self._pads(options, inputs[0], output, kernel),
        )  # fmt: skip
        return self._rounded(self._activated(name, options), output)

    def _add(self, operator: tflite.Operator, _: int, inputs: list[int], output: int) -> str:
        name = self._node("Add", [self.names[tensor] for tensor in inputs])
        return self._rounded(self._activated(name, self._options(operator, tflite.AddOptions)), output)

    def _linear(self, operator: tflite.Operator, _: int, inputs: list[int], output: int) -> str:
        tensors = [self._flat(inputs[0]), self._weights(inputs[1])]
        if len(inputs) > 2 and inputs[2] >= 0:
            tensors.append(self._weights(inputs[2]))
        self.multiply_accumulates += int(np.prod(self._shape(inputs[1])))
        name = self._node("Gemm", tensors, transB=1)
        return self._rounded(self._activated(name, self._options(operator, tflite.FullyConnectedOptions)), output)

    def _flatten(self, _: tflite.Operator, __: int, inputs: list[int], output: int) -> str:
        if len(self._shape(output)) != 2:
            raise TrainingError(f"{self.path}: a reshape to {self._shape(output)} cannot be converted.")
        return self._flat(inputs[0])

    def _softmax(self, _: tflite.Operator, __: int, inputs: list[int], output: int) -> str:
        if output != self.graph.Outputs(0):
            raise TrainingError(f"{self.path}: a softmax that is not the end cannot be converted.")
        return self.names[inputs[0]]

    def _flat(self, tensor: int) -> str:
        """[N, ...] to [N, values], in the order of NHWC."""
        shape, name = self._shape(tensor), self.names[tensor]
        if len(shape) != 4:
            return name
        if shape[1] * shape[2] > 1:
            name = self._node("Transpose", [name], perm=[0, 2, 3, 1])
        return self._node("Flatten", [name], axis=1)

    def _activated(self, name: str, options: object) -> str:
        activation = options.FusedActivationFunction()
        if activation not in ACTIVATIONS:
            raise TrainingError(f"{self.path}: the activation {activation} cannot be converted.")
        if ACTIVATIONS[activation] == "Relu6":
            return self._node("Clip", [name, self._constant(np.float32(0)), self._constant(np.float32(6))])
        return self._node("Relu", [name]) if ACTIVATIONS[activation] else name

    @staticmethod
    def _options(operator: tflite.Operator, kind: type) -> object:
        options = kind()
        table = operator.BuiltinOptions()
        options.Init(table.Bytes, table.Pos)
        return options

    def _pads(self, options: object, source: int, output: int, kernel: tuple[int, int]) -> list[int]:
        """TensorFlow's SAME puts the odd pixel on the right and at the bottom."""
        if options.Padding() != SAME:
            return [0, 0, 0, 0]
        strides = (options.StrideH(), options.StrideW())
        dilations = (getattr(options, "DilationHFactor", lambda: 1)(), getattr(options, "DilationWFactor", lambda: 1)())
        before, after = [], []
        for axis in (0, 1):
            have, want = self._shape(source)[1 + axis], self._shape(output)[1 + axis]
            reach = (kernel[axis] - 1) * dilations[axis] + 1
            total = max(0, (want - 1) * strides[axis] + reach - have)
            before.append(total // 2)
            after.append(total - total // 2)
        return before + after

    def _finish(self) -> onnx.ModelProto:
        answer = self.names[self.graph.Outputs(0)]
        if self.skip:
            bounds = [self._constant(np.int64([n])) for n in (self.skip, self.skip + self.classes, 1)]
            answer = self._node("Slice", [answer, *bounds])
        self.nodes.append(helper.make_node("Identity", [answer], ["logits1"]))
        height, width = self.sample or self.shape[:2]
        channels = self.shape[2]
        graph = helper.make_graph(
            self.nodes, "main_graph",
            [helper.make_tensor_value_info("image", onnx.TensorProto.FLOAT, ["N", channels, height, width])],
            [helper.make_tensor_value_info("logits1", onnx.TensorProto.FLOAT, ["N", self.classes])],
            self.constants,
        )  # fmt: skip
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
        onnx.checker.check_model(model, full_check=True)
        return model
