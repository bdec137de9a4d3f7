"""How long one answer takes from a fresh process, and how many messages a second in bulk.

Cold start: `gatewise predict MODEL "one message"` as a whole process, with an empty cache of
compilations and with a warm one, beside a process that does nothing but `import keras`.
Bulk: 20,000 messages by `gatewise predict --file` and by `Classifier.predict`.

    python benchmarks/predict.py --model runs/demo/model.keras
"""

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from harness import (
    GATEWISE,
    about,
    conditions,
    markdown,
    parser,
    process,
    say,
    spread,
    start_as_the_command_does,
    write_result,
)

MESSAGE = "Congratulations! You won a free prize, call 0800 123 456 now"
STARTS = {
    "help": "gatewise --help",
    "floor": 'python -c "import keras"',
    "empty": "gatewise predict, one message, empty cache",
    "warm": "gatewise predict, one message, warm cache",
}
BULK = {
    "command": "gatewise predict --file, whole process",
    "python": "Classifier.predict, already compiled",
}


def main() -> None:
    asked = arguments()
    facts, start = about(), time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        model = asked.model or trained(folder)
        result: dict[str, Any] = {
            "about": facts,
            "seed": 0,
            "message": MESSAGE,
            "start": cold_starts(model, folder, asked.runs),
            "messages": asked.messages,
            "bulk": {},
        }
        file = messages_file(folder, asked.messages)
        result["bulk"]["command"] = by_command(model, file, folder, asked.runs)
        result["bulk"]["python"] = by_python(model, file, folder / "python", asked.runs)
    result["seconds"] = time.perf_counter() - start
    write_result(asked.out, result)
    print(f"\n{markdown(start_table(result))}\n\n{markdown(bulk_table(result))}")
    print(f"\n{conditions(result)}")


def arguments() -> argparse.Namespace:
    found = parser("Cold start of one prediction, and messages a second.", "predict")
    found.add_argument("--model", type=Path, help="of texts; else one is trained for 2 epochs")
    found.add_argument("--runs", type=int, default=5, help="of each measurement")
    found.add_argument("--messages", type=int, default=20_000, help="in bulk")
    return found.parse_args()


def trained(folder: Path) -> Path:
    """A model of the demo's size; how good it is makes no difference to its speed."""
    say("training a model for 2 epochs")
    process([GATEWISE, "train", "sms-spam", "--epochs", "2", "--out", str(folder / "run")])
    return folder / "run" / "model.keras"


def cold_starts(model: Path, folder: Path, runs: int) -> dict[str, Any]:
    """Fresh processes, in turns, so that a busy minute of the machine touches all alike."""
    predict = [GATEWISE, "predict", str(model), MESSAGE]
    warm = folder / "warm"
    process(predict, cache=warm)  # fills the cache, and reads every file once from the disk
    found: dict[str, list[dict[str, float]]] = {name: [] for name in STARTS}
    for number in range(runs):
        found["help"].append(process([GATEWISE, "--help"]))
        found["floor"].append(process([sys.executable, "-c", "import keras"]))
        found["empty"].append(process(predict, cache=folder / f"empty-{number}"))
        found["warm"].append(process(predict, cache=warm))
        say(f"start {number + 1} of {runs}: " + ", ".join(
            f"{name} {times[-1]['seconds']:.2f} s" for name, times in found.items()))  # fmt: skip
    return {
        name: {measure: spread([one[measure] for one in times]) for measure in times[0]}
        for name, times in found.items()
    }


def messages_file(folder: Path, count: int) -> Path:
    """The messages of SMS Spam, over and over, one a line."""
    import gatewise_cli  # noqa: F401  (keeps Keras out of this process, which measures memory)
    from gatewise import data

    texts = [" ".join(text.split()) for text in data.load("sms-spam")[0].inputs]
    texts = [text for text in texts if text]
    path = folder / "messages.txt"
    lines = (texts * (count // len(texts) + 1))[:count]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def by_command(model: Path, file: Path, folder: Path, runs: int) -> dict[str, Any]:
    command = [GATEWISE, "predict", str(model), "--file", str(file), "--format", "csv"]
    times = []
    for number in range(runs + 1):  # the first fills the cache of compilations
        with open(folder / "answers.csv", "wb") as answers:
            times.append(process(command, answers, cache=folder / "warm"))
        say(f"by command, {number} of {runs}: {times[-1]['seconds']:.2f} s")
    first, later = times[0], times[1:]
    return {
        "seconds": spread([one["seconds"] for one in later]),
        "first_seconds": first["seconds"],
        "peak_bytes": max(one["peak_bytes"] for one in times),
    }


def by_python(model: Path, file: Path, cache: Path, runs: int) -> dict[str, Any]:
    start_as_the_command_does(cache)
    import gatewise

    classifier = gatewise.load(model)
    texts = file.read_text(encoding="utf-8").splitlines()
    times = []
    for number in range(runs + 1):
        start = time.perf_counter()
        classifier.predict(texts)
        times.append(time.perf_counter() - start)
        say(f"by Classifier.predict, {number} of {runs}: {times[-1]:.2f} s")
    return {"seconds": spread(times[1:]), "first_seconds": times[0]}


def start_table(result: dict[str, Any]) -> list[list[str]]:
    rows = [["process", "wall time (median)", "range", "peak memory"]]
    for name, label in STARTS.items():
        found = result["start"][name]
        seconds = found["seconds"]
        rows.append(
            [f"`{label}`" if name in ("help", "floor") else label, f"{seconds['median']:.2f} s",
             f"{seconds['low']:.2f} to {seconds['high']:.2f} s",
             f"{found['peak_bytes']['high'] / 2**20:,.0f} MiB"]
        )  # fmt: skip
    return rows


def bulk_table(result: dict[str, Any]) -> list[list[str]]:
    count = result["messages"]
    rows = [[f"{count:,} messages", "messages a second", "wall time (median)", "range",
             "first time, compiling"]]  # fmt: skip
    for name, label in BULK.items():
        found = result["bulk"][name]
        seconds = found["seconds"]
        rows.append(
            [label, f"**{count / seconds['median']:,.0f}**", f"{seconds['median']:.2f} s",
             f"{seconds['low']:.2f} to {seconds['high']:.2f} s", f"{found['first_seconds']:.2f} s"]
        )  # fmt: skip
    return rows


if __name__ == "__main__":
    main()
