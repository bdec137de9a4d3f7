"""Word vectors trained by others, for an embedding to start from."""

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np

from gatewise.data import load_vectors
from gatewise.data.scaling import SeriesScaler
from gatewise.data.tokens import TextEncoder
from gatewise.errors import ArgumentError
from gatewise.tasks import defaults

Vectors = Mapping[str, np.ndarray]


def find(
    source: str | Vectors, encoder: TextEncoder | SeriesScaler
) -> tuple[Vectors, dict[str, Any]]:
    """The vectors of an encoder's vocabulary, which takes in further words that have one.

    Args:
        source: the name of a set, a file, or a mapping from token to vector.
        encoder: adapted to the training texts.

    Returns:
        The vectors by token, all of one length; and how many of the training texts' tokens have
        one (`name`, `found`, `of`).

    Raises:
        ArgumentError: the inputs are no texts, no token has a vector, or their lengths differ.
    """
    if not isinstance(encoder, TextEncoder):
        raise ArgumentError("vectors: expected texts to use them on, got series. Leave it out.")
    name = source if isinstance(source, str) else "a mapping"
    words = encoder.tokens == "word"
    vectors: Any = source
    if isinstance(source, str):
        frequent = defaults.PRETRAINED_WORDS if words else 0
        vectors = load_vectors(source, encoder.vocabulary, frequent=frequent).by_word
    known = sum(token in vectors for token in encoder.vocabulary)
    if not known:
        raise ArgumentError(f"vectors: no word of the training texts is in {name}.")
    shapes = sorted({np.shape(vector) for vector in vectors.values()})
    if len(shapes) != 1 or len(shapes[0]) != 1:
        raise ArgumentError(f"vectors: expected vectors of one length, got shapes {shapes}.")
    found = {"name": name, "found": known, "of": encoder.size}
    if words:
        encoder.add_words(vectors)
    return vectors, found


def put(vectors: Vectors, encoder: TextEncoder, embedding: keras.layers.Layer) -> None:
    """Let the embedding start from the vectors, where there is one."""
    table = np.array(embedding.get_weights()[0])
    for position, token in enumerate(encoder.vocabulary):
        if token in vectors:
            table[position] = vectors[token]
    embedding.set_weights([table])
