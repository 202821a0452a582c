"""What the classifier says, in order: whether a face is manipulated, and by which family of methods."""

FAMILIES = ["face_swap", "reenactment", "synthesis"]
OUTPUTS = ["manipulated", *FAMILIES]
# Family of a fake whose method nobody stated.
UNKNOWN_FAMILY = len(FAMILIES)
