"""What was followed: how much of the gradient reaches each step, by layer."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gatewise.errors import ArgumentError
from gatewise.insight.by_layer import ByLayer, save_arrays
from gatewise.insight.lags import ByLag, by_lag
from gatewise.insight.remedies import VERDICTS, Finding, remedies_of, table, verdict_of, worst


@dataclass(frozen=True)
class LayerFlow:
    """One recurrent layer in one direction. Arrays are `[B, T]`, in the order of time.

    A masked step has 0. `transport` is what `half_life` and `verdict` are taken from: it tells how
    the layer itself carries a gradient back, wherever the loss enters.
    """

    name: str  # the names that lead to the layer in the model, as find_recurrent gives them
    kind: str  # "LSTM", "GRU" or "SimpleRNN"
    hidden: np.ndarray  # ‖∂L/∂h_t‖ over the units
    cell: np.ndarray | None  # ‖∂L/∂c_t‖ of an LSTM
    transport: np.ndarray  # ‖∂p/∂c_t‖ of an LSTM, else ‖∂p/∂h_t‖, where p reads the last states
    mask: np.ndarray  # bool, true where a step is real
    backwards: bool  # whether the last step in time was taken first
    recurrent_norm: float = 1.0  # the largest singular value of the state's recurrent kernel
    clipped: bool = False  # whether the model's optimizer clips gradients

    def by_lag(self, of: str = "hidden") -> ByLag:
        """Medians and quantiles over the batch of `"hidden"`, `"cell"` or `"transport"`, by lag:
        the number of real steps between a step and the last one taken.

        Raises: ArgumentError for another name, and for the cell of a layer that has none.
        """
        norms = getattr(self, of) if of in ("hidden", "cell", "transport") else None
        if norms is None:
            has = (
                ["hidden", "cell", "transport"] if self.kind == "LSTM" else ["hidden", "transport"]
            )
            raise ArgumentError(f"of: expected one of {', '.join(has)}, got {of!r}.")
        return by_lag(norms, self.mask, self.backwards)

    @property
    def half_life(self) -> float:
        """Steps in which a gradient halves on its way back through the layer, by the slope of log2
        of the transport's median against lag; infinite where it does not fade."""
        return self.by_lag("transport").half_life

    @property
    def finding(self) -> Finding:
        """What the verdict and the remedies are made from."""
        carried = self.by_lag("transport")
        return Finding(
            kind=self.kind,
            steps=carried.usable,
            medians=carried.median[: carried.usable + 1],
            half_life=carried.half_life,
            finite=bool(np.isfinite(self.transport).all() and np.isfinite(self.hidden).all()),
            fed=_fed(self.by_lag()),
            recurrent_norm=self.recurrent_norm,
            clipped=self.clipped,
        )

    @property
    def verdict(self) -> str:
        """`"vanishing"`, `"healthy"` or `"exploding"`; see docs/gradients.md for the thresholds."""
        return verdict_of(self.finding)

    @property
    def remedies(self) -> list[str]:
        """What to do about it, in sentences; none where the layer is healthy."""
        return remedies_of(self.finding)


class GradientFlow(ByLayer[LayerFlow]):
    """The gradient flow of a model's layers by name; `str` gives it as a table in words."""

    @property
    def verdict(self) -> str:
        """The worst of the layers' verdicts."""
        return worst([layer.verdict for layer in self.values()])

    @property
    def remedies(self) -> list[str]:
        """Those of all layers, each once, the worst layer's first."""
        layers = sorted(self.values(), key=lambda layer: -VERDICTS.index(layer.verdict))
        return list(dict.fromkeys(one for layer in layers for one in layer.remedies))

    def save(self, path: str | Path) -> None:
        """Write the norms of every layer to an `.npz` file as `LAYER/hidden`, `LAYER/cell`,
        `LAYER/transport` and `LAYER/mask`, each `[B, T]`.

        Raises: ArgumentError for another kind of file.
        """
        arrays: dict[str, Any] = {
            f"{layer.name}/{name}": array
            for layer in self.values()
            for name in ("hidden", "cell", "transport", "mask")
            if (array := getattr(layer, name)) is not None
        }
        save_arrays(path, arrays)

    def __str__(self) -> str:
        return table({name: layer.finding for name, layer in self.items()})


def _fed(norms: ByLag) -> bool:
    """Whether far steps get as much of the loss as near ones, as they do below pooling."""
    far = norms.median[norms.usable]
    return bool(far > 0.1 * norms.median[: norms.usable + 1].max() > 0)
