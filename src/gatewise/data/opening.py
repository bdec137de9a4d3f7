"""Opening a user's file: is it there, is it what its name says, in which encoding."""

import bz2
import codecs
import difflib
import gzip
import io
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from gatewise.errors import ArgumentError, DataError

_PACKED = {".gz": gzip.open, ".bz2": bz2.open}
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MAGIC = (
    (b"PAR1", "a Parquet file", "Rename it to .parquet."),
    (b"PK\x03\x04", "a zip archive (Excel files are such)", "Save the sheet as CSV (UTF-8)."),
    (b"\xd0\xcf\x11\xe0", "an old Excel file", "Save the sheet as CSV (UTF-8)."),
    (b"%PDF", "a PDF", "Give a table with an input and a label column instead."),
    (b"SQLite format 3", "an SQLite database", "Export the table as CSV."),
    (b"\x93NUMPY", "a NumPy .npy file", "Save it with numpy.savez (.npz): x, y and lengths."),
    (b"\x1f\x8b", "a gzip archive", "Add .gz to its name."),
    (b"<!doctype html", "a web page", "Fetch the file itself, not the page about it."),
    (b"<html", "a web page", "Fetch the file itself, not the page about it."),
    (b"\x80\x04", "a Python pickle", "Gatewise never loads one; save CSV or .npz instead."),
)
SAMPLE = 1 << 16
LETTER = r"[^\W\d_]"
# Letters of cp1250 whose bytes cp1252 reads as what stands nowhere in Western European words: ł, ą
# and ş are a raised 3 or 1 and a º, never inside a word; ě and ů are ì and ù, which end theirs; Ł
# is a pound sign, never before a letter. The others are rare there, and read alike or not at all.
CENTRAL = re.compile(f"[šžťźŠŽŤŹ]|(?<={LETTER})[łążşľ](?={LETTER})|[ěůŁ](?={LETTER})")
HUNGARIAN = re.compile("[őű](?!e)")  # õ and û to cp1252, as in Portuguese words in -ões
ENOUGH = 20  # accented letters of which one from Central Europe is enough
# Asked among all it knows, the guesser names exotic cousins of these, which read accents wrongly.
LIKELY = ["utf_8", "utf_16", "utf_32", "cp1252", "cp1250", "cp1251", "koi8_r", "gb18030", "big5"]
LIKELY += ["shift_jis", "euc_jp", "euc_kr"]


def nearest(name: str, known: Iterable[str]) -> str:
    """`" Did you mean 'x'?"` for the best match of `name`, else an empty string.

    >>> nearest("lable", ["text", "label"])
    " Did you mean 'label'?"
    """
    by_lower = {item.lower(): item for item in known}
    found = difflib.get_close_matches(str(name).lower(), list(by_lower), n=1, cutoff=0.5)
    return f" Did you mean {by_lower[found[0]]!r}?" if found else ""


def existing_file(path: str | Path) -> Path:
    """`path`, sure to be a file with something in it."""
    path = Path(path).expanduser()
    if path.is_dir():
        files = sorted(item.name for item in path.iterdir() if item.is_file())[:5]
        inside = f" It holds {', '.join(files)}." if files else ""
        raise DataError(f"{path}: expected a file, got a folder.{inside} Name one file.")
    if not path.exists():
        raise DataError(f"{path}: there is no such file.{_neighbours(path)}")
    if path.stat().st_size == 0:
        raise DataError(f"{path}: the file is empty (0 bytes). Was it saved to the end?")
    return path


def _neighbours(path: Path) -> str:
    if not path.parent.is_dir():
        return f" The folder {path.parent} is not there either; check the path."
    names = [item.name for item in path.parent.iterdir()]
    near = difflib.get_close_matches(path.name, names, n=3, cutoff=0.5)
    return f" Near in name: {', '.join(near)}." if near else f" Looked in {path.parent.resolve()}."


def form(path: Path) -> str:
    """The extension that says how to read `path`, without that of a compression.

    >>> form(Path("a/sensors.ts.gz"))
    '.ts'
    """
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in _PACKED:
        suffixes.pop()
    return suffixes[-1] if suffixes else ""


def open_bytes(path: Path) -> IO[bytes]:
    """`path` for reading, unpacked on the way when it ends in .gz or .bz2."""
    opener = _PACKED.get(path.suffix.lower())
    return opener(path, "rb") if opener else open(path, "rb")  # type: ignore[operator]


