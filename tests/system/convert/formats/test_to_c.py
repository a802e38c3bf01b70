"""C for TensorFlow Lite Micro: what compilers make of it is the .tflite's bytes."""

import re
import shutil
import subprocess

import pytest
from needed import need

need("onnx", reason="converting needs the group train")
need("ai_edge_litert", reason="its schema reads the model")

from convert.formats import read_tflite, to_c
from edge_app.common.errors import ConversionError
from edge_app.model import classify

LABELS = tuple("0123456789")
STEM = "report-int8"

CHECK = """\
#include <stdint.h>
#include <stdio.h>
#include "report-int8.h"
int main(void) {
  const char *labels[] = REPORT_INT8_LABELS;
  fwrite(report_int8, 1, report_int8_len, stdout);
  fprintf(stderr, "%u %u %s %s %d %.9g", report_int8_len,
          (unsigned)((uintptr_t)report_int8 % REPORT_INT8_ALIGNMENT), labels[0],
          labels[9], REPORT_INT8_INPUT_ZERO_POINT, REPORT_INT8_INPUT_SCALE);
  return 0;
}
"""
# What a program for a board writes: the operators that the header lists.
RESOLVER = """\
#include "report-int8.h"
struct Resolver {
  int count = 0;
  void AddConv2D() { ++count; }
  void AddFullyConnected() { ++count; }
  void AddMaxPool2D() { ++count; }
  void AddPack() { ++count; }
  void AddReshape() { ++count; }
  void AddShape() { ++count; }
  void AddSoftmax() { ++count; }
  void AddStridedSlice() { ++count; }
};
int main() {
  Resolver resolver;
  REPORT_INT8_REGISTER(resolver)
  return resolver.count == REPORT_INT8_NUM_OPERATORS ? 0 : 1;
}
"""


@pytest.fixture
def written(tmp_path):
    content = (classify.MODELS / "report-int8.tflite").read_bytes()
    graph = read_tflite.read(content)
    (tmp_path / f"{STEM}.c").write_text(to_c.source(STEM, content))
    (tmp_path / f"{STEM}.h").write_text(to_c.header(STEM, content, graph, LABELS))
    return tmp_path, content


def tool(name):
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def run(*command, cwd):
    done = subprocess.run(command, cwd=cwd, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done


def test_gcc(written):
    folder, content = written
    gcc = tool("gcc")
    (folder / "main.c").write_text(CHECK)
    strict = ["-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror"]
    run(gcc, *strict, "main.c", f"{STEM}.c", "-o", "check", cwd=folder)
    done = run(str(folder / "check"), cwd=folder)
    assert done.stdout == content
    said = done.stderr.decode().split()
    assert said[:5] == [str(len(content)), "0", "0", "9", "-128"]
    assert float(said[5]) == pytest.approx(1 / 255, rel=1e-4)


def test_the_resolver_in_cpp(written):
    folder, _ = written
    gpp = tool("g++")
    (folder / "main.cpp").write_text(RESOLVER)
    run(gpp, "-Wall", "-Werror", "main.cpp", "-o", "check", cwd=folder)
    run(str(folder / "check"), cwd=folder)


def test_arm_none_eabi_gcc(written):
    """For a Cortex-M4: read-only, of the right length, aligned, the same bytes."""
    folder, content = written
    gcc = tool("arm-none-eabi-gcc")
    board = ["-mcpu=cortex-m4", "-mthumb", "-Os", "-ffreestanding", "-Wall", "-Werror"]
    run(gcc, *board, "-c", f"{STEM}.c", "-o", "model.o", cwd=folder)
    prefix = gcc.removesuffix("gcc")
    dump = [f"{prefix}objcopy", "-O", "binary", "-j", ".rodata", "model.o", "data"]
    run(*dump, cwd=folder)
    symbols = run(f"{prefix}nm", "-S", "model.o", cwd=folder).stdout.decode()
    (at, size) = re.search(r"(\w+) (\w+) R report_int8\n", symbols).groups()
    assert int(size, 16) == len(content)
    start = int(at, 16)
    assert (folder / "data").read_bytes()[start : start + len(content)] == content
    sections = run(f"{prefix}objdump", "-h", "model.o", cwd=folder).stdout.decode()
    (power,) = re.search(r"\.rodata .*2\*\*(\d+)", sections).groups()
    assert start % to_c.ALIGNMENT == 0
    assert 2 ** int(power) >= to_c.ALIGNMENT


def test_bytes_can_be_read_back(written):
    folder, content = written
    assert to_c.bytes_in((folder / f"{STEM}.c").read_text()) == content


def test_identifiers():
    assert to_c.identifier("my model-int8") == "my_model_int8"
    assert to_c.identifier("5shapes-int8") == "_5shapes_int8"


def test_an_operator_that_boards_lack():
    from convert.inspect.graph import Graph, Operator

    graph = Graph("TFLite", (), (), (Operator("ERFINV", (), ()),), {})
    with pytest.raises(ConversionError, match="no operator for ERFINV"):
        to_c.resolver_methods(graph)
