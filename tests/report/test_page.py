"""The structure of the page: what every reader, browser and screen reader relies on."""

import json
import re
from collections import Counter
from html.parser import HTMLParser
from typing import Any

import pytest

from gatewise.report import render_report, write_report

VOID = {"meta", "br", "link", "img", "input", "hr"}


class Page(HTMLParser):
    """Every element with its attributes and its parents, and the text it holds."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text: list[str] = []
        self.headers: list[int] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "table":
            self.headers.append(0)
        if tag == "th":
            self.headers[-1] += 1
            assert dict(attrs).get("scope") in ("row", "col")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def all(self, name: str) -> list[dict[str, str | None]]:
        return [attrs for tag, attrs in self.elements if tag == name]

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


def test_is_well_formed_and_labelled(results: dict[str, Any]) -> None:
    html = render_report(results)
    page = Page(html)
    assert html.startswith("<!doctype html>")
    assert page.open == []
    assert page.all("html") == [{"lang": "en"}]
    for landmark in ("header", "nav", "main", "footer", "h1", "title"):
        assert page.all(landmark), landmark
    assert page.all("a")[0]["href"] == "#main"


def test_ids_are_unique_and_every_reference_leads_somewhere(results: dict[str, Any]) -> None:
    html = render_report(results)
    ids = Counter(attrs["id"] for _, attrs in Page(html).elements if "id" in attrs)
    assert max(ids.values()) == 1
    for _, attrs in Page(html).elements:
        for name in ("aria-labelledby", "href"):
            for target in (attrs.get(name) or "").split():
                assert target.removeprefix("#") in ids
    # Quotes of user text are escaped, so these are the drawings' own clip paths and markers.
    assert set(re.findall(r'="url\(#([^)]+)\)"', html)) <= ids.keys()


def test_fetches_nothing_and_runs_nothing(results: dict[str, Any]) -> None:
    html = render_report(results)
    page = Page(html)
    for tag, attrs in page.elements:
        assert tag not in {"script", "link", "img", "iframe", "object", "image", "base", "form"}
        assert "src" not in attrs
        assert not any(name.startswith("on") for name in attrs)
        assert (attrs.get("href") or "#").startswith("#")
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)
    policy = next(m for m in page.all("meta") if m.get("http-equiv"))
    assert "default-src 'none'" in (policy["content"] or "")


def test_every_table_has_headers_and_a_caption(results: dict[str, Any]) -> None:
    page = Page(render_report(results))
    assert all(page.headers)
    assert len(page.all("caption")) == len(page.all("table"))
    assert all(box.get("tabindex") == "0" for box in page.all("div") if box.get("role") == "region")


def test_charts_have_a_name_and_a_description(results: dict[str, Any]) -> None:
    page = Page(render_report(results))
    charts = [svg for svg in page.all("svg") if svg.get("class") == "chart"]
    assert charts
    for svg in charts:
        assert svg["role"] == "img"
        assert len((svg["aria-labelledby"] or "").split()) == 2


def test_user_text_is_shown_and_never_obeyed(samples: Any) -> None:
    html = render_report(samples.ugly_results())
    page = Page(html)
    assert samples.SCRIPT in page.words
    assert '"><img src=x onerror=alert(1)>' in page.words
    assert "שלום <i>עולם</i> abc" in page.words
    assert "w" * 5000 in page.words
    assert html.encode("utf-8")
    assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", html)


def test_drawings_hold_no_colour_of_their_own(samples: Any) -> None:
    html = render_report(samples.text_results())
    drawings = "".join(re.findall(r'<svg class="chart".*?</svg>', html, re.DOTALL))
    assert "var(--accent)" in drawings
    assert not re.search(r"(fill|stroke): #", drawings)
    assert "<style" not in drawings
    assert "DejaVu" not in drawings


def test_same_results_give_the_same_page(samples: Any) -> None:
    assert render_report(samples.text_results()) == render_report(samples.text_results())


def test_results_read_back_from_json_give_the_same_page(samples: Any) -> None:
    results = samples.series_results()
    assert render_report(json.loads(json.dumps(results))) == render_report(results)


@pytest.mark.parametrize("part", [
    "title", "date", "notes", "data", "model", "training", "test", "baselines", "mistakes",
    "mistakes_total", "reproduce", "gatewise", "kind",
])  # fmt: skip
@pytest.mark.parametrize("missing", ["absent", "none"])
def test_any_part_may_be_missing(samples: Any, part: str, missing: str) -> None:
    results = samples.text_results()
    if missing == "none":
        results[part] = None
    else:
        del results[part]
    assert Page(render_report(results)).open == []


@pytest.mark.parametrize("part", ["data", "model", "training", "test", "reproduce"])
def test_any_detail_may_be_missing(samples: Any, part: str) -> None:
    for name in samples.text_results()[part]:
        results = samples.text_results()
        results[part][name] = None
        assert Page(render_report(results)).open == [], name


def test_fifty_classes_list_the_top_confusions(samples: Any) -> None:
    results = samples.text_results()
    counts = [[9 if i == j else int((i + 1) % 50 == j) * i for j in range(50)] for i in range(50)]
    results["test"]["confusion"] = {"labels": [f"class {i}" for i in range(50)], "counts": counts}
    words = Page(render_report(results)).words
    assert "class 49 taken for class 0 : 49 of 58 (84.5%)" in words


def test_untested_interrupted_and_resumed_are_said(samples: Any) -> None:
    words = Page(render_report(samples.bare_results())).words
    assert "Not tested" in words
    assert "interrupted after epoch 1 of 30" in words
    assert "resumed once" in Page(render_report(samples.ugly_results())).words


def test_nothing_is_called_a_test_where_there_was_none(samples: Any) -> None:
    results = samples.text_results()
    results["data"]["test"] = 0
    words = Page(render_report(results)).words
    assert "Scores on the validation texts" in words
    assert "test texts" not in words


def test_no_mistake_is_said_with_a_warning(samples: Any) -> None:
    words = Page(render_report(samples.perfect_results())).words
    assert "every test example was answered right" in words
    assert "100% of 1,115 held-out texts right" in words


def test_lengths_say_what_was_cut(samples: Any) -> None:
    assert "were longer than 64 tokens" in Page(render_report(samples.text_results())).words
    assert "All series have 128 steps." in Page(render_report(samples.series_results())).words


def test_write_replaces_the_file_as_a_whole(samples: Any, tmp_path: Any) -> None:
    target = tmp_path / "report.html"
    target.write_text("old")
    write_report(samples.ugly_results(), target)
    assert target.read_text(encoding="utf-8") == render_report(samples.ugly_results())
    assert list(tmp_path.iterdir()) == [target]