@contextmanager
def text_lines(path: Path, encoding: str | None, errors: str = "strict") -> Iterator[Iterator[str]]:
    """The lines of a text file with their ends, decoded; a bad byte is named, with its line.

    Without `encoding` the byte order mark decides, else UTF-8. `errors` is that of `open`.
    """
    with open_bytes(path) as raw, _unpacking(path):
        sample = raw.read(SAMPLE)
        _refuse_other_content(path, sample)
        chosen = _encoding(path, sample, encoding)
        raw.seek(0)
        with io.TextIOWrapper(raw, chosen, errors, newline="") as text:  # type: ignore[arg-type]
            try:
                yield text
            except UnicodeError:
                raise _bad_byte(path, chosen) from None


@contextmanager
def _unpacking(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, EOFError, zlib.error) as error:
        if path.suffix.lower() not in _PACKED:
            raise
        raise DataError(
            f"{path}: expected a file compressed as {path.suffix}, got one that does not unpack "
            f"({error}). Fetch or compress it again."
        ) from error


def _refuse_other_content(path: Path, sample: bytes) -> None:
    for magic, what, remedy in _MAGIC:
        if sample.startswith(magic) or sample[:80].lstrip().lower().startswith(magic):
            raise DataError(f"{path}: expected text, got {what}. {remedy}")


def _encoding(path: Path, sample: bytes, asked: str | None) -> str:
    if asked is not None:
        try:
            name = codecs.lookup(asked).name
        except LookupError:
            raise ArgumentError(
                f"--encoding: {asked!r} is no encoding that Python knows."
                f"{nearest(asked, ENCODINGS)} Try one of {', '.join(ENCODINGS)}."
            ) from None
        return "utf-8-sig" if name == "utf-8" else name
    for mark, name in _BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return name
    if sample.count(0) > len(sample) // 4:
        likely = "utf-16-le" if sample[1:2] == b"\0" else "utf-16-be"
        raise DataError(
            f"{path}: expected UTF-8 text, got {sample.count(0)} null bytes in the first "
            f"{len(sample)}; it looks like {likely}. Give --encoding {likely}."
        )
    return "utf-8"


ENCODINGS = ("utf-8", "utf-16", "latin-1", "cp1252", "gb18030", "shift_jis", "euc-kr", "big5")


def _bad_byte(path: Path, encoding: str) -> DataError:
    """Look for the first byte that does not decode; only an error pays for this second pass."""
    decoder = codecs.getincrementaldecoder(encoding)()
    before, line = 0, 1
    with open_bytes(path) as raw:
        for chunk in raw:
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                at = min(max(error.start, 0), len(chunk) - 1)
                place = f"byte 0x{chunk[at]:02x} at offset {before + at}, line {line}"
                return DataError(
                    f"{path}: expected {encoding.removesuffix('-sig')} text, got {place}, which "
                    f"is not.{_looks_like(path)}"
                )
            before, line = before + len(chunk), line + 1
    return DataError(f"{path}: the text breaks off in the middle of a character ({encoding}).")


def _looks_like(path: Path) -> str:
    from charset_normalizer import from_bytes

    with open_bytes(path) as raw:
        sample = raw.read(4 * SAMPLE)
    if _accented(sample) and not _utf_8(sample):
        name = _european(sample)
        return f" It looks like {name}: give --encoding {name}."
    best = from_bytes(sample, cp_isolation=LIKELY).best()
    if best is None or best.encoding in ("utf_8", "ascii"):
        return f" Name its encoding, for example --encoding {ENCODINGS[3]}."
    # Where several would read the bytes alike, the most usual one is named.
    alike = [name for name in LIKELY if name in best.could_be_from_charset]
    name = alike[0] if alike else best.encoding
    return f" It looks like {name}: give --encoding {name}."


def _accented(sample: bytes) -> bool:
    """Whether bytes beyond ASCII are a small part of the words they stand in, as accented letters
    are.

    >>> _accented("el niño y la niña".encode("latin-1")), _accented("你好".encode("big5"))
    (True, False)
    """
    words = [word for word in sample.split() if not word.isascii()]
    high = sum(byte > 0x7F for word in words for byte in word)
    return high < 0.4 * sum(map(len, words))


def _utf_8(sample: bytes) -> bool:
    """Whether bytes are UTF-8, but for a character that is cut off at their end."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError:
        return False
    return True


def _european(sample: bytes) -> str:
    """The encoding of a text in Latin letters: of Western Europe, unless it is clearly of Central
    Europe.

    >>> _european("la niña de mañana".encode("latin-1")), _european("Żółta łąka".encode("cp1250"))
    ('cp1252', 'cp1250')
    """
    text = sample.decode("cp1250", "replace")
    found = len(CENTRAL.findall(text))
    if "á" in text and "ă" not in text:  # else Estonian, or Portuguese with its ã
        found += len(HUNGARIAN.findall(text))
    accented = sum(byte > 0x7F for byte in sample)
    return "cp1250" if found and ENOUGH * found >= accented else "cp1252"
