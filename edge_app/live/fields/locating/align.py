"""The place of a reference picture in a frame, after the camera was knocked."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from edge_app.live.fields.field import Place
from edge_app.live.fields.setup import Point

Matrix = NDArray[np.float64]

_MARK_IDS = (0, 1, 2, 3)


@dataclass(frozen=True)
class AlignLimits:
    """Limits of finding a reference picture in a frame.

    Attributes:
        compared_px: The longer side of pictures that are compared.
        refined_px: And of those that are laid over each other to the last pixel.
        num_features: Of a picture, at most.
        most_distance_ratio: Of the nearest feature and the next nearest: Lowe 2004,
            section 7.1.
        least_pairs: Of features that both pictures have.
        most_off_px: A pair that is farther from where the others say is none.
        least_correlation: Of two pictures that show the same.
        most_refined_px: Between where the features and the last pixel have a field's
            corner: a knocked camera sees it from another side, but hardly so.
        light_px: Deviation of the blur that leaves the light of a picture alone, in
            pixels of those that are laid over each other.
        least_detail_correlation: Of what they show besides their light.
        least_detail_gray: And how strong that is, in gray levels: the edges of shadows
            and the grain of paper reach 1.2, a single line of writing 3.
        most_scaled: A camera that is knocked is not carried away.
    """

    compared_px: int = 640
    refined_px: int = 320
    num_features: int = 1500
    most_distance_ratio: float = 0.8
    least_pairs: int = 12
    most_off_px: float = 3.0
    least_correlation: float = 0.6
    most_refined_px: float = 12.0
    light_px: float = 6.0
    least_detail_correlation: float = 0.5
    least_detail_gray: float = 2.0
    most_scaled: float = 1.6


ALIGN = AlignLimits()


class Alignment(Protocol):
    """Finds where fields are."""

    def matrix(self, frame: NDArray[np.uint8]) -> Matrix | None:
        """Return `(3, 3)`: from fractions to pixels of a frame; `None` if unknown.

        Args:
            frame: `(H, W, 3)` uint8, BGR, upright.
        """


class Fixed:
    """Fields of a camera that stays where it is."""

    def matrix(self, frame: NDArray[np.uint8]) -> Matrix | None:
        """Return `(3, 3)`: from fractions to pixels of a frame."""
        return np.diag([frame.shape[1], frame.shape[0], 1.0])


class Reference:
    """Fields that lie where they do in a reference picture.

    Features that both pictures have say how the camera was turned and shifted; what
    they leave to be desired is found by laying one picture over the other (Evangelidis
    and Psarakis 2008).
    """

    def __init__(self, picture: NDArray[np.uint8], places: Sequence[Place]) -> None:
        """Look at the reference.

        Args:
            picture: `(H, W, 3)` uint8, BGR, upright.
            places: Of the fields, whose digits change and are not compared.
        """
        self._gray = _small_gray(picture, ALIGN.compared_px)
        height, width = self._gray.shape
        self._corners = [
            (right * width, bottom * height)
            for x, y, w, h in places
            for right in (x, x + w)
            for bottom in (y, y + h)
        ]
        mask = _mask(self._gray.shape, places)
        self._orb = cv2.ORB.create(nfeatures=ALIGN.num_features, fastThreshold=10)
        self._points, self._features = self._orb.detectAndCompute(self._gray, mask)
        scale = min(1.0, ALIGN.refined_px / max(self._gray.shape))
        self._tiny = _scaled(self._gray, scale)
        self._tiny_mask = _mask(self._tiny.shape, places)

    def matrix(self, frame: NDArray[np.uint8]) -> Matrix | None:
        """Return `(3, 3)`: from fractions to pixels of a frame; `None` if unknown."""
        gray = _small_gray(frame, ALIGN.compared_px)
        between = self._by_features(gray)
        refined = self._refined(gray, np.eye(3) if between is None else between)
        if refined is None or (between is not None and self._differ(between, refined)):
            return None
        height, width = self._gray.shape
        size = np.diag([width, height, 1.0])
        back = np.diag([frame.shape[1] / gray.shape[1]] * 2 + [1.0])
        back[1, 1] = frame.shape[0] / gray.shape[0]
        found: Matrix = back @ refined @ size
        return found

    def _by_features(self, gray: NDArray[np.uint8]) -> Matrix | None:
        """Return how the reference lies in a frame, roughly, in pixels of both."""
        points, features = self._orb.detectAndCompute(gray, None)
        if self._features is None or features is None or len(features) < 2:
            return None
        pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(self._features, features, 2)
        good = [
            near
            for near, *others in pairs
            if others and near.distance < ALIGN.most_distance_ratio * others[0].distance
        ]
        if len(good) < ALIGN.least_pairs:
            return None
        here = np.array([self._points[match.queryIdx].pt for match in good], np.float32)
        there = np.array([points[match.trainIdx].pt for match in good], np.float32)
        affine, inliers = cv2.estimateAffinePartial2D(
            here, there, method=cv2.RANSAC, ransacReprojThreshold=ALIGN.most_off_px
        )
        if affine is None or int(inliers.sum()) < ALIGN.least_pairs:
            return None
        found: Matrix = np.vstack([affine, [0.0, 0.0, 1.0]])
        return found if _is_a_knock(found) else None

    def _refined(self, gray: NDArray[np.uint8], start: Matrix) -> Matrix | None:
        """Return how the reference lies in a frame; `None` if it is not seen there."""
        scale = self._tiny.shape[1] / self._gray.shape[1]
        tiny = _scaled(gray, scale)
        small = np.diag([scale, scale, 1.0])
        warp = np.array(small @ start @ np.linalg.inv(small), np.float32)
        steps = cv2.TERM_CRITERIA_COUNT + cv2.TERM_CRITERIA_EPS, 40, 1e-4
        try:
            correlation, found_warp = cv2.findTransformECC(
                self._tiny, tiny, warp, cv2.MOTION_HOMOGRAPHY, steps, self._tiny_mask, 5
            )
        except cv2.error:  # it does not converge
            return None
        last_warp = np.asarray(found_warp, np.float64)
        if correlation < ALIGN.least_correlation or not self._is_seen(tiny, last_warp):
            return None
        found: Matrix = np.linalg.inv(small) @ last_warp @ small
        return found if _is_a_knock(found) else None

    def _differ(self, rough: Matrix, refined: Matrix) -> bool:
        """Return whether two maps have fields in other places.

        What little is seen far from a field says nothing about where the field is.
        """
        if not self._corners:
            return False
        corners = np.array([self._corners], np.float64)
        here, there = (
            cv2.perspectiveTransform(corners, matrix) for matrix in (rough, refined)
        )
        return bool(np.abs(here - there).max() > ALIGN.most_refined_px)

    def _is_seen(self, tiny: NDArray[np.uint8], warp: Matrix) -> bool:
        """Return whether the reference's details are where a map has them in a frame.

        Args:
            tiny: The frame, of the size of those that are laid over each other.
            warp: `(3, 3)`: from the reference's pixels to the frame's.
        """
        size_wh = self._tiny.shape[::-1]
        back = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        seen = np.asarray(cv2.warpPerspective(tiny, warp, size_wh, flags=back))
        shown = cv2.warpPerspective(np.full_like(tiny, 255), warp, size_wh, flags=back)
        is_compared = (self._tiny_mask > 0) & (shown == 255)
        expected, found = (_details(gray, is_compared) for gray in (self._tiny, seen))
        shared = float(expected @ found)
        strength = math.sqrt(float(expected @ expected) * float(found @ found))
        return (
            shared > ALIGN.least_detail_correlation * strength
            and shared > ALIGN.least_detail_gray** 2 * len(expected)
        )


class Marks:
    """Fields between four printed marks: ArUco's 4x4, numbers 0 to 3.

    https://docs.opencv.org/4.x/d5/dae/tutorial_aruco_detection.html
    """

    def __init__(self, places: Sequence[Point]) -> None:
        """Take where the marks' middles are, in fractions, by their numbers."""
        self._places = np.array(places, np.float32)
        dictionary = cv2.aruco.getPredefinedDictionary(cv2.aruco.DICT_4X4_50)
        self._detector = cv2.aruco.ArucoDetector(dictionary)

    def matrix(self, frame: NDArray[np.uint8]) -> Matrix | None:
        """Return `(3, 3)`: from fractions to pixels of a frame; `None` if unknown."""
        corners, numbers, _ = self._detector.detectMarkers(
            cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY)
        )
        if numbers is None:
            return None
        seen = {
            int(number): np.mean(corner.reshape(4, 2), axis=0)
            for number, corner in zip(numbers.ravel(), corners, strict=True)
        }
        if not all(number in seen for number in _MARK_IDS):
            return None
        there = np.array([seen[number] for number in _MARK_IDS], np.float32)
        return np.asarray(cv2.getPerspectiveTransform(self._places, there), np.float64)


