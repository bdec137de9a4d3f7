"""The command line called in this process, and two runs that all tests share."""

import io
import sys

import pytest
from click.testing import CliRunner

from gatewise.cli.main import group, main

from ..toys import series, texts, write_csv, write_ts

QUICK = ["--units", "3", "--embedding", "4", "--no-bidirectional", "--epochs", "2"]


@pytest.fixture
def gatewise(monkeypatch, capsys):
    """Call `gatewise ARGUMENTS`: the exit code, standard output and standard error."""

    def call(*arguments, stdin=b""):
        monkeypatch.setattr(sys, "argv", ["gatewise", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as stop:
            main()
        printed = capsys.readouterr()
        return stop.value.code, printed.out, printed.err

    return call


@pytest.fixture
def refused(gatewise):
    """Call `gatewise` with a mistake: exactly one message, and nothing on standard output."""

    def call(*arguments, code=1, **options):
        found, out, err = gatewise(*arguments, **options)
        assert found == code, err
        assert out == ""
        assert err.count("Error: ") == 1
        assert "Traceback" not in err
        return err

    return call


def trained(*arguments):
    result = CliRunner().invoke(group, ["train", *map(str, arguments), *QUICK])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture(scope="session")
def text_run(tmp_path_factory):
    """The folder of a run on a table whose columns have names that nobody could guess."""
    folder = tmp_path_factory.mktemp("text")
    x, y = texts(60)
    table = write_csv(folder / "days.csv", {"number": range(60), "said": x, "mood": y})
    out = folder / "run"
    said = trained(table, "--input", "said", "--target", "mood", "--out", out)
    (folder / "said.txt").write_text(said)
    return out


@pytest.fixture(scope="session")
def series_run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("series")
    trained(write_ts(folder / "slopes.ts", *series(40)), "--out", folder / "run", "--cell", "gru")
    return folder / "run"
