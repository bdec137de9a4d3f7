"""Gradient flow: how much of the loss's gradient reaches each step, and where it fades."""

from collections.abc import Collection
from typing import Any

import keras
import numpy as np

from gatewise.errors import ArgumentError
from gatewise.insight.gradients import gradients, undrawn
from gatewise.insight.layer_flow import GradientFlow, LayerFlow
from gatewise.insight.objective import row_losses
from gatewise.insight.perturbed import Loss, Perturbed
from gatewise.insight.recorded import layer_kind
from gatewise.insight.recorder import build, network_input
from gatewise.insight.taps import readable

ENDS = ("loss", "last")


def gradient_flow(
    model: keras.Model,
    x: Any,
    y: Any = None,
    *,
    loss: Any = None,
    layers: Collection[str] | None = None,
    at: str = "loss",
    batch_size: int = 32,
) -> GradientFlow:
    """How large the loss's gradient is at every hidden and cell state: exact, nothing estimated.

    `∂L/∂h_t` and `∂L/∂c_t` are total derivatives: through all later steps, and through the layers
    above. L is the sum of the rows' losses, each the mean over the row's own steps, so that a
    row's norm does not depend on its batch. Nothing is dropped out, weights and states stay as
    they are.

    Args:
        model: a Keras model with LSTM, GRU or SimpleRNN layers, ours or stock, stacked,
            bidirectional, masked; or a task such as `Classifier`.
        x: what the model takes: arrays, or for a task raw inputs.
        y: the targets, for a task raw labels. Not needed with `at="last"`.
        loss: a Keras loss or its name; default the one the model was compiled with, else the
            task's usual one.
        layers: names of the layers to look at; default all.
        at: where the gradient starts: `"loss"`, or `"last"` for a sum of each layer's own last
            states, which leaves out the loss and the layers above.
        batch_size: rows computed at a time; default 32.

    Returns: a `GradientFlow`: by layer name norms `[B, T]`, a half-life and a verdict.

    Raises: ArgumentError for a model without recurrent layers or with none that can be read, an
        unknown layer, no targets, no loss, or a back end other than JAX and torch.
    Warns: GatewiseWarning for each layer left out since it cannot be read.

    Source: the experiment is that of S. Hochreiter, Y. Bengio, P. Frasconi and J. Schmidhuber,
    "Gradient Flow in Recurrent Nets: the Difficulty of Learning Long-Term Dependencies", 2001.

    >>> model = keras.Sequential([keras.Input((None, 3)), keras.layers.LSTM(4, name="lstm")])
    >>> x, y = np.ones((2, 5, 3), "float32"), np.ones((2, 4), "float32")
    >>> flow = gradient_flow(model, x, y, loss="mse")
    >>> flow["lstm"].hidden.shape, flow["lstm"].cell.shape, flow.verdict
    ((2, 5), (2, 5), 'healthy')
    """
    follower = GradientFollower(model, loss=loss, layers=layers, at=at)
    return follower(x, y, batch_size=batch_size)


class GradientFollower:
    """`gradient_flow` for many inputs or again and again in training: what was compiled for one
    serves the next of its shape, with the weights of the moment."""

    def __init__(
        self,
        model: keras.Model,
        *,
        loss: Any = None,
        layers: Collection[str] | None = None,
        at: str = "loss",
    ):
        if at not in ENDS:
            raise ArgumentError(f"at: expected one of {', '.join(ENDS)}, got {at!r}.")
        self.model = model
        self.at = at
        self._network = network = getattr(model, "network", model)
        self._layers = readable(network, layers)
        self._loss = None if at == "last" else _Pass(network, self._layers, row_losses(model, loss))
        self._probe = _Pass(network, self._layers, None)

    def __call__(self, x: Any, y: Any = None, batch_size: int = 32) -> GradientFlow:
        """The gradient flow on an input; see `gradient_flow`."""
        x = network_input(self.model, x)
        _check_finite(x)
        build(getattr(self.model, "network", self.model), x)
        rows = len(keras.tree.flatten(x)[0])
        if rows == 0:
            raise ArgumentError("x: expected at least one row, got none.")
        y = _targets(self.model, y, rows) if self._loss else None
        with undrawn(self._network):
            carried, masks = self._probe(x, None, batch_size)
            found = self._loss(x, y, batch_size)[0] if self._loss else carried
        clipped = _clips(self.model)
        return GradientFlow(
            {
                name: self._layer(name, found[name], carried[name], masks[name], clipped)
                for name in self._probe.places
            }
        )

    def _layer(
        self,
        name: str,
        norms: list[np.ndarray],
        carried: list[np.ndarray],
        mask: np.ndarray,
        clipped: bool,
    ) -> LayerFlow:
        layer = self._layers[name.partition("#")[0]]
        return LayerFlow(
            name=name,
            kind=layer_kind(layer),
            hidden=norms[0],
            cell=norms[1] if len(norms) > 1 else None,
            transport=carried[-1],
            mask=mask,
            backwards=layer.go_backwards,
            recurrent_norm=_recurrent_norm(layer),
            clipped=clipped,
        )


