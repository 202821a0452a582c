"""Trains Unswap's manipulation classifier from the crops that `unswap dataset preprocess` prepares."""
