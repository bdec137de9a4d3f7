"""A training's freed memory is taken again without fresh pages."""

import os
import platform
import subprocess
import sys

import pytest

PAGES = """
import resource, sys, threading
import numpy as np
from gatewise.cli.memory import keep_freed_memory

if sys.argv[1] == "kept":
    assert keep_freed_memory()

def work(times):
    for _ in range(times):
        np.ones(40 << 20, "u1")

def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def counted():
    work(2)
    before = pages()
    work(5)
    print(pages() - before)

thread = threading.Thread(target=counted)  # where XLA frees and takes, too
thread.start()
thread.join()
"""


def pages(how):
    small = os.environ | {"NUMPY_MADVISE_HUGEPAGE": "0"}  # huge pages would be few either way
    done = subprocess.run(
        [sys.executable, "-c", PAGES, how], check=True, capture_output=True, text=True, env=small
    )
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc can be told so")
def test_freed_memory_is_taken_again():
    assert pages("given back") > 1_000
    assert pages("kept") < 100
