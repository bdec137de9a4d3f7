"""What the benchmarks share: measured processes, the facts of a run, results and tables."""

import argparse
import datetime
import hashlib
import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any

ROOT = Path(__file__).parents[1]
RESULTS = Path(__file__).parent / "results"
PACKAGES = ("gatewise", "keras", "jax", "jaxlib", "numpy", "tokenizers", "scikit-learn")
BACKEND = os.environ.get("KERAS_BACKEND", "jax")

# Not `python -m`: what is measured is the command that a user types.
GATEWISE = str(Path(sys.executable).with_name("gatewise"))


def parser(description: str, name: str) -> argparse.ArgumentParser:
    """An argument parser with the options that every benchmark has."""
    found = argparse.ArgumentParser(
        description=description, formatter_class=argparse.ArgumentDefaultsHelpFormatter
    )
    found.add_argument(
        "--out",
        type=Path,
        # Shown as it is typed from the repository, not where this checkout happens to lie.
        default=Path(os.path.relpath(RESULTS / f"{name}.json")),
        help="JSON file of the results",
    )
    return found


def say(text: str) -> None:
    """One progress line, with the time, seen at once in a log too."""
    print(f"{datetime.datetime.now():%H:%M:%S}  {text}", flush=True)


def start_as_the_command_does(cache: Path | None = None) -> None:
    """Set up Keras as the `gatewise` command does: its back end, its cache of compilations.

    Importing `gatewise_cli` first keeps `import gatewise` from importing Keras at once, before
    the environment is prepared.

    Args:
        cache: a folder for compilations instead of the user's; an empty one, so that a first time
            is a first time.
    """
    if cache:
        os.environ["JAX_COMPILATION_CACHE_DIR"] = str(cache)
    import gatewise_cli  # noqa: F401
    from gatewise.cli.runtime import prepare_keras

    prepare_keras()


def about() -> dict[str, Any]:
    """When, where and with what something was measured."""
    return {
        "date": datetime.datetime.now().astimezone().isoformat(timespec="seconds"),
        "commit": _git("rev-parse", "HEAD"),
        "source_changed_since_commit": bool(_git("status", "--porcelain", "--", "src")),
        "source": source_fingerprint(),
        "versions": {"python": platform.python_version()} | {one: version(one) for one in PACKAGES},
        "backend": BACKEND,
        "machine": {
            "system": f"{platform.system()} {platform.machine()}",
            "processor": _processor(),
            "cores": len(os.sched_getaffinity(0))
            if hasattr(os, "sched_getaffinity")
            else os.cpu_count(),
            "load_before": round(os.getloadavg()[0], 2),
        },
    }


def source_fingerprint() -> str:
    """Tells apart two states of the package, committed or not."""
    digest = hashlib.sha256()
    for path in sorted((ROOT / "src").rglob("*.py")):
        digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()[:16]


def write_result(path: Path, result: dict[str, Any]) -> None:
    """Write a result, whole or not at all."""
    import gatewise_cli  # noqa: F401  (see start_as_the_command_does)
    from gatewise.files import write_text

    path.parent.mkdir(parents=True, exist_ok=True)
    write_text(path, json.dumps(result, indent=1, ensure_ascii=False) + "\n")


def read_result(path: Path) -> dict[str, Any] | None:
    """A result that was written before, or None."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def fill(page: Path, name: str, content: str) -> None:
    """Put a table between the markers of that name on a page of the docs."""
    from chart import between, write

    write(page, between(page.read_text(encoding="utf-8"), name, content))


def spread(values: Sequence[float]) -> dict[str, Any]:
    """All values, with their median and range."""
    return {
        "median": statistics.median(values),
        "low": min(values),
        "high": max(values),
        "values": list(values),
    }


def process(
    command: Sequence[str], output: IO[bytes] | None = None, cache: Path | None = None
) -> dict[str, float]:
    """Run a command in a process of its own: its wall time, processor time and peak memory.

    On Linux a process inherits its parent's peak as the floor of its own, so whoever measures
    memory must not have imported Keras.

    Args:
        command: the program and its arguments.
        output: where its standard output goes; by default nowhere.
        cache: the folder that is GATEWISE_CACHE to it; by default as it is.

    Raises:
        SystemExit: the command failed.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        # They would put the compilations elsewhere than into GATEWISE_CACHE.
        if not name.startswith(("JAX_COMPILATION_CACHE", "JAX_PERSISTENT_CACHE"))
    }
    kept |= {"KERAS_BACKEND": BACKEND} | ({"GATEWISE_CACHE": str(cache)} if cache else {})
    start = time.perf_counter()
    child = subprocess.Popen(command, stdout=output or subprocess.DEVNULL, env=kept)
    _, status, usage = os.wait4(child.pid, 0)
    seconds = time.perf_counter() - start
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{Path(command[0]).name} {command[1]} ended with {child.returncode}.")
    unit = 1 if platform.system() == "Darwin" else 1024
    return {
        "seconds": seconds,
        "processor_seconds": usage.ru_utime + usage.ru_stime,
        "peak_bytes": usage.ru_maxrss * unit,
    }


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """A table, its first row the heading, that reads well as plain text too.

    >>> print(markdown([["run", "time"], ["cold", "2.0 s"]]))
    | run  | time  |
    | ---- | ----- |
    | cold | 2.0 s |
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    lines.insert(1, "| " + " | ".join("-" * width for width in widths) + " |")
    return "\n".join(lines)


def conditions(result: dict[str, Any]) -> str:
    """One line on what a result was measured with."""
    facts = result["about"]
    machine, versions = facts["machine"], facts["versions"]
    changed = " with changes" if facts["source_changed_since_commit"] else ""
    return (
        f"{facts['date'][:10]}, {machine['cores']} cores ({machine['processor']}), "
        f"Python {versions['python']}, Keras {versions['keras']}, "
        f"{facts['backend']} {versions.get(facts['backend'], '')}, "
        f"commit {facts['commit'][:10]}{changed}"
    )


def trained_under(result: dict[str, Any]) -> str:
    """The same, and the commit that each set's model was trained at."""
    each = ", ".join(f"{row['set']} at {row['commit'][:10]}" for row in result["rows"])
    return f"{conditions(result)}. Trained: {each}"


def _git(*words: str) -> str:
    found = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return found.stdout.strip()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def trained(folder: Path, *words: str) -> dict[str, Any]:
    """The metrics of `gatewise train WORDS --out FOLDER`, as a user runs it, in a process of its
    own, and the `commit` it was trained at. A run whose report is there is not repeated; one that
    was stopped goes on."""
    start = time.perf_counter()
    if not (folder / "report.html").exists():
        folder.parent.mkdir(parents=True, exist_ok=True)
        subprocess.run([GATEWISE, "train", *words, "--out", str(folder), "--resume"], check=True)
        (folder / "commit").write_text(_git("rev-parse", "HEAD") or "unknown")
        say(f"{folder.name}: {time.perf_counter() - start:.0f} s in all")
    found: dict[str, Any] = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    commit = folder / "commit"
    return found | {"commit": commit.read_text().strip() if commit.exists() else "unknown"}
