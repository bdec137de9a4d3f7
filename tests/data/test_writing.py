from pathlib import Path

import numpy as np
import pytest

from gatewise.data.running import RunningBatches, SequenceBatches
from gatewise.data.sequence_tokens import SequenceEncoder
from gatewise.data.sets_generation import folk_tunes
from gatewise.data.writing import read_writing
from gatewise.errors import DataError

TEXTS = ["Öl im  Haus\nja, 10!\n", "oder  nicht\n\n"]


@pytest.mark.parametrize("tokens", ["character", "bpe"])
def test_texts_come_back_as_they_were(tokens: str) -> None:
    encoder = SequenceEncoder(tokens, vocabulary_size=300).adapt(TEXTS)
    assert [encoder.text(ids) for ids in encoder.encode(TEXTS)] == TEXTS
    again = SequenceEncoder.from_config(encoder.get_config())
    assert [again.text(ids) for ids in again.encode(TEXTS)] == TEXTS


def test_bytes_know_what_training_never_saw() -> None:
    encoder = SequenceEncoder("bpe", vocabulary_size=300).adapt(TEXTS)
    assert encoder.text(encoder.encode(["日本 ☃"])[0]) == "日本 ☃"


def test_words_are_written_with_one_space() -> None:
    encoder = SequenceEncoder("word").adapt(TEXTS)
    assert encoder.text(encoder.running(TEXTS)) == "Öl im Haus\nja, 10!\noder nicht\n\n"


def test_a_running_text_is_not_cut_into_other_tokens() -> None:
    encoder = SequenceEncoder(max_length=10_000).adapt(TEXTS)
    ids = encoder.running(["".join(TEXTS)])
    assert encoder.text(ids) == "".join(TEXTS)


@pytest.mark.parametrize("tokens", ["character", "bpe", "word"])
def test_no_line_of_a_running_text_is_cut_off(tokens: str) -> None:
    text = " ".join(["the cat sat"] * 20) + "\n   \nthe end"
    encoder = SequenceEncoder(tokens, max_length=4).adapt([text])
    ids = encoder.running([text])
    assert encoder.text(ids).split() == text.split()
    assert not np.isin(ids, encoder.unwritten).any()


def test_streams_read_every_token_once_and_go_on_where_they_were() -> None:
    ids = np.arange(1, 24)
    batches = RunningBatches(ids, 99, streams=3, steps=4)
    read = [batches[place] for place in range(batches.num_batches)]
    rows = np.concatenate([targets for _, targets, _ in read], axis=1)
    weights = np.concatenate([weights for _, _, weights in read], axis=1)
    assert sorted(rows[weights > 0].tolist()) == ids.tolist()
    for row, weight in zip(rows, weights, strict=True):
        assert (np.diff(row[weight > 0]) == 1).all()
    assert [float(inputs["fresh"][0]) for inputs, _, _ in read] == [1.0, 0.0]
    tokens = np.concatenate([inputs["tokens"] for inputs, _, _ in read], axis=1)
    assert tokens[0, 0] == 99
    assert (rows[weights > 0] - tokens[weights > 0] == 1).sum() == 22


def test_epochs_are_a_function_of_seed_and_number() -> None:
    def epoch(number: int) -> list[list[int]]:
        batches = RunningBatches(np.arange(500), 999, streams=2, steps=16, seed=3)
        batches.start_epoch(number)
        return [batches[place][0]["tokens"].tolist() for place in range(batches.num_batches)]

    assert epoch(2) == epoch(2)
    assert epoch(2) != epoch(3)
    assert len(epoch(2)) == len(epoch(3))


def test_sequences_stand_between_boundaries() -> None:
    batches = SequenceBatches([np.array([4, 5]), np.array([6])], np.array([1, 0]), boundary=9,
                              batch_size=2)  # fmt: skip
    inputs, targets, weights = batches[0]
    assert inputs["tokens"].tolist() == [[9, 6, 0], [9, 4, 5]]
    assert targets.tolist() == [[6, 9, 0], [4, 5, 9]]
    assert weights.tolist() == [[1, 1, 0], [1, 1, 1]]
    assert inputs["condition"].tolist() == [0, 1]


def test_files_of_texts(tmp_path: Path) -> None:
    table = tmp_path / "names.csv"
    table.write_text("name,country\nAnna,it\nOlga,ru\n")
    assert read_writing(table, input="name").labels is None
    assert read_writing(table, input="name", target="country").labels == ["it", "ru"]
    assert read_writing(table, input="name", running=True).inputs == ["Anna\nOlga\n"]
    empty = tmp_path / "empty.txt"
    empty.write_text("\n \n")
    with pytest.raises(DataError, match="expected a text to learn to write from"):
        read_writing(empty)


def test_tunes_are_split_and_lose_their_numbers(tmp_path: Path) -> None:
    abc = tmp_path / "a.abc"
    abc.write_text("\nX:1\nT: One\nK: G\nGAB |\n\nX:2\nT: Two\nK: C\nc2 | \n")
    folk_tunes({"x/a.abc": abc, "x/license.txt": abc}, tmp_path)
    tunes = read_writing(tmp_path / "train.jsonl").inputs
    assert tunes == ["T: One\nK: G\nGAB |", "T: Two\nK: C\nc2 |"]
