"""The words of raw text, as a tagger of words takes them."""

import re
import unicodedata
from collections.abc import Collection, Container, Iterable, Iterator
from functools import cache
from itertools import product, takewhile

import click

from gatewise.data.opening import existing_file, form
from gatewise.data.tagged import slashed_tokens

NEARLY_ALL = 0.9
JOINERS = "\u200c\u200d"  # stand within words of Persian and Indic scripts
# Kana, Chinese characters, Thai and Lao, Burmese, Khmer: written without spaces between words.
UNSPACED = re.compile(
    "[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]{4,}"
)
ENDS = (".", ",", ";", ":", "!", "?")
MOST_MARKS = 4  # around a word that are looked behind
LONG_WORD = 9  # characters; few words of those scripts have more


def words_of(text: str, known: Container[str] = ()) -> list[str]:
    """Words with what is inside them (don't, 3.14, well-known), and every other mark alone; but
    what is `known`, in small letters, stays whole.

    Marks that combine with a letter (accents, vowel signs) belong to it.

    >>> words_of("In the U.S., $100.", ["u.s.", "$100"])
    ['In', 'the', 'U.S.', ',', '$100', '.']
    >>> words_of("Oh no.", ["no", "no."])
    ['Oh', 'no', '.']

    >>> words_of("Don't pay 3.14, well-known")
    ["Don't", 'pay', '3.14', ',', 'well-known']
    >>> [len(word) for word in words_of("cafe\\u0301 \\u0939\\u093f\\u0928\\u094d\\u0926\\u0940!")]
    [5, 6, 1]
    """
    marks = {one for one in set(text) if unicodedata.category(one)[0] == "M" or one in JOINERS}
    pattern = _pattern("".join(sorted(marks)))
    return [word for chunk in text.split() for word in _chunk_words(chunk, pattern, known)]


def _chunk_words(chunk: str, pattern: re.Pattern[str], known: Container[str]) -> list[str]:
    """The words of what stands between two spaces: around a known one there may be marks."""
    words = pattern.findall(chunk)
    if len(words) < 2:
        return words
    before, after = _marks_before(chunk), _marks_before(chunk[::-1])
    for begin, end in sorted(product(range(before + 1), range(after + 1)), key=sum):
        core = chunk[begin : len(chunk) - end]
        if core.lower() in known and not _ends_sentence(core.lower(), known):
            return [*pattern.findall(chunk[:begin]), core,
                    *pattern.findall(chunk[len(chunk) - end :])]  # fmt: skip
    return words


def _marks_before(chunk: str) -> int:
    """How many marks a chunk begins with, at most `MOST_MARKS`."""
    marks = takewhile(lambda one: unicodedata.category(one)[0] in "PS", chunk[:MOST_MARKS])
    return sum(1 for _ in marks)


def _ends_sentence(core: str, known: Container[str]) -> bool:
    """Whether the mark at the end of a known word may as well end a sentence: No. and no."""
    return core.endswith(ENDS) and core[:-1] in known


@cache
def _pattern(marks: str) -> re.Pattern[str]:
    inside = rf"[\w{re.escape(marks)}]"
    return re.compile(rf"\w{inside}*(?:[-'’.,]\w{inside}*)*|[^\w\s][{re.escape(marks)}]*"
                      if marks else r"\w+(?:[-'’.,]\w+)*|[^\w\s]")  # fmt: skip


def numbered_words(
    numbered: Iterable[tuple[int, str]], known: Container[str] = ()
) -> Iterator[tuple[int, list[str]]]:
    """Numbered texts as words, `known` ones whole; once, a note where a text has no spaces between
    its words."""
    told = False
    for row, text in numbered:
        words = words_of(text, known)
        long = None if told else unspaced(text, words)
        if long:
            told = True
            click.echo(
                f"note: row {row}: {long[:20]} is read as one word: words must be parted by "
                "spaces. Split such texts into words first.",
                err=True,
            )
        yield row, words


def unspaced(text: str, words: list[str]) -> str | None:
    """A word that is plainly a sentence, in a script written without spaces.

    >>> unspaced("我爱北京", ["我爱北京"]), unspaced("我 爱 北京", ["我", "爱", "北京"])
    ('我爱北京', None)
    """
    least = 4 if len(text.split()) == 1 else LONG_WORD
    return next((word for word in words if len(word) >= least and UNSPACED.search(word)), None)


def slashed(source: str, tags: Collection[str], encoding: str | None) -> bool:
    """Whether nearly every token of a .txt file's first lines is `word/TAG` with one of `tags`."""
    path = existing_file(source)
    if form(path) != ".txt":
        return False
    tokens = slashed_tokens(path, encoding)
    known = sum(bool(word) and tag in tags for word, tag in tokens)
    return bool(tokens) and known >= NEARLY_ALL * len(tokens)
