"""What only a translator's report has: sample answers, and attention drawn."""

from typing import Any

from gatewise.report import attention
from gatewise.report.own import Section


def sections(results: dict[str, Any]) -> list[Section]:
    """Samples beside what is right, then what the decoder looked at."""
    shown = results.get("translations") or []
    found = []
    if shown:
        samples = [one | {"is_right": one["answer"] in one["right"]} for one in shown]
        signatures = [
            one["signature"] for one in (results.get("test") or {}).values() if "signature" in one
        ]
        values = {"samples": samples, "signatures": signatures}
        found.append(Section("translations", "Samples", "own/translations.html", values))
    if results.get("attention"):
        drawn = [
            {"figure": attention.heat_map(f"attention-{n}", one), "written": one["written"][:-1]}
            for n, one in enumerate(results["attention"], 1)
        ]
        found.append(Section("attention", "Attention", "own/attention.html", {"drawn": drawn}))
    return found
