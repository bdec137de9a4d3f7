"""A run in this process: its results are plain data that the report can show."""

import json

import numpy as np
import pytest

from gatewise.kernels.native import library
from gatewise.report import render_report
from gatewise.tasks.job import train
from gatewise.tasks.options import RunOptions
from gatewise.tasks.run_folder import RunFolder

from ..toys import series, texts, write_csv, write_ts

pytestmark = pytest.mark.slow
MODEL = {"units": 3, "embedding": 4, "bidirectional": False}


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Results of a run on texts, some of them too long, and of one on series."""
    made = {}
    for kind in ("text", "series"):
        folder = tmp_path_factory.mktemp(kind)
        if kind == "text":
            x, y = texts(60)
            x[:6] = [f"{text} {text}" for text in x[:6]]
            file = write_csv(folder / "days.csv", {"text": x, "label": y})
            model = {**MODEL, "max_length": 4}
        else:
            x, y = series(40)
            x[0] = np.concatenate([x[0]] * 80)
            file, model = write_ts(folder / "s.ts", x, y), MODEL
        run = RunFolder(folder / "run")
        run.create()
        options = RunOptions(str(file), model=model, epochs=1, validation=0.0)
        said = []
        made[kind] = train(options, run, say=said.append), run, said
    return made


@pytest.mark.parametrize("kind", ["text", "series"])
def test_results_are_plain_and_become_a_page(found, kind):
    results, run, _ = found[kind]
    assert json.loads(run.metrics.read_text()) == json.loads(json.dumps(results))
    page = render_report(results)
    assert "majority answer" in page
    assert results["reproduce"]["command"].split()[2].strip("'") in page


def test_texts_cut_off_are_counted(found):
    lengths = found["text"][0]["data"]["lengths"]
    assert lengths["limit"] == 4
    assert lengths["truncated"] == 6
    assert max(lengths["values"]["train"]) == 4


def test_notes_are_said_those_of_the_data_first(found):
    results, _, said = found["text"]
    column = "took column 'text' as input and column 'label' as label"
    cut = "6 inputs are longer than 4 tokens and read only so far; --max-length reads more."
    assert results["notes"] == [column, cut]
    assert said == [f"note: {column}", f"note: {cut}"]


def test_a_series_is_shown_in_part_and_its_length_told(found):
    from gatewise.tasks.classifier.results import SERIES_SHOWN, _shown

    shown = _shown(np.arange(3000.0).reshape(300, 10))
    assert np.shape(shown["series"]) == SERIES_SHOWN
    assert shown["series"][1][:2] == [10.0, 11.0]
    assert shown["steps"] == 300
    assert _shown(np.array([1e-9, 2.5e9]))["series"] == [[1e-9], [2.5e9]]


def test_each_recurrent_layer_tells_its_path(found):
    (path,) = found["series"][0]["model"]["paths"]
    assert path["layer"].endswith("lstm_1")
    assert path["kernel"] == (None if library.reason() else "native")
    assert path["reason"]


def test_files_left_half_written_by_a_killed_run_are_tidied(tmp_path):
    (tmp_path / ".part-abc.keras").touch()
    RunFolder(tmp_path).create()
    assert list(tmp_path.iterdir()) == []
