import unswap_trainer  # noqa: F401  first: it keeps onnxruntime, which tests import too, from reporting its use
