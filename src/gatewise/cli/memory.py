"""How a long training keeps the memory that it frees."""

import ctypes
import platform

# glibc's <malloc.h>.
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX, M_ARENA_MAX = -1, -2, -4, -8
KEPT = 1 << 30  # bytes free at the end of the heap before they are given back
MORE = 64 << 20  # bytes asked for at once


def keep_freed_memory() -> bool:
    """Let glibc keep what is freed instead of giving it back at once.

    A compiled training step frees tens of megabytes and takes them again a moment later; given
    back, they come as fresh pages that the system has to clear, 17,000 of them a step of the
    translator. For that, all threads share one arena: only the main one can grow to any size.

    Returns: whether it could be set; elsewhere than in glibc there is nothing to set.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    wanted = {M_ARENA_MAX: 1, M_MMAP_MAX: 0, M_TRIM_THRESHOLD: KEPT, M_TOP_PAD: MORE}
    done = [mallopt(name, value) for name, value in wanted.items()]
    return all(done)
