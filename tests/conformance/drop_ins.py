"""A pytest plugin that puts our layers in the place of Keras's while Keras's own tests run.

Those tests take their layers from `keras.src.layers`. What ran is written to the file named by
DROP_INS_REPORT, for without it a drop-in that never took over would pass everything:

- `layers`: how often each drop-in's inner loop was entered
- `kernels`: how often each cell was given to the native kernel (once where JAX compiles)
- `counts`: what the native library itself counted, or null without one
"""

import collections
import json
import os
from pathlib import Path

import keras.src.layers

from gatewise.kernels.native import NativeKernel, library
from gatewise.layers.bidirectional import Bidirectional
from gatewise.layers.recurrent import DROP_INS, Seam, cell_name

layers: collections.Counter = collections.Counter()
kernels: collections.Counter = collections.Counter()


def pytest_configure():
    count(Seam, "inner_loop", layers, lambda layer, *_, **__: cell_name(layer))
    count(NativeKernel, "run", kernels, lambda _, spec, *__: spec.cell)
    for name, ours in {**DROP_INS, "Bidirectional": Bidirectional}.items():
        setattr(keras.src.layers, name, ours)


def count(owner, method, counter, key):
    """Have `owner.method` count its calls, by what `key` makes of their arguments."""
    original = getattr(owner, method)

    def counted(*args, **kwargs):
        counter[key(*args, **kwargs)] += 1
        return original(*args, **kwargs)

    setattr(owner, method, counted)


def pytest_sessionfinish():
    counts = None if library.reason() else library.load().counts()
    report = {"layers": layers, "kernels": kernels, "counts": counts, "reason": library.reason()}
    Path(os.environ["DROP_INS_REPORT"]).write_text(json.dumps(report))
