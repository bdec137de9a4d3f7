"""Labels along time, drawn."""

from gatewise.report.lanes import lanes

TOLD = {
    "series": "<7>", "begin": 10, "true": ["a", "", "b", "b"], "found": ["a", "a", "b", "a"],
    "channels": [{"name": "x", "values": [0.0, 1.0, 2.0, 1.0]}],
}  # fmt: skip


def test_the_picture_says_in_words_what_it_shows():
    drawn = str(lanes("strip-1", TOLD))
    assert "Labels of series &lt;7&gt;" in drawn
    assert "3 labelled steps, 1 of them mistaken (66.7% right)." in drawn
    assert drawn.count(">mistakes<") == 1


def test_a_stretch_without_any_label_is_drawn_too():
    drawn = str(lanes("strip-1", TOLD | {"true": [""] * 4}))
    assert "0 labelled steps" in drawn
