"""What only an optional package can test is run where everything is run."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_extra_is_installed_and_tested_where_everything_is_run() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.partition("\ntest-extras:")[2].partition("\n\n")[0]
    named = re.findall(r"\.\[([\w,]+)\]", recipe)
    installed = {name for names in named for name in names.split(",")}
    for name in tuple(installed):  # one extra may bring another
        installed |= set(re.findall(r"gatewise\[(\w+)\]", " ".join(extras[name])))
    assert installed == set(extras) - {"dev"}
    assert "make test-extras" in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
