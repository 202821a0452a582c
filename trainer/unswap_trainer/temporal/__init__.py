"""The temporal head: a small network over what a frozen classifier says of a face, frame after frame."""
