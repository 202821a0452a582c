"""Forgeries made on the fly from real faces, in batches on the GPU. Pictures are B,3,H,H in 0..1."""

from .kinds import KINDS, Forgery, Parts, blend, draw_parts, forge

__all__ = ["KINDS", "Forgery", "Parts", "blend", "draw_parts", "forge"]
