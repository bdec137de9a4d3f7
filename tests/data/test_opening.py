"""Files that are not what they seem: each gets a message that says what to do."""

import bz2
import gzip

import pytest

from gatewise.data import read
from gatewise.errors import ArgumentError, DataError

GOOD = "label,text\nham,see you at six\nspam,you won\n"


def test_a_missing_file_names_its_neighbours(tmp_path):
    (tmp_path / "messages.csv").write_text(GOOD)
    with pytest.raises(DataError, match=r"no such file.*messages\.csv"):
        read(tmp_path / "mesages.csv")
    with pytest.raises(DataError, match="is not there either"):
        read(tmp_path / "nowhere" / "mesages.csv")


def test_a_bare_word_was_meant_as_a_data_set():
    with pytest.raises(ArgumentError, match=r"neither a file nor.*Did you mean 'sms-spam'"):
        read("sms_spam")
    with pytest.raises(ArgumentError, match=r"gatewise\.data\.load\('trec'\)"):
        read("trec")


def test_a_folder(tmp_path):
    (tmp_path / "messages.csv").write_text(GOOD)
    with pytest.raises(DataError, match=r"got a folder. It holds messages\.csv"):
        read(tmp_path)


def test_an_empty_file(tmp_path):
    (tmp_path / "data.csv").write_bytes(b"")
    with pytest.raises(DataError, match=r"empty .0 bytes."):
        read(tmp_path / "data.csv")


@pytest.mark.parametrize("name", ["data.xlsx", "data.txt", "data", "data.pkl"])
def test_an_unknown_extension(tmp_path, name):
    (tmp_path / name).write_text(GOOD)
    with pytest.raises(DataError, match=r"expected one of \.csv"):
        read(tmp_path / name)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04....", "zip archive"),
        (b"PAR1....", "Parquet"),
        (b"%PDF-1.7", "PDF"),
        (b"\n<!DOCTYPE html><html>", "web page"),
        (gzip.compress(GOOD.encode(), mtime=0), "gzip"),
        (b'{"text": "a", "label": "b"}\n', "JSON"),
    ],
)
def test_content_of_another_kind(tmp_path, content, what):
    (tmp_path / "data.csv").write_bytes(content)
    with pytest.raises(DataError, match=what):
        read(tmp_path / "data.csv")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_read(tmp_path, encoding):
    (tmp_path / "data.csv").write_text("text,label\nnaïve 你好,é\nb,c\n", encoding=encoding)
    examples = read(tmp_path / "data.csv")
    assert examples.inputs == ["naïve 你好", "b"]
    assert examples.labels == ["é", "c"]


def test_another_encoding_is_named_with_byte_line_and_remedy(tmp_path):
    text = "label,text\n" + "bon,un repas\n" * 9000 + "bon,un été très agréable à la plage\n"
    path = tmp_path / "data.csv"
    path.write_bytes(text.encode("cp1252"))
    offset = text.index("é")
    with pytest.raises(DataError) as raised:
        read(path)
    message = str(raised.value)
    assert f"byte 0xe9 at offset {offset}, line 9002" in message
    assert "--encoding" in message
    assert read(path, encoding="cp1252").inputs[-1] == "un été très agréable à la plage"


@pytest.mark.parametrize("encoding", ["gb18030", "shift_jis"])
def test_encodings_of_east_asia(tmp_path, encoding):
    (tmp_path / "data.csv").write_text("text,label\n日本,好\n中国,悪\n", encoding=encoding)
    assert read(tmp_path / "data.csv", encoding=encoding).inputs == ["日本", "中国"]
    with pytest.raises(DataError, match=r"line 2.*--encoding"):
        read(tmp_path / "data.csv")


def test_utf_16_without_a_mark(tmp_path):
    (tmp_path / "data.csv").write_text(GOOD, encoding="utf-16-le")
    with pytest.raises(DataError, match="--encoding utf-16-le"):
        read(tmp_path / "data.csv")
    assert read(tmp_path / "data.csv", encoding="utf-16-le").labels == ["ham", "spam"]


def test_an_encoding_that_does_not_exist(tmp_path):
    (tmp_path / "data.csv").write_text(GOOD)
    with pytest.raises(ArgumentError, match="Did you mean 'latin-1'"):
        read(tmp_path / "data.csv", encoding="latin1-x")


@pytest.mark.parametrize(("suffix", "pack"), [(".gz", gzip.compress), (".bz2", bz2.compress)])
def test_compressed_files(tmp_path, suffix, pack):
    path = tmp_path / f"data.csv{suffix}"
    path.write_bytes(pack(GOOD.encode()))
    assert read(path).labels == ["ham", "spam"]
    path.write_bytes(pack(GOOD.encode() * 500)[:-20])
    with pytest.raises(DataError, match="does not unpack"):
        read(path)
    path.write_text(GOOD)
    with pytest.raises(DataError, match="does not unpack"):
        read(path)


def test_western_accents_are_guessed_as_the_usual_encoding(tmp_path):
    path = tmp_path / "latin.csv"
    rows = "".join(f"caf\u00e9 num\u00e9ro {number},ham\n" for number in range(50))
    path.write_bytes(("text,label\n" + rows).encode("latin-1"))
    with pytest.raises(DataError, match="looks like cp1252: give --encoding cp1252"):
        read(path)


WESTERN = [
    "mañana por la mañana\nel señor Núñez no está\n¿Qué quieres, niño? ¿qué? 1º de mayo",
    "señor",
    "L'été, nous étions à la plage où l'œuvre naïve du père Noël brûle, bientôt",
    "Über die Straße fährt ein größerer Wagen zu den Mädchen; 3 m³, £5, schön",
    "Não há soluções fáceis; as opções são três. Põe, você irá amanhã",
    "Così è più facile; lunedì già è andato là, perché no?",
    "Går du över ån? Blåbærsyltetøy på brød, smørrebrød med fløde på øen",
    "Hyvää päivää, mitä kuuluu? Tässä on äiti, isä ja pöytä",
    "Íslenska er skemmtilegt tungumál, það er gott að læra hana",
    "Tõepoolest, öö on pikk ja külm, õhtu",
]
CENTRAL = [
    "Dziękuję bardzo, gdzie są książki? Łódź jest piękna",
    "Příliš žluťoučký kůň úpěl ďábelské ódy",
    "Děkuji, dobrý den",
    "Nagyon jól, köszönöm. Ő egy nő, időben érkezik, drágám",
    "Dobro jutro, kuća, čovjek, žena",
    "Bună ziua, îmi place să mănânc peşte şi brânză",
]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(one, "cp1252") for one in WESTERN] + [(one, "cp1250") for one in CENTRAL],
)
def test_the_accents_of_a_language_are_read_as_they_were_written(tmp_path, text, encoding):
    path = tmp_path / "said.csv"
    path.write_bytes(("text,label\n" + f'"{text}",x\n' * 3).encode(encoding))
    with pytest.raises(DataError, match=f"looks like {encoding}: give --encoding {encoding}"):
        read(path)
    assert read(path, encoding=encoding).inputs[0] == text


def test_utf_8_that_is_asked_for_as_another_encoding_is_not_called_western(tmp_path):
    path = tmp_path / "said.csv"
    path.write_bytes("text,label\ntélévision réglée,x\n".encode())
    with pytest.raises(DataError, match="expected ascii") as raised:
        read(path, encoding="ascii")
    assert "looks like" not in str(raised.value)
