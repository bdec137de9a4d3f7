"""Texts to token ids and back without loss, for models that write: characters, pieces, words."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
from tokenizers import (
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)

from gatewise.data.tokens import SPECIAL_TOKENS, TextEncoder
from gatewise.padding import UNKNOWN_ID


class SequenceEncoder(TextEncoder):
    """Turns texts into token ids from which the text can be written again.

    Unlike `TextEncoder` it keeps case, white space and line ends:

    - `"character"`: each character; what training never saw is unknown.
    - `"bpe"`: byte-pair pieces over bytes (Sennrich et al. 2016; bytes as in GPT-2): nothing is
      unknown and white space is part of the pieces.
    - `"word"`: what stands between white space, and the line end; written with one space between.

    One id more, `boundary`, stands before the first token of a sequence and after its last.

    Args: as `TextEncoder`, but `tokens` is `"character"` by default.

    >>> encoder = SequenceEncoder().adapt(["Anna", "Hanna"])
    >>> ids = encoder.encode(["Hana"])[0]
    >>> encoder.text(ids), encoder.boundary, encoder.size
    ('Hana', 6, 7)
    """

    def __init__(
        self,
        tokens: str = "character",
        vocabulary_size: int = 20_000,
        max_length: int = 1_024,
        min_frequency: int = 1,
        lowercase: bool = False,
    ):
        super().__init__(tokens, vocabulary_size, max_length, min_frequency, lowercase)

    @property
    def size(self) -> int:
        """How many ids there are: padding, unknown and the boundary among them."""
        return super().size + 1

    @property
    def boundary(self) -> int:
        """The id that stands around a sequence."""
        return super().size

    @property
    def unwritten(self) -> list[int]:
        """The ids that stand for no text: padding and unknown."""
        return list(range(len(SPECIAL_TOKENS)))

    def running(self, texts: Sequence[str]) -> np.ndarray:
        """The ids `[N]` of one long text, which may come in parts; none of it is cut off."""
        lines = [line for text in texts for line in text.splitlines(keepends=True)]
        return np.concatenate([np.zeros(0, "int32"), *self.uncut(lines)])

    def uncut(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Token ids of each text, int32 `[T]`, however long it is; none of an empty text.

        >>> encoder = SequenceEncoder(max_length=2).adapt(["Hanna"])
        >>> [len(ids) for ids in encoder.uncut(["Hanna", ""])]
        [5, 0]
        """
        return [
            np.array([i for part in (one, *one.overflowing) for i in part.ids], "int32")
            for one in self._encodings(texts)
        ]

    def text(self, ids: Iterable[int]) -> str:
        """The text that the ids stand for."""
        return "".join(self.writing(ids))

    def characters(self, ids: Sequence[int]) -> int:
        """How many characters the text has as it is read: of words one space between, and an
        unknown token counts as one character.

        >>> encoder = SequenceEncoder("word").adapt(["a tale", "a tale"])
        >>> encoder.characters(encoder.encode(["a   tale of"])[0])
        8
        """
        unknown = int(np.count_nonzero(np.asarray(ids) == UNKNOWN_ID))
        return len(self.text(ids)) - unknown * (len(SPECIAL_TOKENS[UNKNOWN_ID]) - 1)

    def writing(self, ids: Iterable[int]) -> Iterator[str]:
        """The text that the ids stand for, a part for each id, as they come.

        A part may be empty, where a character has more bytes to come.
        """
        tokenizer = self._adapted_tokenizer()
        if self.tokens == "bpe":
            stream = decoders.DecodeStream(skip_special_tokens=True)
            for one in ids:
                yield stream.step(tokenizer, int(one)) or ""
            return
        space = ""
        for one in ids:
            token = tokenizer.id_to_token(int(one)) or ""
            if self.tokens == "word":
                token, space = ("\n", "") if token == "\n" else (space + token, " ")
            yield token

    def _untrained(self) -> tuple[Tokenizer, trainers.Trainer]:
        if self.tokens == "character":
            return super()._untrained()
        options: dict[str, Any] = {
            "vocab_size": self.vocabulary_size,
            "special_tokens": SPECIAL_TOKENS,
            "min_frequency": self.min_frequency,
            "show_progress": False,
        }
        if self.tokens == "word":
            tokenizer = Tokenizer(models.WordLevel(unk_token=SPECIAL_TOKENS[UNKNOWN_ID]))
            tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
                [
                    pre_tokenizers.Split(Regex(r"[^\S\n]+"), behavior="removed"),
                    pre_tokenizers.Split("\n", behavior="isolated"),
                ]
            )
            return self._normalized(tokenizer), trainers.WordLevelTrainer(**options)
        tokenizer = Tokenizer(models.BPE())
        tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
        tokenizer.decoder = decoders.ByteLevel()
        options["initial_alphabet"] = sorted(pre_tokenizers.ByteLevel.alphabet())
        return self._normalized(tokenizer), trainers.BpeTrainer(**options)

    def _normalized(self, tokenizer: Tokenizer) -> Tokenizer:
        steps = [normalizers.NFC(), *[normalizers.Lowercase()] * self.lowercase]
        tokenizer.normalizer = normalizers.Sequence(steps)
        return tokenizer
