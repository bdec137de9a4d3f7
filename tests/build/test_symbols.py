"""What the object files of the instruction sets hold, and what the library shows."""

import re
import shutil
from pathlib import Path

import pytest

from .tree import LIBRARY, ROOT, run

OBJECTS = ROOT / "build" / "native" / "CMakeFiles" / "gatewise_core.dir" / "native"
BUILT = sorted(OBJECTS.glob("cpu_*.o"))
pytestmark = pytest.mark.skipif(
    shutil.which("nm") is None or not BUILT, reason="needs nm and a library built by `make native`"
)
# What they may call: plain C, which no instruction set has a copy of.
C_FUNCTIONS = r"mem(cpy|set|move)|__stack_chk_fail|__cpu_(model|features2|indicator_init)"


def symbols(path: Path, *options: str) -> dict[str, str]:
    """By name, the letter that nm gives for the kind."""
    lines = run(["nm", *options, str(path)]).splitlines()
    return {line.split()[-1]: line.split()[-2] for line in lines if len(line.split()) >= 2}


@pytest.mark.parametrize("path", BUILT, ids=lambda path: path.name.split(".")[0])
def test_nothing_of_an_instruction_set_can_replace_anothers(path):
    """Of several copies of an inline function the linker keeps one, perhaps the AVX-512 one, and
    an older processor would then run it. So there are none, and nothing else is shared."""
    found = symbols(path)
    isa = path.name.removeprefix("cpu_").removesuffix(".cc.o")
    shared = {name for name, kind in found.items() if kind in "WwVvu"}
    assert not shared
    given = {name for name, kind in found.items() if kind in "TBDRC"}
    assert given, "no table for the dispatcher"
    assert all(f"{len(isa)}{isa}" in name for name in given)
    called = {name for name, kind in found.items() if kind == "U"}
    own = re.compile(rf"_GLOBAL_OFFSET_TABLE_|{C_FUNCTIONS}|_ZN8gatewise(?!St).*")
    assert not {name for name in called if not own.fullmatch(name)}


def test_the_library_shows_its_interface_and_nothing_else():
    shown = symbols(ROOT / "src" / LIBRARY, "-D", "--defined-only")
    declared = set(
        re.findall(r"GW_API[^;]*?\b(gw_\w+)\(", (ROOT / "native/include/gatewise.h").read_text())
    )
    assert declared
    assert declared <= set(shown)
    assert {name for name in shown if not name.startswith("gw_")} == set()
