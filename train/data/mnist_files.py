"""MNIST's files: found, downloaded, and read from IDX or NPZ."""

import gzip
import struct
import zipfile
import zlib
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from edge_app.common.errors import DataError

MNIST_URL = "https://storage.googleapis.com/cvdf-datasets/mnist"
# SHA-256 of the four files as TensorFlow Datasets publishes them; their MD5 are those
# of Yann LeCun's original files.
MNIST_SHA256 = {
    "train-images-idx3-ubyte.gz": (
        "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"
    ),
    "train-labels-idx1-ubyte.gz": (
        "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"
    ),
    "t10k-images-idx3-ubyte.gz": (
        "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"
    ),
    "t10k-labels-idx1-ubyte.gz": (
        "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"
    ),
}
_UNSIGNED_BYTE = 0x08  # the IDX type code of MNIST's files


def download(
    name: str, *, base_url: str = MNIST_URL, cache_dir: Path | None = None
) -> Path:
    """Return the path of an MNIST file, downloading it into the cache if needed.

    Args:
        name: A key of `MNIST_SHA256`.
        base_url: Where the files are.
        cache_dir: An existing folder; `None` for Keras' own, `~/.keras`.

    Raises:
        DataError: The download failed or its hash is wrong.
    """
    advice = "fetch MNIST's four .gz files yourself and pass their folder with --data"
    return fetched(
        f"{base_url}/{name}",
        sha256=MNIST_SHA256[name],
        folder="mnist",
        cache_dir=cache_dir,
        advice=advice,
    )


def fetched(
    url: str, *, sha256: str, folder: str, advice: str, cache_dir: Path | None = None
) -> Path:
    """Return the path of a file, downloading it into the cache if needed.

    Args:
        url: Where it is.
        sha256: What it must be.
        folder: Of the cache, below `datasets`.
        advice: What a user can do where nothing can be downloaded.
        cache_dir: An existing folder; `None` for Keras' own, `~/.keras`.

    Raises:
        DataError: The download failed or its hash is wrong.
    """
    import keras

    try:
        path = keras.utils.get_file(
            url.rsplit("/", 1)[1],
            origin=url,
            cache_subdir=f"datasets/{folder}",
            cache_dir=cache_dir,
            file_hash=sha256,
        )
    except Exception as error:  # the bare class is what get_file raises
        raise DataError(f"{url}: download failed ({error}); {advice}") from error
    return Path(path)


def read_idx(path: Path) -> NDArray[np.uint8]:
    """Read an IDX file of unsigned bytes, gzipped if its name ends in .gz.

    The format: two zero bytes, a type code, the number of dimensions, each dimension
    as a big-endian int32, the data (http://yann.lecun.com/exdb/mnist/).

    Raises:
        DataError: Not such a file, or cut short.
    """
    try:
        content = path.read_bytes()
        if path.suffix == ".gz":
            content = gzip.decompress(content)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{path}: cannot be read ({error}); fetch it again") from error
    if len(content) < 4 or content[:3] != bytes([0, 0, _UNSIGNED_BYTE]):
        raise DataError(f"{path}: not an IDX file of unsigned bytes")
    num_dimensions = content[3]
    start = 4 + 4 * num_dimensions
    if len(content) < start:
        raise DataError(f"{path}: cut short within its header; fetch it again")
    shape = struct.unpack(f">{num_dimensions}I", content[4:start])
    expected = int(np.prod(shape, dtype=np.int64))
    if len(content) - start != expected:
        raise DataError(
            f"{path}: {expected} bytes of data expected for shape {shape}, got "
            f"{len(content) - start}; fetch it again"
        )
    return np.frombuffer(content, np.uint8, offset=start).reshape(shape)


def read_npz(path: Path, names: tuple[str, str]) -> list[NDArray[np.uint8]]:
    """Return named arrays of an NPZ file.

    Raises:
        DataError: They are not there, or damaged.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            held = {Path(name).stem for name in archive.namelist()}
        if missing := set(names) - held:
            raise DataError(
                f"{path}: arrays {', '.join(names)} expected, as in Keras' mnist.npz; "
                f"{', '.join(sorted(missing))} not there"
            )
        with np.load(path, allow_pickle=False) as arrays:
            found = [arrays[name] for name in names]
    except (OSError, EOFError, ValueError, zipfile.BadZipFile, zlib.error) as error:
        raise DataError(
            f"{path}: not an NPZ file that can be read ({error}); fetch it again"
        ) from error
    for name, array in zip(names, found, strict=True):
        if array.dtype != np.uint8:
            raise DataError(f"{path}: {name} of uint8 expected, got {array.dtype}")
    return found


def find_file(folder: Path, name: str) -> Path:
    """Return the path of an IDX file in a folder, gzipped or not.

    Raises:
        DataError: It is not there.
    """
    for path in (folder / name, folder / name.removesuffix(".gz")):
        if path.is_file():
            return path
    raise DataError(
        f"{folder / name}: not found; --data must name the folder that holds MNIST's "
        "four IDX files, or an NPZ file"
    )
