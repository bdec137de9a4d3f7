"""The container itself."""

from gatewise.data import Examples, LeftOut
from gatewise.data.examples import KINDS, excerpt


def test_take_keeps_what_was_left_out_and_said():
    left_out = [LeftOut(3, "empty input")]
    some = Examples("text", ["a", "b"], ["x", "y"], [2, 4], left_out, "f.csv", None, ["note"])
    one = some.take([1])
    assert (one.inputs, one.labels, one.rows) == (["b"], ["y"], [4])
    assert (one.left_out, one.notes, one.source) == (left_out, ["note"], "f.csv")
    one.notes.append("more")
    assert some.notes == ["note"]
    assert Examples("text", ["a"], None, [2]).take([0]).labels is None


def test_every_kind_is_found_from_its_reason():
    for kind in KINDS:
        assert LeftOut(1, kind).kind == kind
        assert LeftOut(1, f"{kind} and more").kind == kind


def test_excerpts_stay_on_one_line():
    assert excerpt("a\n\tb  c") == "a b c"
    assert len(excerpt("x" * 10_000_000)) == 60
