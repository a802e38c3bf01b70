"""Files as others write them: photographs, clips, MNIST's archives, pen strokes."""

import gzip
import struct

import cv2
import numpy as np


def jpeg(image, *, orientation, order="<"):
    """A JPEG with an EXIF segment that says how the camera was held."""
    ok, content = cv2.imencode(".jpg", image)
    assert ok
    mark = {"<": b"II", ">": b"MM"}[order]
    width = struct.pack(order + "HHIHH", 0x0100, 3, 1, image.shape[1], 0)
    entry = struct.pack(order + "HHIHH", 0x0112, 3, 1, orientation, 0)
    tiff = mark + struct.pack(order + "HIH", 42, 8, 2) + width + entry + bytes(4)
    segment = b"Exif\0\0" + tiff
    header = b"\xff\xe1" + struct.pack(">H", len(segment) + 2)
    data = content.tobytes()
    return data[:2] + header + segment + data[2:]


def write_idx(path, array):
    """Write an array as MNIST's are."""
    header = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    path.write_bytes(gzip.compress(header + array.astype(np.uint8).tobytes(), 1))


def write_strokes(folder, name, samples):
    """Write samples as (label, writer, strokes), as UNIPEN's are stored."""
    points, stroke_ends, sample_ends = [], [], []
    for _, _, strokes in samples:
        for stroke in strokes:
            points += stroke
            stroke_ends.append(len(points))
        sample_ends.append(len(stroke_ends))
    np.savez(
        folder / f"{name}.npz",
        points=np.array(points, np.int16),
        stroke_ends=np.array(stroke_ends, np.int32),
        sample_ends=np.array(sample_ends, np.int32),
        labels=np.array([label for label, _, _ in samples]),
        writers=np.array([writer for _, writer, _ in samples]),
    )


def write_clip(path, images, *, fourcc="MJPG", fps=5):
    """Write a video file of images of one size."""
    images = list(images)
    size_wh = images[0].shape[1::-1]
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*fourcc), fps, size_wh)
    for image in images:
        writer.write(image)
    writer.release()
    return path


def write_shades(path, **options):
    """Write a video file of ten small gray frames; their gray levels."""
    shades = range(20, 220, 20)
    images = [np.full((48, 64, 3), shade, np.uint8) for shade in shades]
    write_clip(path, images, **options)
    return shades
