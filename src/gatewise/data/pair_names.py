"""What the first line of a table of pairs says: names of its columns, or a pair already."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from itertools import product
from typing import Any

from gatewise.data.text_table import cell_text, missing

SOURCE_NAMES = ("source", "src", "input", "word", "english", "en", "spelling", "from", "text",
                "original", "grapheme", "graphemes")  # fmt: skip
TARGET_NAMES = ("target", "tgt", "trg", "output", "translation", "phones", "phonemes", "phoneme",
                "sound", "pronunciation", "to")  # fmt: skip
# Names that mean nothing else, together.
PLAIN = (
    ("source", "target"), ("src", "target"),
    *product(
        ("source", "src", "original", "english", "word", "spelling", "grapheme", "graphemes"),
        ("translation", "tgt", "trg", "phones", "phonemes", "phoneme", "pronunciation"),
    ),
)  # fmt: skip
# Names that are as well those of an example and its label: what stands below must tell.
EITHER = (
    ("input", "output"), ("inputs", "outputs"), ("question", "answer"), ("prompt", "response"),
    ("phrase", "meaning"), ("text", "translation"), ("sentence", "translation"),
)  # fmt: skip

LANGUAGES = {
    "arabic": "ar", "chinese": "zh", "czech": "cs", "danish": "da", "dutch": "nl", "english": "en",
    "finnish": "fi", "french": "fr", "german": "de", "greek": "el", "hebrew": "he", "hindi": "hi",
    "hungarian": "hu", "italian": "it", "japanese": "ja", "korean": "ko", "norwegian": "no",
    "polish": "pl", "portuguese": "pt", "romanian": "ro", "russian": "ru", "spanish": "es",
    "swedish": "sv", "turkish": "tr", "ukrainian": "uk", "vietnamese": "vi",
}  # fmt: skip
# In their own words, and some in those of others.
OTHER_WORDS = (
    "čeština", "dansk", "nederlands", "suomi", "français", "deutsch", "ελληνικά", "magyar",
    "italiano", "norsk", "polski", "português", "română", "русский", "español", "castellano",
    "svenska", "türkçe", "українська", "中文", "日本語", "한국어", "inglés", "anglais", "englisch",
    "inglese", "inglês", "engels", "engelsk", "engelska", "angielski", "английский", "英語", "英文",
    "영어", "francés", "alemán", "italien", "espagnol", "allemand", "französisch", "spanisch",
    "italienisch",
)  # fmt: skip

# Beside a pair: where it is from, what may be done with it.
ASIDE = {"", "index", "attribution", "license", "licence", "split", "url"}
LEAST_ROWS = 4  # by which what stands in a column may be told


def bare(name: str) -> str:
    """A name without its case and accents.

    >>> bare(" Español ")
    'espanol'
    """
    letters = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


WORDS = {*LANGUAGES, *map(bare, OTHER_WORDS)}
CODES = set(LANGUAGES.values())


def named_as_pairs(columns: Iterable[str]) -> bool:
    """Whether the names of a table's columns say that it holds pairs.

    >>> named_as_pairs(["Source", "Target"]), named_as_pairs(["text", "label"])
    (True, False)
    """
    names = list(columns)
    return (languages(names) or together(names, PLAIN)) is not None


def together(
    columns: Sequence[str], known: Sequence[tuple[str, str]] = (*PLAIN, *EITHER)
) -> tuple[int, int] | None:
    """Places of two columns whose names are known together, as a source's and a target's.

    >>> together(["id", "Answer", "Question"]), together(["Source Text", "Target Text"])
    ((2, 1), (0, 1))
    """
    names = [name.strip().lower() for name in columns]
    if len(places := beside(columns)) == 2:
        parts = [_parts(columns[place]) for place in places]
        shared = set(parts[0]) & set(parts[1])
        for place, own in zip(places, parts, strict=True):
            names[place] = " ".join(part for part in own if part not in shared)
    found = ((names.index(a), names.index(b)) for a, b in known if a in names and b in names)
    return next(found, None)


def beside(names: Sequence[str]) -> list[int]:
    """The places of the columns that may hold a source or a target: no number of a row or a text,
    no attribution.

    >>> beside(["id", "en", "es", "license"]), beside(["pair_id", "left", "right"])
    ([1, 2], [1, 2])
    """
    return [
        place
        for place, name in enumerate(names)
        if bare(name) not in ASIDE
        and "id" not in _parts(name)
        and not re.fullmatch(r"column \d+|unnamed: \d+", bare(name))
    ]


def languages(names: Sequence[str]) -> tuple[int, int] | None:
    """The places of two columns that are named after two languages, both in words or both by their
    codes, with a region or with a word before or after them; the first is the source.

    >>> languages(["english", "spanish"]), languages(["id", "en_US", "es_MX"])
    ((0, 1), (1, 2))
    >>> languages(["sentence_en", "sentence_es"]), languages(["text", "no"])
    ((0, 1), None)
    """
    places = beside(names)
    if len(places) != 2:
        return None
    first, second = places
    return (first, second) if _two_languages(names[first], names[second]) else None


def _two_languages(first: str, second: str) -> bool:
    """
    >>> _two_languages("no", "en"), _two_languages("english", "es")
    (True, False)
    >>> _two_languages("text_en", "count_it")
    False
    """
    found = _in_words(first), _in_words(second)
    if None not in found:
        return found[0] != found[1]
    one, other = _by_code(first), _by_code(second)
    if not one or not other or one[0] == other[0]:
        return False
    regions = all(len(rest) <= 1 and all(len(part) == 2 for part in rest)
                  for _, rest in (one, other))  # fmt: skip
    return one[1] == other[1] or regions


def _in_words(name: str) -> str | None:
    return next((part for part in _parts(name) if part in WORDS), None)


def _by_code(name: str) -> tuple[str, list[str]] | None:
    """The code that a name begins or ends with, and the rest of it.

    >>> _by_code("EN text"), _by_code("pt-BR"), _by_code("is_it_so")
    (('en', ['text']), ('pt', ['br']), None)
    """
    parts = _parts(name)
    for place in (0, -1):
        if parts and parts[place] in CODES:
            return parts[place], parts[1:] if place == 0 else parts[:-1]
    return None


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"[\W_]+", bare(name)) if part]


def is_header(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bool:
    """Whether a first line of unknown names is one of names all the same: each is one word, and in
    some column below hardly anything could be a name.

    >>> is_header(["phrase", "meaning"], [["you see the book", "ves el libro"]] * 4)
    True
    >>> is_header(["cat", "gato"], [["dog", "perro"]] * 4), is_header(["text1", "text2"], [])
    (False, True)
    """
    stems = {re.sub(r"\d$", "", name) for name in names}
    if len(stems) == 1 and len(set(names)) > 1 and _is_name(f"{stems.pop()}-"):
        return True
    return all(map(_is_name, names)) and any(map(_holds_no_names, zip(*rows, strict=True)))


def _is_name(text: str) -> bool:
    """Whether a text is one word of two letters or more, with nothing else than `_` and `-`.

    >>> _is_name("phrase"), _is_name("target_text"), _is_name("Go."), _is_name("AH0")
    (True, True, False, False)
    """
    return re.fullmatch(r"[^\W\d_](?:[^\W\d]|-)+", text) is not None


def _holds_no_names(cells: Iterable[Any]) -> bool:
    texts = [cell_text(cell).strip() for cell in cells if not missing(cell)]
    filled = [text for text in texts if text]
    strange = sum(not _is_name(text) for text in filled)
    return len(filled) >= LEAST_ROWS and strange >= 0.9 * len(filled)


def holds_a_pair(names: Sequence[str]) -> bool:
    """Whether a first line is plainly none of names: a cell is a number or a sentence.

    >>> holds_a_pair(["1", "Go"]), holds_a_pair(["id", "Is it spam?"])
    (True, False)
    """
    return any(name.isdecimal() or name.endswith((".", "!", "。", "！")) for name in names)


def without_names(names: Sequence[str], labelled: bool) -> tuple[int, int] | None:
    """Places of source and target in a first line without names; None where they are not plain.

    The source stands first, then the target, then perhaps an attribution; or both behind their
    numbers. Of sources alone both places are the source's.

    >>> without_names(["Go.", "Ve."], True), without_names(["17", "Go.", "23", "Ve."], True)
    ((0, 1), (1, 3))
    >>> without_names(["17", "Go.", "Ve."], True), without_names(["id", "eng", "spa"], True)
    ((1, 2), (1, 2))
    """
    places = [place for place in beside(names) if not names[place].isdecimal()]
    if len(places) == 2 and len(names) <= 4:
        return places[0], places[1] if labelled else places[0]
    if len(names) in ((2, 3) if labelled else (1, 2, 3)):
        return 0, 1 if labelled else 0
    return None
