"""The tables on the pages are those of the results beside them."""

import importlib.util
import json
import re
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).parents[2]
RESULTS = ROOT / "benchmarks" / "results"


def script(name: str) -> ModuleType:
    path = ROOT / "benchmarks" / "quality" / f"{name}.py"
    found = importlib.util.spec_from_file_location(f"pages_{name}", path)
    assert found
    assert found.loader
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module


def results(name: str) -> Any:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def between_markers(page: str, name: str) -> str:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    found = re.search(rf"<!-- {name} -->\n(.*?)\n<!-- /{name} -->", text, re.DOTALL)
    assert found, f"{page} has no markers of {name}"
    return found[1]


def test_the_generator_s_page_says_where_there_was_one_thread() -> None:
    found = results("generation")
    shown = script("generation").tables(found)
    assert between_markers("generator.md", "generation") == shown
    alone = [name for name, part in found.items() if part["about"]["threads"] == "1"]
    assert alone
    for name in alone:
        assert re.search(rf"{name} at \w+ with 1 thread\b", shown)


def test_the_translator_s_page_shows_every_sentence_that_was_drawn() -> None:
    found, made = results("translation"), script("translation")
    assert between_markers("translator.md", "translation") == made.page(found)
    for name, table in (("decoding", made.speed_table), ("translations", made.sample_table)):
        assert between_markers("translator.md", name) == made.harness.markdown(table(found["rows"]))
    (row,) = (one for one in found["rows"] if one["set"] == "tatoeba-en-es")
    assert len(made.sample_table(found["rows"])) == 1 + len(row["samples"])