def _is_a_knock(matrix: Matrix) -> bool:
    scale = np.sqrt(abs(np.linalg.det(matrix[:2, :2])))
    return bool(1 / ALIGN.most_scaled < scale < ALIGN.most_scaled)


def _small_gray(picture: NDArray[np.uint8], longest: int) -> NDArray[np.uint8]:
    gray = np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), np.uint8)
    return _scaled(gray, min(1.0, longest / max(gray.shape)))


def _scaled(gray: NDArray[np.uint8], scale: float) -> NDArray[np.uint8]:
    size_wh = [max(1, round(side * scale)) for side in gray.shape[::-1]]
    return np.asarray(cv2.resize(gray, size_wh, interpolation=cv2.INTER_AREA), np.uint8)


def _details(gray: NDArray[Any], is_compared: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return what a picture shows besides its light, where it is compared, `(N,)`.

    Nothing else counts: the digits of fields would darken the light beside them.
    """
    weight = is_compared.astype(np.float32)
    light, near = (
        cv2.GaussianBlur(layer, (0, 0), ALIGN.light_px)[is_compared]
        for layer in (gray * weight, weight)
    )
    return np.asarray(gray[is_compared] - light / near, np.float32)


def _mask(shape: tuple[int, ...], places: Sequence[Place]) -> NDArray[np.uint8]:
    """Return a mask of 255, and 0 where fields are."""
    height, width = shape
    mask = np.full(shape, 255, np.uint8)
    for x, y, w, h in places:
        top, left = round(y * height), round(x * width)
        mask[top : round((y + h) * height), left : round((x + w) * width)] = 0
    return mask
