"""What a kernel is asked to compute: every array of one call, drawn from a seed."""

from dataclasses import dataclass, replace

import numpy as np

from gatewise.kernels.contract import GATES

STATES = {"LSTM": 2, "GRU": 1, "GRU reset before": 1, "SimpleRNN tanh": 1, "SimpleRNN relu": 1}
MASKS = ("right", "left", "middle", "none masked", "all masked", "scattered", "mixed")


@dataclass(frozen=True, eq=False)
class Case:
    """One call: shapes as in `gatewise.kernels.contract.Inputs`, all float32.

    `probes` are the gradients that come in from above: of the hidden states [B,T,D,U] (in the
    order in which the kernel gives them), then of each last state [D,B,U].
    """

    cell: str
    x: np.ndarray
    kernel: np.ndarray
    recurrent: np.ndarray
    bias: np.ndarray | None
    states: tuple[np.ndarray, ...]
    mask: np.ndarray | None
    dropout: np.ndarray | None
    reverse: bool
    fill: str
    outputs: bool
    probes: tuple[np.ndarray, ...]

    @property
    def sizes(self) -> tuple[int, int, int, int, int]:
        """(D, B, T, I, U)"""
        return (self.kernel.shape[0], *self.x.shape, self.recurrent.shape[1])

    def backwards(self, direction: int) -> bool:
        return self.reverse or direction == 1

    def in_time(self, direction: int) -> bool:
        """Whether this direction's outputs are in the order of time, not as they were taken."""
        return len(self.kernel) == 2 or not self.reverse

    def real(self) -> np.ndarray:
        """[B,T], in the order of time: where a step is real."""
        return np.ones(self.x.shape[:2], bool) if self.mask is None else self.mask

    def filled(self) -> np.ndarray:
        """[B,T,D,1], in the order of the outputs: where `fill` shows the state that was held."""
        D = len(self.kernel)
        shown = [self._filled(self.backwards(d), self.in_time(d)) for d in range(D)]
        return np.stack(shown, axis=2)[..., None]

    def _filled(self, backwards: bool, in_time: bool) -> np.ndarray:
        taken = self.real()[:, ::-1] if backwards else self.real()
        if self.fill == "hold":
            shown = np.ones_like(taken)
        elif self.fill == "hold_zero":
            shown = np.maximum.accumulate(taken, axis=1)
        else:
            shown = taken
        return shown[:, ::-1] if backwards and in_time else shown

    def real_outputs(self) -> np.ndarray:
        """[B,T,D,1], in the order of the outputs: where a step is real."""
        return replace(self, fill="none").filled()


def draw_case(
    cell: str,
    B: int = 6,
    T: int = 7,
    I: int = 5,
    U: int = 19,
    D: int = 1,
    mask: str | np.ndarray | None = None,
    reverse: bool = False,
    fill: str = "hold",
    bias: bool = True,
    states: bool = True,
    dropout: bool = False,
    outputs: bool = True,
    seed: int = 0,
) -> Case:
    """A case of these sizes; `states=False` starts from zeros, `mask` is a pattern or an array."""
    rng = np.random.default_rng([seed, B, T, I, U])
    draw = lambda *shape: rng.normal(size=shape).astype("float32")  # noqa: E731
    width, gated = GATES[cell] * U, (D, GATES[cell], B, U)
    return Case(
        cell=cell,
        x=draw(B, T, I),
        kernel=draw(D, I, width) / np.float32(I**0.5),
        recurrent=draw(D, U, width) * np.float32(0.7 / U**0.5),
        bias=draw(D, *([2] if cell == "GRU" else []), width) / 2 if bias else None,
        states=tuple(draw(D, B, U) * states for _ in range(STATES[cell])),
        mask=pattern(mask, B, T, rng) if isinstance(mask, str) else mask,
        dropout=2 * rng.integers(0, 2, gated).astype("float32") if dropout else None,
        reverse=reverse,
        fill=fill,
        outputs=outputs,
        probes=(draw(B, T, D, U) * outputs, *(draw(D, B, U) for _ in range(STATES[cell]))),
    )


def pattern(kind: str, B: int, T: int, rng) -> np.ndarray:
    """A mask [B,T]; each row has lengths of its own, "mixed" has a pattern a row."""
    if kind == "mixed":
        kinds = [MASKS[row % (len(MASKS) - 1)] for row in range(B)]
        return np.concatenate([pattern(one, 1, T, rng) for one in kinds])
    t = np.arange(T)
    first, last = np.sort(rng.integers(0, T + 1, (2, B, 1)), axis=0)
    return {
        "right": t < last,
        "left": t >= first,
        "middle": (t < first) | (t >= last),
        "none masked": np.ones((B, T), bool),
        "all masked": np.zeros((B, T), bool),
        "scattered": rng.random((B, T)) < 0.6,
    }[kind]
