"""Texts become token ids: words, characters or byte-pair pieces, by the `tokenizers` library."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import tokenizers
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

from gatewise.data.examples import whole_characters
from gatewise.errors import ArgumentError
from gatewise.padding import UNKNOWN_ID

SPECIAL_TOKENS = ["[PAD]", "[UNK]"]  # at PADDING_ID and UNKNOWN_ID
UNITS = ("word", "character", "bpe")
_CHUNK = 4096  # texts encoded at a time: bounds the memory that the library's own records take


class Piece(NamedTuple):
    """A token as it stands in its text."""

    before: str  # what no token took, between the piece before and this one: spaces mostly
    surface: str
    known: bool  # whether the vocabulary has it


class TextEncoder:
    """Turns raw texts into arrays of token ids, once it has seen the training texts.

    Id 0 is padding and 1 stands for every token that was not seen. Words are lower-cased runs of
    letters; a digit and a punctuation mark each stand alone, and so does a Chinese, Japanese or
    Korean character.

    Args:
        tokens: `"word"`, `"character"` or `"bpe"` (byte-pair pieces, Sennrich et al. 2016).
        vocabulary_size: most ids kept, the most frequent first; default 20,000.
        max_length: tokens kept of each text, from its beginning; default 512.
        min_frequency: how often a token must occur to get an id; default 1.
        lowercase: whether case is dropped; default True (characters keep theirs).

    Raises:
        ArgumentError: `tokens` is none of the three, or a size is not positive.

    Example:
        >>> encoder = TextEncoder().adapt(["win a prize", "see you at home"])
        >>> [ids.tolist() for ids in encoder.encode(["you win!"])]
        [[8, 7, 1]]
        >>> encoder.decode([8, 7, 1])
        ['you', 'win', '[UNK]']
    """

    kind = "text"

    def __init__(
        self,
        tokens: str = "word",
        vocabulary_size: int = 20_000,
        max_length: int = 512,
        min_frequency: int = 1,
        lowercase: bool | None = None,
    ):
        if tokens not in UNITS:
            raise ArgumentError(f"tokens: expected one of {', '.join(UNITS)}, got {tokens!r}.")
        sizes = {"vocabulary_size": vocabulary_size, "max_length": max_length}
        for name, value in (sizes | {"min_frequency": min_frequency}).items():
            if not isinstance(value, int) or value < 1:
                raise ArgumentError(f"{name}: expected a whole number above 0, got {value!r}.")
        self.tokens = tokens
        self.vocabulary_size = vocabulary_size
        self.max_length = max_length
        self.min_frequency = min_frequency
        self.lowercase = tokens != "character" if lowercase is None else lowercase
        self._tokenizer: Tokenizer | None = None

    @property
    def adapted(self) -> bool:
        return self._tokenizer is not None

    @property
    def size(self) -> int:
        """How many ids there are, padding and unknown among them."""
        return self._adapted_tokenizer().get_vocab_size()

    @property
    def vocabulary(self) -> list[str]:
        """The tokens in the order of their ids."""
        ids = self._adapted_tokenizer().get_vocab()
        return sorted(ids, key=ids.__getitem__)

    def adapt(self, texts: Iterable[str]) -> "TextEncoder":
        """Learn the vocabulary from the training texts."""
        tokenizer, trainer = self._untrained()
        tokenizer.train_from_iterator(map(whole_characters, texts), trainer)
        self._tokenizer = tokenizer
        self._limit()
        return self

    def add_words(self, words: Iterable[str]) -> None:
        """Give ids to words that the training texts lack but of which something is known, their
        pretrained vectors for instance. Only where tokens are words.

        >>> encoder = TextEncoder().adapt(["win a prize"])
        >>> encoder.add_words(["trophy"])
        >>> encoder.decode(encoder.encode(["win a trophy"])[0])
        ['win', 'a', 'trophy']
        """
        tokenizer = self._adapted_tokenizer()
        ids = tokenizer.get_vocab()
        for word in words:
            ids.setdefault(word, len(ids))
        tokenizer.model = models.WordLevel(ids, unk_token=SPECIAL_TOKENS[UNKNOWN_ID])

    def encode(self, texts: Sequence[str]) -> list[np.ndarray]:
        """Token ids of each text, int32 `[T]`, T at most `max_length`; an empty text gives one
        unknown token, so that every sequence has a step."""
        return [
            np.asarray(encoding.ids or [UNKNOWN_ID], dtype="int32")
            for encoding in self._encodings(texts)
        ]

    def lengths(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text has before it is cut to `max_length`."""
        return [
            len(encoding.ids) + sum(len(more.ids) for more in encoding.overflowing)
            for encoding in self._encodings(texts)
        ]

    def pieces(self, text: str) -> list[Piece]:
        """The tokens of a text as they stand in it, one for each id that `encode` gives; none of an
        empty text. What lies between and in them is the text, up to where it is cut.

        >>> encoder = TextEncoder().adapt(["win a prize"])
        >>> encoder.pieces("You WIN")
        [Piece(before='', surface='You', known=False), Piece(before=' ', surface='WIN', known=True)]
        """
        text = whole_characters(text)
        encoding = self._adapted_tokenizer().encode(text, add_special_tokens=False)
        found, at = [], 0
        for token, (start, end) in zip(encoding.ids, encoding.offsets, strict=True):
            start, end = max(start, at), max(end, at)  # one character may make two tokens
            found.append(Piece(text[at:start], text[start:end], token != UNKNOWN_ID))
            at = end
        return found

    def decode(self, ids: Iterable[int]) -> list[str]:
        """The tokens that the ids stand for."""
        tokenizer = self._adapted_tokenizer()
        return [str(tokenizer.id_to_token(int(i))) for i in ids]

    def get_config(self) -> dict[str, Any]:
        """Plain data from which `from_config` makes an equal encoder."""
        return {
            "tokens": self.tokens,
            "vocabulary_size": self.vocabulary_size,
            "max_length": self.max_length,
            "min_frequency": self.min_frequency,
            "lowercase": self.lowercase,
            "tokenizer": self._tokenizer.to_str() if self._tokenizer else None,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "TextEncoder":
        config = dict(config)
        serialized = config.pop("tokenizer", None)
        encoder = cls(**config)
        if serialized is not None:
            encoder._tokenizer = Tokenizer.from_str(serialized)
            encoder._limit()
        return encoder

    def _untrained(self) -> tuple[Tokenizer, trainers.Trainer]:
        options: dict[str, Any] = {"vocab_size": self.vocabulary_size, "show_progress": False}
        options["special_tokens"] = SPECIAL_TOKENS
        options["min_frequency"] = self.min_frequency
        unknown = SPECIAL_TOKENS[UNKNOWN_ID]
        trainer: trainers.Trainer
        if self.tokens == "bpe":
            tokenizer = Tokenizer(models.BPE(unk_token=unknown))
            trainer = trainers.BpeTrainer(**options)
        else:
            tokenizer = Tokenizer(models.WordLevel(unk_token=unknown))
            trainer = trainers.WordLevelTrainer(**options)
        tokenizer.normalizer = self._normalizer()
        if self.tokens == "character":
            tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[\s\S]"), behavior="isolated")
        else:
            # A number is read digit by digit: nobody's telephone number is in the vocabulary.
            tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
                [pre_tokenizers.BertPreTokenizer(), pre_tokenizers.Digits(individual_digits=True)]
            )
        return tokenizer, trainer

    def _normalizer(self) -> tokenizers.normalizers.Normalizer:
        if self.tokens == "character":
            steps = [normalizers.NFC()]
            return normalizers.Sequence(steps + [normalizers.Lowercase()] * self.lowercase)
        return normalizers.BertNormalizer(strip_accents=False, lowercase=self.lowercase)

    def _encodings(self, texts: Sequence[str]) -> Iterator[tokenizers.Encoding]:
        tokenizer = self._adapted_tokenizer()
        for start in range(0, len(texts), _CHUNK):
            chunk = [whole_characters(text) for text in texts[start : start + _CHUNK]]
            yield from tokenizer.encode_batch_fast(chunk, add_special_tokens=False)

    def _limit(self) -> None:
        tokenizer = self._adapted_tokenizer()
        tokenizer.enable_truncation(self.max_length)
        tokenizer.encode_special_tokens = True  # a text that says "[PAD]" holds no padding

    def _adapted_tokenizer(self) -> Tokenizer:
        if self._tokenizer is None:
            raise ArgumentError("This TextEncoder has no vocabulary yet: call adapt(texts) first.")
        return self._tokenizer
