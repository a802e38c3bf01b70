"""The graph of an ONNX file: copied, checked, its tensors named alike each time."""

from collections.abc import Sequence

import onnx

from convert.formats.forms import INPUT, OUTPUT


def name_sides(value: onnx.ValueInfoProto, names: tuple[str, str]) -> None:
    """Name a picture's free sides, which tf2onnx numbers on through a process."""
    for side, name in zip(value.type.tensor_type.shape.dim[1:3], names, strict=True):
        side.dim_param = name


def copy(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model that may be changed while the other one stays."""
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    return copy


def checked(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return a model whose graph is sound, its shapes as well."""
    onnx.checker.check_model(model, full_check=True)  # shapes too
    return model


def renamed(
    model: onnx.ModelProto, outputs: Sequence[str] = (OUTPUT,)
) -> onnx.ModelProto:
    """Name tensors by what and where they are, the same at each conversion.

    tf2onnx numbers nodes on through a process.
    """
    graph = model.graph
    names = {graph.input[0].name: INPUT}
    names |= {
        value.name: name for value, name in zip(graph.output, outputs, strict=True)
    }
    for index, node in enumerate(graph.node):
        node.name = f"{node.op_type}_{index}"
        for number, name in enumerate(node.output):
            names.setdefault(name, f"{node.name}_out{number or ''}")
        for number, name in enumerate(node.input):
            if name:  # an input left out has no name
                names.setdefault(name, f"{node.name}_in{number}")
    for node in graph.node:
        node.input[:] = [names.get(name, "") for name in node.input]
        node.output[:] = [names.get(name, "") for name in node.output]
    for value in (*graph.input, *graph.output, *graph.initializer):
        value.name = names.get(value.name, value.name)
    initializers = sorted(graph.initializer, key=lambda initializer: initializer.name)
    del graph.initializer[:], graph.value_info[:]
    graph.initializer.extend(initializers)
    graph.name, graph.doc_string = "model", ""
    for value in (*graph.input, *graph.output):
        batch = value.type.tensor_type.shape.dim[0]
        if not batch.HasField("dim_value"):
            batch.dim_param = "batch"
    return onnx.shape_inference.infer_shapes(model, strict_mode=True)
