"""TFLite -> C source and header for TensorFlow Lite Micro."""

import hashlib
import re

from convert.inspect.graph import Graph, Tensor
from edge_app.common.errors import ConversionError

ALIGNMENT = 16  # what TensorFlow Lite Micro's own examples align a model to
_BYTES_A_LINE = 12

# Methods of MicroMutableOpResolver, by TFLite's name of the operator:
# https://github.com/tensorflow/tflite-micro, micro_mutable_op_resolver.h.
_RESOLVER_METHODS = {
    "ADD": "AddAdd",
    "AVERAGE_POOL_2D": "AddAveragePool2D",
    "BATCH_MATMUL": "AddBatchMatMul",
    "CONCATENATION": "AddConcatenation",
    "CONV_2D": "AddConv2D",
    "DEPTHWISE_CONV_2D": "AddDepthwiseConv2D",
    "DEQUANTIZE": "AddDequantize",
    "ELU": "AddElu",
    "EXPAND_DIMS": "AddExpandDims",
    "FULLY_CONNECTED": "AddFullyConnected",
    "HARD_SWISH": "AddHardSwish",
    "L2_NORMALIZATION": "AddL2Normalization",
    "LEAKY_RELU": "AddLeakyRelu",
    "LOGISTIC": "AddLogistic",
    "LOG_SOFTMAX": "AddLogSoftmax",
    "MAXIMUM": "AddMaximum",
    "MAX_POOL_2D": "AddMaxPool2D",
    "MEAN": "AddMean",
    "MINIMUM": "AddMinimum",
    "MUL": "AddMul",
    "PACK": "AddPack",
    "PAD": "AddPad",
    "PADV2": "AddPadV2",
    "PRELU": "AddPrelu",
    "QUANTIZE": "AddQuantize",
    "REDUCE_MAX": "AddReduceMax",
    "RELU": "AddRelu",
    "RELU6": "AddRelu6",
    "RESHAPE": "AddReshape",
    "RESIZE_NEAREST_NEIGHBOR": "AddResizeNearestNeighbor",
    "SHAPE": "AddShape",
    "SLICE": "AddSlice",
    "SOFTMAX": "AddSoftmax",
    "SPLIT": "AddSplit",
    "SQUEEZE": "AddSqueeze",
    "STRIDED_SLICE": "AddStridedSlice",
    "SUB": "AddSub",
    "SUM": "AddSum",
    "TANH": "AddTanh",
    "TRANSPOSE": "AddTranspose",
    "TRANSPOSE_CONV": "AddTransposeConv",
}


def resolver_methods(graph: Graph) -> list[str]:
    """Return what a `MicroMutableOpResolver` must register, each once, sorted.

    Raises:
        ConversionError: TensorFlow Lite Micro lacks one of the operators.
    """
    kinds = sorted({operator.kind for operator in graph.operators})
    if missing := [kind for kind in kinds if kind not in _RESOLVER_METHODS]:
        raise ConversionError(
            f"TensorFlow Lite Micro has no operator for {', '.join(missing)}"
        )
    return [_RESOLVER_METHODS[kind] for kind in kinds]


def header(stem: str, content: bytes, graph: Graph, labels: tuple[str, ...]) -> str:
    """Return the C header: symbols, operators, tensors, labels.

    Args:
        stem: Of the files' names; a C identifier is made of it.
        content: The TFLite file.
        graph: What is in it.
        labels: What each output stands for.

    Raises:
        ConversionError: TensorFlow Lite Micro lacks an operator.
    """
    name = identifier(stem)
    operators = _operators(name.upper(), graph)
    quoted = ", ".join(f'"{_escaped(label)}"' for label in labels)
    (source,), (target,) = graph.inputs, graph.outputs
    return f"""\
/* Written by python -m convert. {stem}.tflite as a C array, for TensorFlow Lite Micro.
 * SHA-256 {hashlib.sha256(content).hexdigest()}
 *
 *   tflite::MicroMutableOpResolver<{name.upper()}_NUM_OPERATORS> resolver;
 *   {name.upper()}_REGISTER(resolver)
 *   const tflite::Model* model = tflite::GetModel({name});
 */
#ifndef {name.upper()}_H_
#define {name.upper()}_H_

#ifdef __cplusplus
extern "C" {{
#endif

#define {name.upper()}_ALIGNMENT {ALIGNMENT}

extern const unsigned char {name}[];
extern const unsigned int {name}_len;

{operators}

/* real = scale * (integer - zero_point) */
{_tensor(name.upper() + "_INPUT", source)}
{_tensor(name.upper() + "_OUTPUT", target)}

#define {name.upper()}_LABELS {{{quoted}}}

#ifdef __cplusplus
}}
#endif

#endif /* {name.upper()}_H_ */
"""


def source(stem: str, content: bytes) -> str:
    """Return the C source: the file's bytes, aligned."""
    name = identifier(stem)
    rows = [
        "  " + " ".join(f"0x{byte:02x}," for byte in content[i : i + _BYTES_A_LINE])
        for i in range(0, len(content), _BYTES_A_LINE)
    ]
    body = "\n".join(rows)
    return f"""\
/* Written by python -m convert. */
#include "{stem}.h"

#if defined(__GNUC__) || defined(__clang__)
__attribute__((aligned({ALIGNMENT})))
#elif defined(__cplusplus)
alignas({ALIGNMENT})
#else
_Alignas({ALIGNMENT})
#endif
const unsigned char {name}[] = {{
{body}
}};
const unsigned int {name}_len = sizeof {name};
"""


def bytes_in(source: str) -> bytes:
    """Return the bytes of the array in a C source, to compare them with the file's."""
    return bytes(int(digits, 16) for digits in re.findall(r"0x([0-9a-f]{2}),", source))


def identifier(stem: str) -> str:
    """Return a C identifier that is like a file's name."""
    name = re.sub(r"\W", "_", stem, flags=re.ASCII)
    return f"_{name}" if name[:1].isdigit() else name


def _operators(name: str, graph: Graph) -> str:
    methods = resolver_methods(graph)
    register = " \\\n".join(f"    (resolver).{method}();" for method in methods)
    return f"""\
/* The operators that a resolver must register. */
#define {name}_NUM_OPERATORS {len(methods)}
#define {name}_REGISTER(resolver) \\
{register}"""


def _tensor(name: str, tensor: Tensor) -> str:
    quantization = tensor.quantization
    if quantization is None:
        raise ConversionError(f"{tensor.name}: a quantized tensor expected for C")
    shape = ", ".join(str(size) for size in tensor.shape)
    return (
        f"#define {name}_SHAPE {{{shape}}} /* {tensor.dtype} */\n"
        f"#define {name}_SCALE {quantization.scales[0]!r}f\n"
        f"#define {name}_ZERO_POINT ({quantization.zero_points[0]})"
    )


def _escaped(label: str) -> str:
    plain = label.replace("\\", "\\\\").replace('"', '\\"')
    return "".join(c if c.isprintable() else "?" for c in plain)
