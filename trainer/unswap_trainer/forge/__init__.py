"""Forgeries made on the fly from real faces, in batches on the GPU. Pictures are B,3,H,H in 0..1."""

from .kinds import KINDS, Forgery, Manner, Parts, blend, draw_parts, forge
from .moment import Moments

__all__ = ["KINDS", "Forgery", "Manner", "Moments", "Parts", "blend", "draw_parts", "forge"]
