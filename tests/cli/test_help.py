"""The help of `gatewise train`: everything in sections, or what one task has."""

from gatewise.cli.help import CHOICES
from gatewise.cli.model_options import MODEL, TASKS, belongs


def flags(out):
    return {word for word in out.split() if word.startswith("--")}


def test_the_help_of_a_task_has_its_options_and_no_others(gatewise):
    for order in (("--task", "tagger", "--help"), ("--help", "--task", "tagger")):
        code, out, _ = gatewise("train", *order)
        assert code == 0
        assert "Model of a tagger:" in out
        assert {"--crf", "--units", "--epochs"} <= flags(out)
        strange = {"--" + name.replace("_", "-") for name in MODEL.keys() - belongs("tagger")}
        assert not strange & flags(out)


def test_the_whole_help_has_every_option_once(gatewise):
    _, out, _ = gatewise("train", "--help")
    for name, option in MODEL.items():
        flag = "--" + name.replace("_", "-")
        assert sum(line.split()[:1] == [flag] for line in out.split("\n")) == 1, flag
        if len(option.tasks) == 1:
            assert out.index(f"Model of a {option.tasks[0]}:") < out.index(f"  {flag} ")


def test_the_help_says_which_task_is_for_what(gatewise):
    _, out, _ = gatewise("train", "--help")
    said = " ".join(out.split())
    assert {task for task, _ in CHOICES} == set(TASKS)
    _, of_pairs, _ = gatewise("train", "--task", "translator", "--help")
    assert not {"--id", "--time", "--features", "--class-weight"} & flags(of_pairs)
    assert all(f"--task {task} {what}" in said for task, what in CHOICES)
    _, out, _ = gatewise("train", "--task", "tagger", "--help")
    assert "steps of series ->" in out
    assert "--task forecaster " not in out


def test_without_data_the_choice_is_shown(gatewise, tmp_path):
    for words in ((), ("--out", tmp_path / "run")):
        code, out, err = gatewise("train", *words)
        assert (code, out) == (2, "")
        assert "Missing argument 'DATA'" in err
        assert all(f"--task {task}" in err and what in err for task, what in CHOICES)
