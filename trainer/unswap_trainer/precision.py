"""In which numbers the networks compute: bfloat16 where the card has it, float16 with loss scaling on older ones."""

from contextlib import AbstractContextManager

import torch

PRECISIONS = {"bfloat16": torch.bfloat16, "float16": torch.float16, "float32": torch.float32}
# Ampere (2020): cards before it, such as T4 and V100, only imitate bfloat16, slowly.
COMPUTES_BFLOAT16 = 8


class Precision:
    """`name`: one of PRECISIONS, or None for what suits the device. Weights stay in float32."""

    def __init__(self, device: torch.device, name: str | None = None):
        self.device, self.name = device, name or usual(device)

    def autocast(self) -> AbstractContextManager:
        return torch.autocast(self.device.type, dtype=PRECISIONS[self.name], enabled=self.name != "float32")

    def scaler(self) -> torch.amp.GradScaler:
        """Small gradients are nothing in float16: the loss is scaled up for them. Does nothing in other numbers."""
        return torch.amp.GradScaler(self.device.type, enabled=self.name == "float16")


def usual(device: torch.device) -> str:
    if device.type != "cuda":
        return "bfloat16" if processor_has_bfloat16() else "float32"
    return "bfloat16" if torch.cuda.get_device_capability(device)[0] >= COMPUTES_BFLOAT16 else "float16"


def processor_has_bfloat16() -> bool:
    """AVX-512 BF16 or AMX: 1.4 times as fast as float32 here. Other processors imitate it, slowly."""
    return torch.cpu._is_avx512_bf16_supported()


def optimiser_step(loss: torch.Tensor, optimiser: torch.optim.Optimizer, scaler: torch.amp.GradScaler, longest: float = 1e9) -> None:
    """One step; gradients longer than `longest` are shortened to it. A step whose gradients overflow is left out."""
    optimiser.zero_grad(set_to_none=True)
    scaler.scale(loss).backward()
    scaler.unscale_(optimiser)
    weights = [weight for group in optimiser.param_groups for weight in group["params"]]
    torch.nn.utils.clip_grad_norm_(weights, longest)
    scaler.step(optimiser)
    scaler.update()
