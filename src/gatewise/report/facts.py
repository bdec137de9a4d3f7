"""What was trained on what, as pairs of a name and a value."""

from typing import Any

from gatewise.report import words

Facts = list[tuple[str, Any]]
_CELLS = {
    "lstm": "LSTM",
    "gru": "GRU",
    "simple_rnn": "simple RNN",
    "binary_gate_lstm": "LSTM with binary gates",
}
_STOPPED = {
    "finished": "all planned epochs",
    "early": "stopped early, validation no longer improved",
    "interrupted": "interrupted",
}


def data(results: dict[str, Any]) -> Facts:
    told = results.get("data") or {}
    left = sum(((told.get("left_out") or {}).get("counts") or {}).values())
    channels = told.get("channels") or []
    return _known(
        ("Source", told.get("source")),
        ("Training", _count(told.get("train"))),
        ("Validation", _count(told.get("validation"))),
        ("Test", _count(told.get("test"))),
        ("Test set", told.get("test_source")),
        ("Labels", _count(len(told.get("labels") or {}))),
        (f"Channels ({len(channels)})", _short_list(channels)),
        ("Rows left out", words.number(left) if left else None),
    )


def model(results: dict[str, Any]) -> Facts:
    told = results.get("model") or {}
    return _known(
        ("Network", network(told)),
        ("Parameters", _count(told.get("parameters"))),
        ("Pooling over time", told.get("pooling")),
        ("Tokens", told.get("tokens")),
        ("Vocabulary", _count(told.get("vocabulary"))),
        ("Word vectors", _vectors(told.get("vectors"))),
    )


def network(told: dict[str, Any]) -> str | None:
    """
    >>> network({"cell": "lstm", "units": 64, "layers": 2, "bidirectional": True})
    'bidirectional LSTM, 2 layers of 64 units'
    """
    if not told.get("cell"):
        return None
    cell = _CELLS.get(told["cell"], str(told["cell"]))
    layers = words.plural(told.get("layers") or 1, "layer")
    ways = "bidirectional " if told.get("bidirectional") else ""
    return f"{ways}{cell}, {layers} of {words.number(told.get('units'))} units"


def training(results: dict[str, Any]) -> Facts:
    told = results.get("training") or {}
    return _known(
        ("Epochs", _epochs(told)),
        ("Ended", _STOPPED.get(told.get("stopped") or "", told.get("stopped"))),
        ("Kept epoch", told.get("best_epoch")),
        ("Time", words.duration(told["seconds"]) if told.get("seconds") is not None else None),
        ("Batch size", told.get("batch_size")),
        ("Classes weighted", "yes" if told.get("class_weights") else None),
        ("Resumed", _times(told["resumed"]) if told.get("resumed") else None),
    )


def notes(results: dict[str, Any]) -> list[str]:
    """What the reader should know before believing the rest."""
    told = results.get("training") or {}
    said = []
    if told.get("stopped") == "interrupted":
        said.append(
            f"Training was interrupted after epoch {_epochs(told)}. The model is the best up to "
            "then; with the remaining epochs it may have become better."
        )
    if told.get("resumed"):
        said.append(f"Training was resumed {_times(told['resumed'])} from a saved state.")
    return said + [str(note) for note in results.get("notes") or []]


def reproduce(results: dict[str, Any]) -> Facts:
    told = results.get("reproduce") or {}
    versions = {"gatewise": results.get("gatewise")} | (told.get("versions") or {})
    return _known(
        ("Seed", told.get("seed")),
        *versions.items(),
        ("Back end", told.get("backend")),
        ("Machine", told.get("machine")),
    )


def _known(*pairs: tuple[str, Any]) -> Facts:
    return [(name, value) for name, value in pairs if value is not None and value != ""]


def _count(value: Any) -> str | None:
    return words.number(value) if value else None


def _epochs(told: dict[str, Any]) -> str | None:
    done, planned = told.get("epochs"), told.get("planned_epochs")
    if done is None:
        return None
    return f"{words.number(done)} of {words.number(planned)}" if planned else words.number(done)


def _times(count: int) -> str:
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def _vectors(told: dict[str, Any] | None) -> str | None:
    if not told:
        return None
    found = f"{words.number(told.get('found'))} of {words.number(told.get('of'))} words found"
    return f"{told.get('name')}: {found}"


def _short_list(names: list[str]) -> str | None:
    """
    >>> _short_list(["x", "y"]), _short_list([])
    ('x, y', None)
    """
    shown = [words.excerpt(name, 40) for name in names[:8]]
    more = [f"and {len(names) - 8} more"] if len(names) > 8 else []
    return ", ".join(shown + more) or None
