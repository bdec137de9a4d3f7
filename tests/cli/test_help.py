"""The help of `gatewise train`: everything in sections, or what one task has."""

from gatewise.cli.model_options import MODEL, belongs


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
