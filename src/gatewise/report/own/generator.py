"""What only a generator's report has: texts that it wrote."""

from typing import Any

from gatewise.report.own import Section


def sections(results: dict[str, Any]) -> list[Section]:
    """Samples, by label and temperature."""
    shown = results.get("samples") or []
    return [Section("samples", "Samples", "own/samples.html", {"samples": shown})] if shown else []