class _Pass:
    """The norms of the gradient of one number, batch after batch."""

    def __init__(self, network: keras.Model, layers: dict[str, Any], loss: Loss | None):
        self._perturbed = Perturbed(network, layers, loss)
        self._gradients = gradients(network, self._perturbed)
        self._units = {path: layer.units for path, layer in layers.items()}

    @property
    def places(self) -> list[str]:
        return self._perturbed.places

    def __call__(self, x: Any, y: Any, batch_size: int):
        """By place the norms [B, T] of each state, hidden first, and the mask [B, T]."""
        rows = len(keras.tree.flatten(x)[0])
        parts = []
        for start in range(0, rows, batch_size):
            cut = slice(start, start + batch_size)
            batch = keras.tree.map_structure(
                lambda one, cut=cut: None if one is None else one[cut], (x, y)
            )
            found, masks = self._gradients(*batch)
            parts.append(({name: self._norms(name, one) for name, one in found.items()}, masks))
        return keras.tree.map_structure(lambda *one: np.concatenate(one), *parts)

    def _norms(self, name: str, gradient: np.ndarray) -> list[np.ndarray]:
        """Of [B, T, S·U], a [B, T] for each of S states. Float64 can hold the squares."""
        states = gradient.shape[-1] // self._units[name.partition("#")[0]]
        parts = np.split(gradient.astype("float64"), states, axis=-1)
        return [np.linalg.norm(part, axis=-1) for part in parts]


def _check_finite(x: Any) -> None:
    """Raise an ArgumentError for an input that no gradient can be blamed on."""
    for one in keras.tree.flatten(x):
        if one.dtype.kind == "f" and not (finite := np.isfinite(one)).all():
            row = int(np.argmin(finite.reshape(len(one), -1).all(axis=1)))
            raise ArgumentError(
                f"x: expected finite numbers, got NaN or infinity in row {row}. Leave it out or "
                "fill in what is missing."
            )


def _targets(model: keras.Model, y: Any, rows: int) -> Any:
    """Targets as the loss takes them; raw labels of a task are looked up."""
    if y is None:
        raise ArgumentError(
            "y: expected the targets that the loss compares with, got None. Give x and y, or "
            'at="last" to follow each layer\'s last states, which needs none.'
        )
    if hasattr(model, "network_target"):
        y = model.network_target(y)
    y = keras.tree.map_structure(np.asarray, y)
    for one in keras.tree.flatten(y):
        if one.ndim == 0 or len(one) != rows:
            raise ArgumentError(
                f"y: expected one target for each of the {rows} rows of x, got shape {one.shape}."
            )
    return y


def _recurrent_norm(layer: Any) -> float:
    """The largest singular value of the kernel that the state goes through: the candidate's."""
    kernel = keras.ops.convert_to_numpy(layer.cell.recurrent_kernel)
    order = {"LSTM": 2, "GRU": 2, "SimpleRNN": 0}[layer_kind(layer)]
    U = layer.units
    if not np.isfinite(kernel).all():  # of a training that diverged
        return float("inf")
    return float(np.linalg.norm(kernel[:, order * U : (order + 1) * U], 2))


def _clips(model: keras.Model) -> bool:
    """Whether the model trains with clipped gradients."""
    optimizer = getattr(model, "optimizer", None)
    kinds = ("clipnorm", "global_clipnorm", "clipvalue")
    return any(getattr(optimizer, kind, None) for kind in kinds)
