"""Which parts of a network are trained."""

import torch.nn as nn


def freeze_front(network: nn.Module, first_trained: str) -> int:
    """Freezes the backbone's parts before `first_trained`, such as `middle.4`; → number of weights that stay trainable.
    Gradients stop there, so that the front costs its forward pass alone. `norms`: the backbone's batch norms alone are
    trained, which keeps pretrained features (Yermakov et al. 2025, GenD)."""
    parts = backbone_parts(network.backbone)
    if first_trained == "norms":
        keep_only_norms(network.backbone)
    elif first_trained != "none":
        if first_trained not in parts:
            raise SystemExit(f"--freeze {first_trained}: the backbone's parts are {', '.join(parts)}.")
        for name in list(parts)[: list(parts).index(first_trained)]:
            parts[name].requires_grad_(False)
    return sum(weight.numel() for weight in network.parameters() if weight.requires_grad)


def keep_only_norms(backbone: nn.Module) -> None:
    backbone.requires_grad_(False)
    norms = [module for module in backbone.modules() if isinstance(module, nn.BatchNorm2d)]
    if not norms:
        raise SystemExit("--freeze norms: batch norms are folded in exported weights. Start from --weights.")
    for norm in norms:
        norm.requires_grad_(True)


def backbone_parts(backbone: nn.Module) -> dict[str, nn.Module]:
    """Parts in the order in which they run; a plain sequence of parts counts by its members."""
    parts = {}
    for name, part in backbone.named_children():
        members = part if type(part) is nn.Sequential else None
        parts |= {f"{name}.{at}": member for at, member in enumerate(members)} if members else {name: part}
    return parts


def train_mode(network: nn.Module) -> None:
    """Training mode, but for frozen parts, whose batch norms keep their figures."""
    network.train()
    for module in network.modules():
        weights = list(module.parameters())
        if weights and not any(weight.requires_grad for weight in weights):
            module.eval()
