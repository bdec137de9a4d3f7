"""Rounded recordings read as events, against a walk over every step in plain Python."""

import numpy as np
import pytest

import gatewise as gw
from gatewise.errors import ArgumentError
from gatewise.insight.events import events, listing, rounded
from gatewise.layers import round_gates

from .models import draw, inputs, masked, one_layer

U = 12
MASK = np.array([[1, 1, 1, 1, 0, 0], [0, 0, 1, 0, 1, 1], [0, 0, 0, 0, 0, 0]], bool)


def recorded(**options):
    backwards = options.pop("go_backwards", False)
    model = one_layer("BinaryGateLSTM", units=U, round_gates=True, go_backwards=backwards)
    return gw.record(model, masked(inputs(), MASK), **options)["layer"]


@pytest.mark.parametrize("backwards", [False, True])
def test_events_are_what_the_gates_did(backwards):
    one = recorded(go_backwards=backwards)
    walked = []
    for row in range(3):
        for t in reversed(range(6)) if backwards else range(6):
            for unit in range(U):
                kept, wrote = (bool(gate[row, t, unit]) for gate in (one.forget, one.update))
                if MASK[row, t] and (wrote or not kept):
                    candidate = one.candidate[row, t, unit] if wrote else 0
                    walked.append((row, t, unit, kept, wrote, candidate, one.cell[row, t, unit]))
    found = events(one)
    assert 0 < len(walked) < MASK.sum() * U
    assert [tuple(event) for event in found.tolist()] == walked
    assert {(event["kept"], event["wrote"]) for event in found} == {
        (False, False), (False, True), (True, True),
    }  # fmt: skip


def test_events_of_chosen_units_and_steps_keep_their_numbers():
    whole, part = events(recorded()), events(recorded(units=[1, 3], steps=[2, 5]))
    wanted = np.isin(whole["unit"], [1, 3]) & np.isin(whole["step"], [2, 5])
    np.testing.assert_array_equal(part, whole[wanted])


def test_the_cell_follows_from_the_events():
    found = events(recorded())
    for row in range(2):
        for unit in range(U):
            cell = 0.0
            for event in found[(found["row"] == row) & (found["unit"] == unit)]:
                cell = cell * event["kept"] + event["written"]
                assert event["cell"] == pytest.approx(cell, abs=1e-6)


def test_the_listing_reads_like_a_story():
    found = events(recorded())
    row = found[found["row"] == 0]
    lines = list(listing(row, [["free", "prize", "call", "now", "", ""]]))
    first = row[0]
    token = ["free", "prize", "call", "now"][first["step"]]
    assert lines[0].startswith(f"at step {first['step']} ('{token}') unit {first['unit']} ")
    ends = {
        (False, False): "forgot",
        (False, True): f"forgot and wrote {first['written']:.2f}",
        (True, True): f"kept and wrote {first['written']:.2f}",
    }
    assert lines[0].endswith(ends[bool(first["kept"]), bool(first["wrote"])])
    assert len(lines) == len(row)
    assert next(listing(found)).startswith(f"at row 0, step {first['step']} unit")


def test_gates_between_0_and_1_are_refused():
    model = one_layer("BinaryGateLSTM")
    with pytest.raises(ArgumentError, match=r"'layer': expected forget gates of 0 and 1, got 0\."):
        events(gw.record(model, inputs())["layer"])
    events(gw.record(round_gates(model), inputs())["layer"])


def test_a_gru_has_no_such_events():
    model = one_layer("GRU")
    draw(model)
    with pytest.raises(ArgumentError, match="expected an LSTM, got a GRU"):
        events(gw.record(model, inputs())["layer"])


def test_only_gates_of_zero_and_one_count_as_rounded():
    assert rounded(recorded())
    model = one_layer("BinaryGateLSTM", units=U)
    assert not rounded(gw.record(model, inputs())["layer"])
    assert not rounded(gw.record(one_layer("GRU"), inputs())["layer"])
