"""Processes that measure one back end each, held to a number of threads."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class Worker:
    """A process of layers_worker.py; one that ends unexpectedly is started again."""

    def __init__(self, backend: str, python: str, threads: int) -> None:
        self.backend, self.python, self.threads = backend, python, threads
        self._start()

    def ask(self, **request: Any) -> Any:
        """The answer to a request; a row with an error where the process broke down over it."""
        try:
            print(json.dumps(request), file=self.process.stdin, flush=True)
            return json.loads(self.process.stdout.readline())
        except (OSError, json.JSONDecodeError):
            code = self.process.wait()
            if request["ask"] != "case":
                raise SystemExit(f"The {self.backend} process ended with {code}.") from None
            self._start()
            self.ask(ask="hello", threads=self.threads)
            return [{"name": self.backend, "error": f"the process ended with {code}"}]

    def peaks(self) -> dict[str, float]:
        """The machine's SGEMM just now, flops a second by each library of this process."""
        return self.ask(ask="peak")

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait()

    def _start(self) -> None:
        self.process: Any = subprocess.Popen(
            [self.python, str(HERE / "layers_worker.py")],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env=environment(self.backend, self.threads),
        )


def environment(backend: str, threads: int) -> dict[str, str]:
    """What a process of this back end is started with."""
    count = str(threads)
    return os.environ | {
        "KERAS_BACKEND": backend,
        "OMP_NUM_THREADS": count,
        "MKL_NUM_THREADS": count,
        "GATEWISE_THREADS": count,
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }


def run_json(script: str, words: list[str], backend: str, threads: int) -> Any:
    """What a script here prints as JSON.

    Raises:
        SystemExit: it failed; what it said is on standard error.
    """
    command = [sys.executable, str(HERE / script), *words]
    env = environment(backend, threads)
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, env=env, check=False)
    if done.returncode:
        raise SystemExit(f"{script} {' '.join(words)} ended with {done.returncode}.")
    return json.loads(done.stdout)
