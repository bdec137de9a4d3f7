"""Series from .ts and .npz files: round trips, and what cannot be trained on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from gatewise.data import read
from gatewise.errors import ArgumentError, DataError

HEADER = "# a comment\n@problemName demo\n@timeStamps false\n@classLabel true a b\n@data\n"

floats = st.floats(-1e6, 1e6, width=32)


@st.composite
def labelled_series(draw):
    channels = draw(st.integers(1, 3))
    count = draw(st.integers(1, 6))
    shapes = [(draw(st.integers(1, 5)), channels) for _ in range(count)]
    series = [draw(arrays.arrays(np.float32, shape, elements=floats)) for shape in shapes]
    labels = draw(st.lists(st.sampled_from("ab"), min_size=count, max_size=count))
    return series, labels


def dropped(examples):
    return [(item.row, item.kind) for item in examples.left_out]


def same(found, expected):
    assert len(found) == len(expected)
    for one, two in zip(found, expected, strict=True):
        assert one.dtype == np.float32
        np.testing.assert_array_equal(one, two)


@given(labelled_series())
def test_ts_round_trip(tmp_path_factory, data):
    series, labels = data
    path = tmp_path_factory.mktemp("ts") / "data.ts"
    lines = [
        ":".join([*(",".join(map(repr, channel.tolist())) for channel in one.T), label])
        for one, label in zip(series, labels, strict=True)
    ]
    path.write_text(HEADER + "\n".join(lines))
    examples = read(path)
    same(examples.inputs, series)
    assert examples.labels == labels
    assert examples.rows == list(range(6, 6 + len(series)))


@given(labelled_series(), st.sampled_from(["padded", "joined"]))
def test_npz_round_trip(tmp_path_factory, data, how):
    series, labels = data
    path = tmp_path_factory.mktemp("npz") / "data.npz"
    lengths = [len(one) for one in series]
    if how == "joined":
        np.savez(path, values=np.concatenate(series), lengths=lengths, y=labels)
    else:
        x = np.full((len(series), max(lengths), series[0].shape[1]), np.nan)
        for row, one in zip(x, series, strict=True):
            row[: len(one)] = one
        np.savez(path, x=x, lengths=lengths, y=labels)
    examples = read(path)
    same(examples.inputs, series)
    assert examples.labels == labels
    assert examples.rows == list(range(1, 1 + len(series)))


class TestTs:
    def read(self, tmp_path, body, header=HEADER, **options):
        path = tmp_path / "data.ts"
        path.write_text(header + body)
        return read(path, **options)

    def test_what_is_left_out(self, tmp_path):
        body = [
            "1,2:3,4:a",
            "1,?:3,4:a",
            "1,nan:3,4:a",
            "1,inf:3,4:a",
            "1,1e300:3,4:a",
            "1,x:3,4:a",
            "1,2,3:4:a",
            "1,2:a",
            ":a",
            "1,2:3,4:c",
            "1,2:3,4:?",
            "5,6,7:8,9,10:b",
        ]
        examples = self.read(tmp_path, "\n".join(body))
        assert examples.rows == [6, 17]
        assert dropped(examples) == [
            (7, "missing or infinite value"),
            (8, "missing or infinite value"),
            (9, "missing or infinite value"),
            (10, "missing or infinite value"),
            (11, "not a number"),
            (12, "broken line"),
            (13, "other channels than the rest"),
            (14, "no time steps"),
            (15, "label not in the header"),
            (16, "missing label"),
        ]
        assert examples.left_out[1].reason == "missing or infinite value at step 2, channel 1"

    def test_as_many_of_one_width_as_of_the_other(self, tmp_path):
        with pytest.raises(DataError, match="1 series with 2, 1 series with 1"):
            self.read(tmp_path, "1,2:3,4:a\n1,2:b\n")

    def test_a_file_to_predict_on(self, tmp_path):
        assert self.read(tmp_path, "1,2:3,4:?\n", labelled=False).labels is None
        header = HEADER.replace("@classLabel true a b", "@classLabel false")
        assert self.read(tmp_path, "1,2:3,4\n", header, labelled=False).inputs[0].shape == (2, 2)
        with pytest.raises(DataError, match="expected labels"):
            self.read(tmp_path, "1,2:3,4\n", header)

    @pytest.mark.parametrize(
        ("header", "message"),
        [
            ("label,text\n", "line 1: expected a .ts header"),
            ("@timeStamps true\n@data\n", "line 1: series with their own time stamps"),
            ("@targetLabel true\n@data\n", "expected class labels"),
            ("@classLabel true a b\n", "expected a .ts header ending in `@data`"),
        ],
    )
    def test_headers_that_cannot_be_used(self, tmp_path, header, message):
        with pytest.raises(DataError, match=message):
            self.read(tmp_path, "1,2:a\n", header)

    def test_no_series(self, tmp_path):
        with pytest.raises(DataError, match="expected series, got none"):
            self.read(tmp_path, "")

    def test_stray_bytes_matter_outside_comments_only(self, tmp_path):
        path = tmp_path / "data.ts"
        path.write_bytes(b"# caf\xe9\n" + HEADER.encode() + b"1,2:a\n3,4:b\n")
        assert len(read(path)) == 2
        path.write_bytes(HEADER.encode() + b"1,2:a\n3,4:\xe9\n")
        with pytest.raises(DataError, match=r"byte 0xe9.*line 7"):
            read(path)


class TestNpz:
    def save(self, tmp_path, **given):
        np.savez(tmp_path / "data.npz", **given)
        return tmp_path / "data.npz"

    def test_one_channel_and_numeric_labels(self, tmp_path):
        path = self.save(tmp_path, x=np.zeros((3, 4)), y=[0, 1, 1])
        examples = read(path)
        assert [one.shape for one in examples.inputs] == [(4, 1)] * 3
        assert examples.labels == ["0", "1", "1"]
        assert read(self.save(tmp_path, x=np.zeros((2, 4)), y=[1.0, 2.5])).labels == ["1", "2.5"]
        assert read(self.save(tmp_path, x=np.zeros((1, 4)), y=np.array([b"a"]))).labels == ["a"]

    def test_names_of_channels(self, tmp_path):
        path = self.save(tmp_path, x=np.zeros((2, 3, 2)), y=["a", "b"], channels=["ax", "ay"])
        assert read(path).channels == ["ax", "ay"]
        path = self.save(tmp_path, x=np.zeros((2, 3, 2)), y=["a", "b"], channels=["ax"])
        with pytest.raises(DataError, match="channels: expected 2 names"):
            read(path)

    def test_what_is_left_out(self, tmp_path):
        x = np.zeros((4, 3, 1))
        x[1, 2] = np.nan
        path = self.save(tmp_path, x=x, lengths=[3, 3, 0, 2], y=["a", "a", "b", "b"])
        examples = read(path)
        assert examples.rows == [1, 4]
        assert dropped(examples) == [(2, "missing or infinite value"), (3, "no time steps")]

    def test_objects_are_refused_with_the_way_out(self, tmp_path):
        x = np.empty(2, object)
        x[:] = [np.zeros((3, 1)), np.zeros((4, 1))]
        with pytest.raises(DataError, match=r"Python objects.*numpy.concatenate"):
            read(self.save(tmp_path, x=x, y=["a", "b"]))

    @pytest.mark.parametrize(
        ("given", "message"),
        [
            ({"xs": np.zeros((2, 3))}, "no array 'x'. Did you mean 'xs'"),
            ({"X": np.zeros((2, 3))}, "no array 'y'"),
            ({"x": np.zeros((2, 3))}, "no array 'y'"),
            ({"x": np.zeros(3), "y": [1]}, r"expected numbers \[N, T, I\]"),
            ({"x": np.array([["a"]]), "y": [1]}, r"expected numbers \[N, T, I\]"),
            ({"x": np.zeros((2, 3)), "y": [1]}, r"y: expected \[2\], got \[1\]"),
            ({"x": np.zeros((2, 3)), "y": np.eye(2)}, "argmax"),
            ({"x": np.zeros((2, 3)), "lengths": [4, 1], "y": [1, 2]}, "none above 3"),
            ({"x": np.zeros((2, 3)), "lengths": [-1, 1], "y": [1, 2]}, "none below 0"),
            ({"x": np.zeros((2, 3)), "lengths": [0.5, 1], "y": [1, 2]}, "whole numbers"),
            ({"values": np.zeros((5, 2)), "lengths": [2, 2], "y": [1, 2]}, "add up to the 5 rows"),
            ({"values": np.zeros((5, 2)), "y": [1, 2]}, "no array 'lengths'"),
        ],
    )
    def test_shapes_that_do_not_fit(self, tmp_path, given, message):
        with pytest.raises(DataError, match=message):
            read(self.save(tmp_path, **given))

    def test_something_else(self, tmp_path):
        (tmp_path / "data.npz").write_text("label,text\n")
        with pytest.raises(DataError, match=r"expected an archive written by numpy.savez"):
            read(tmp_path / "data.npz")
        with open(tmp_path / "one.npz", "wb") as file:
            np.save(file, np.zeros(3))
        with pytest.raises(DataError, match=r"expected an archive written by numpy.savez"):
            read(tmp_path / "one.npz")
        whole = self.save(tmp_path, x=np.zeros((9, 99)), y=list(range(9))).read_bytes()
        (tmp_path / "data.npz").write_bytes(whole[:-50])
        with pytest.raises(DataError, match="damaged"):
            read(tmp_path / "data.npz")

    def test_no_labels_needed_to_predict(self, tmp_path):
        assert read(self.save(tmp_path, x=np.zeros((2, 3))), labelled=False).labels is None
        with pytest.raises(ArgumentError, match="--encoding"):
            read(self.save(tmp_path, x=np.zeros((2, 3)), y=[1, 2]), encoding="utf-8")
