"""A network with binary gates from the command line: trained, and used with gates of 0 and 1."""

import json

import numpy as np
import pytest

import gatewise as gw
from gatewise.layers import BinaryGateLSTM, find_recurrent, round_gates

from ..toys import texts, write_csv
from .conftest import trained


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run on a table, and the table."""
    folder = tmp_path_factory.mktemp("binary")
    x, y = texts(60)
    table = write_csv(folder / "days.csv", {"said": x, "mood": y})
    trained(table, "--input", "said", "--target", "mood", "--out", folder / "run",
            "--cell", "binary_gate_lstm")  # fmt: skip
    return folder / "run" / "model.keras", table


def test_the_model_has_the_cell_and_is_read_again(run):
    model, _ = run
    classifier = gw.load(model)
    [(_, layer)] = find_recurrent(classifier)
    assert type(layer) is BinaryGateLSTM
    assert classifier.options["cell"] == "binary_gate_lstm"
    assert "LSTM with binary gates" in (model.parent / "report.html").read_text()


def test_evaluate_and_predict_round_on_request(gatewise, run):
    model, table = run
    classifier, (x, _) = gw.load(model), texts(60)
    soft = classifier.predict(x[:3]).max(axis=1)
    hard = round_gates(classifier).predict(x[:3]).max(axis=1)
    assert abs(soft - hard).max() > 1e-4
    for option, wanted in (([], soft), (["--round-gates"], hard)):
        code, out, err = gatewise("predict", model, *x[:3], *option, "--format", "json")
        assert code == 0, err
        found = [one["labels"][0]["probability"] for one in json.loads(out)]
        assert found == pytest.approx(wanted.tolist(), abs=2e-6)
    code, out, err = gatewise("evaluate", model, table, "--round-gates", "--format", "json")
    assert code == 0, err
    answers = [one.label for one in classifier.classify(x)]
    right = sum(one == other for one, other in zip(answers, texts(60)[1], strict=True))
    assert json.loads(out)["accuracy"]["value"] == pytest.approx(right / 60)


def test_look_shows_what_rounded_gates_do(gatewise, run, tmp_path):
    out, arrays = tmp_path / "look.html", tmp_path / "gates.npz"
    for option, wanted in (([], False), (["--round-gates"], True)):
        code, _, err = gatewise("look", run[0], "a good day", *option, "--no-open", "--out", out,
                                "--npz", arrays)  # fmt: skip
        assert code == 0, err
        assert (f'"rounded":{str(wanted).lower()}') in out.read_text(encoding="utf-8")
        gates = next(array for name, array in np.load(arrays).items() if name.endswith("/forget"))
        assert bool(np.isin(gates, [0, 1]).all()) is wanted


@pytest.mark.parametrize(
    "words", [["predict", "the day is good"], ["look", "the day is good"], ["evaluate", None]]
)
def test_other_networks_have_nothing_to_round(refused, text_run, run, words):
    command, given = words
    message = refused(command, text_run / "model.keras", given or run[1], "--round-gates", code=2)
    assert "expected a BinaryGateLSTM" in message
    assert "--cell binary_gate_lstm" in message
