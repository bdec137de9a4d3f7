"""What the layer benchmark measures: shapes, cells, modes, and how much work each of them is."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

GATES = {"LSTM": 4, "GRU": 3, "SimpleRNN": 1}
CELLS = tuple(GATES)
# forward: outputs of every step. training: the gradient of their sum with respect to the input and
# all weights. masked: the same, with a quarter of the steps real.
MODES = ("forward", "training", "masked")
REAL = 0.25
SEED = 0


@dataclass(frozen=True)
class Shape:
    """B sequences of T steps with I features, U units; where the shape is from."""

    B: int
    T: int
    I: int
    U: int
    source: str = field(default="", compare=False)

    @property
    def name(self) -> str:
        """
        >>> Shape(32, 200, 128, 64, "IMDB").name
        '32,200,128,64'
        """
        return f"{self.B},{self.T},{self.I},{self.U}"

    @classmethod
    def read(cls, name: str) -> "Shape":
        """
        >>> Shape.read("32,200,128,64").U
        64
        """
        return cls(*(int(number) for number in name.split(",")))


SHAPES = (
    Shape(1, 15, 32, 32, "small streaming"),
    Shape(1, 63, 32, 32, "small streaming"),
    Shape(256, 256, 256, 32, "Keras's layer benchmark"),
    Shape(32, 200, 128, 64, "IMDB"),
    Shape(16, 250, 64, 64, "series"),
    Shape(32, 200, 128, 128, "IMDB"),
    Shape(32, 100, 64, 128, "series"),
    Shape(64, 100, 128, 256, "text"),
    Shape(1, 200, 128, 256, "one long sequence"),
    Shape(64, 50, 500, 500, "odd size"),
    Shape(1, 30, 512, 512, "GNMT"),
    Shape(32, 128, 512, 512, "text"),
    Shape(128, 30, 512, 512, "GNMT"),
    Shape(16, 1024, 768, 768, "FlashRNN"),
    Shape(1, 30, 1024, 1024, "GNMT"),
    Shape(128, 30, 1024, 1024, "GNMT"),
    Shape(32, 200, 1760, 1760, "DeepSpeech2"),
)
# Long: only the LSTM, or only with --full.
LSTM_ONLY = ("128,30,1024,1024",)
FULL_ONLY = ("16,1024,768,768", "32,200,1760,1760")
QUICK = (Shape(2, 5, 3, 4, "trial"), Shape(3, 6, 4, 8, "trial"))


@dataclass(frozen=True)
class Case:
    """One shape with one cell in one mode."""

    shape: Shape
    cell: str
    mode: str

    @property
    def name(self) -> str:
        return f"{self.cell} {self.shape.name} {self.mode}"

    @property
    def flops(self) -> float:
        """Of the matrix products alone; of the real steps alone where there is a mask.

        >>> Case(Shape(32, 100, 64, 128, ""), "LSTM", "forward").flops == 2*4*128*192*3200
        True
        """
        s = self.shape
        forward = 2.0 * GATES[self.cell] * s.U * (s.I + s.U) * s.B * s.T
        return forward * {"forward": 1, "training": 3, "masked": 3 * REAL}[self.mode]

    def plain(self) -> dict[str, Any]:
        return {"shape": self.shape.name, "cell": self.cell, "mode": self.mode}

    @classmethod
    def read(cls, plain: dict[str, Any]) -> "Case":
        return cls(Shape.read(plain["shape"]), plain["cell"], plain["mode"])


def cases(shapes: Iterable[Shape], cells: Iterable[str], full: bool) -> list[Case]:
    """Every mode of every cell on every shape, but for what takes minutes.

    >>> [case.cell for case in cases(SHAPES[-2:], CELLS, full=False)]
    ['LSTM', 'LSTM', 'LSTM']
    """
    return [
        Case(shape, cell, mode)
        for shape in shapes
        for cell in cells
        if full or (shape.name not in FULL_ONLY and (cell == "LSTM" or shape.name not in LSTM_ONLY))
        for mode in MODES
    ]


def lengths(shape: Shape) -> np.ndarray:
    """The number of real steps of each sequence: random, over the whole of 1..T, a quarter in all.

    Many are short and few are long (a uniform number cubed), as in a batch of texts that is padded
    to the longest.

    >>> found = lengths(Shape(32, 200, 1, 1, ""))
    >>> int(found.sum()), int(found.min()) >= 1, int(found.max()) > 150
    (1600, True, True)
    """
    rng = np.random.default_rng(SEED)
    found = np.ceil(shape.T * rng.random(shape.B) ** 3).astype(int)
    total = max(shape.B, round(REAL * shape.B * shape.T))
    while excess := int(found.sum()) - total:
        row = rng.integers(shape.B)
        found[row] = np.clip(found[row] - np.sign(excess), 1, shape.T)
    return found


def arrays(case: Case) -> dict[str, np.ndarray]:
    """Input [B,T,I], mask [B,T], and weights in Keras's order; the same for every contender."""
    s, columns = case.shape, GATES[case.cell] * case.shape.U
    rng = np.random.default_rng(SEED)

    def drawn(*size: int, scale: float) -> np.ndarray:
        return (scale * rng.uniform(-1, 1, size)).astype("float32")

    bias = (2, columns) if case.cell == "GRU" else (columns,)
    return {
        "x": drawn(s.B, s.T, s.I, scale=1.0),
        "mask": np.arange(s.T) < lengths(s)[:, None],
        "kernel": drawn(s.I, columns, scale=1 / math.sqrt(s.I)),
        "recurrent_kernel": drawn(s.U, columns, scale=1 / math.sqrt(s.U)),
        "bias": drawn(*bias, scale=0.1),
    }
