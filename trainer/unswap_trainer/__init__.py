"""Trains Unswap's manipulation classifier from the crops that `unswap dataset preprocess` prepares."""

import os

# onnxruntime reports its use to its maker over the network unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
