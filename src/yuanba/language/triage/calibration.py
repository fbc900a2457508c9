"""Turning scores into chances that mean what they say."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from yuanba.language.triage.model import Floats, softmax

CAUTIOUS_SCALE: Final = 1.5
"""Used when nothing could be kept back: flatter than any scale seen on real messages (3 to 5)."""

_STEPS: Final = 400
_RATE: Final = 0.05
_PULL_TO_ZERO: Final = 1.0


def calibrate(
    scores: NDArray[np.floating], truth: NDArray[np.integer], categories: int
) -> tuple[float, Floats]:
    """One scale and an offset for each category that make ``softmax(scale * score + offset)`` fit the truth.

    Least log-loss over rows that the model had not seen (C. Guo et al., *On Calibration of Modern Neural
    Networks*, ICML 2017, bias-corrected temperature scaling), by gradient descent with Adam's steps; offsets
    are held near zero.
    """
    offset = np.zeros(categories)
    if not len(scores):
        return CAUTIOUS_SCALE, offset.astype(np.float32)
    target = np.eye(categories)[truth]
    point = np.concatenate(([np.log(2.0)], offset))
    mean, square = np.zeros_like(point), np.zeros_like(point)
    for step in range(1, _STEPS + 1):
        scale = np.exp(point[0])
        gap = softmax(scores * scale + point[1:]) - target
        slope = np.concatenate(
            ([np.sum(gap * scores) * scale], gap.sum(axis=0) + _PULL_TO_ZERO * point[1:])
        ) / len(scores)
        mean = 0.9 * mean + 0.1 * slope
        square = 0.99 * square + 0.01 * slope**2
        point -= _RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.99**step)) + 1e-8)
    return float(np.exp(point[0])), point[1:].astype(np.float32)
