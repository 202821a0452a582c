"""Round trips through real video encoders: H.264 and HEVC, the crop as a predicted frame of a short moving clip."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from fractions import Fraction

import av
import cv2
import numpy as np
import torch

FRAME_TIME = Fraction(1, 25)
ENCODERS = {"h264": ("libx264", "superfast"), "hevc": ("libx265", "ultrafast")}
# x264 and x265 start threads and print figures unless told not to.
QUIET = {
    "h264": {"x264-params": "bframes=0:threads=1"},
    "hevc": {"x265-params": "bframes=0:pools=none:frame-threads=1:log-level=error"},
}
LOWEST_CRF, HIGHEST_CRF = 23, 40
# In pixels; x265 crashes on frames smaller than its largest block.
SMALLEST = 64
# Platforms encode again what a camera or an editor encoded before.
TWICE = 0.3
HEVC = 0.2

WORKERS = ThreadPoolExecutor(os.cpu_count())


@dataclass
class Trip:
    """One way through an encoder. `side`: width in pixels at which it encodes; `motion`: shift per frame in pixels."""

    codec: str
    crf: int
    side: int
    motion: tuple[float, float]
    frames: int


def draw_trips(size: int) -> list[Trip]:
    """One or two trips, drawn from torch's random numbers; size: side of the pictures in pixels."""

    def uniform(low: float, high: float) -> float:
        return low + (high - low) * torch.rand(1).item()

    def trip() -> Trip:
        codec = "hevc" if uniform(0, 1) < HEVC else "h264"
        side = max(SMALLEST, int(size * uniform(0.45, 1.25)) // 2 * 2)
        frames = 2 if uniform(0, 1) < 0.7 else 3
        return Trip(codec, round(uniform(LOWEST_CRF, HIGHEST_CRF)), side, (uniform(-3, 3), uniform(-3, 3)), frames)

    return [trip() for _ in range(2 if uniform(0, 1) < TWICE else 1)]


def transcode(pictures: torch.Tensor, trips: list[list[Trip]]) -> torch.Tensor:
    """pictures N,3,S,S in 0..1 and a list of trips for each → what comes back, N,3,S,S."""
    frames = (pictures.detach().clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 1).cpu().numpy()
    done = np.stack(list(WORKERS.map(travel, frames, trips)))
    return torch.from_numpy(done).to(pictures.device).permute(0, 3, 1, 2).float() / 255


def travel(picture: np.ndarray, trips: list[Trip]) -> np.ndarray:
    """One picture, uint8 S,S,3 RGB, through its trips one after the other."""
    size = picture.shape[0]
    for trip in trips:
        smaller = cv2.INTER_AREA if trip.side < size else cv2.INTER_CUBIC
        small = cv2.resize(picture, (trip.side, trip.side), interpolation=smaller)
        picture = cv2.resize(encode_and_decode(moving(small, trip), trip), (size, size), interpolation=cv2.INTER_CUBIC)
    return picture


def moving(picture: np.ndarray, trip: Trip) -> list[np.ndarray]:
    """A clip that ends with the picture; earlier frames are shifted, so that the last is predicted with motion."""
    clip = []
    for before in range(trip.frames - 1, 0, -1):
        shift = np.float32([[1, 0, trip.motion[0] * before], [0, 1, trip.motion[1] * before]])
        clip.append(cv2.warpAffine(picture, shift, picture.shape[1::-1], borderMode=cv2.BORDER_REPLICATE))
    return [*clip, picture]


def encode_and_decode(clip: list[np.ndarray], trip: Trip) -> np.ndarray:
    """Last frame of the clip after encoding at constant quality and decoding."""
    name, preset = ENCODERS[trip.codec]
    encoder = av.CodecContext.create(name, "w")
    encoder.width = encoder.height = trip.side
    encoder.pix_fmt, encoder.time_base, encoder.thread_count = "yuv420p", FRAME_TIME, 1
    encoder.options = {"crf": str(trip.crf), "preset": preset, **QUIET[trip.codec]}
    packets = [packet for frame in clip for packet in encoder.encode(av.VideoFrame.from_ndarray(frame, format="rgb24"))]
    packets += encoder.encode(None)
    decoder = av.CodecContext.create(trip.codec, "r")
    decoder.thread_count = 1
    frames = [frame for packet in packets for frame in decoder.decode(packet)] + decoder.decode(None)
    return frames[-1].to_ndarray(format="rgb24")
