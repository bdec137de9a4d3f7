"""How long the page of `gatewise look` takes to draw a frame, in a real headless Chromium.

A page of an LSTM's 512 units at 500 steps is opened, and on each animation frame one thing is done:
another array is chosen, the pointer moves over the heat map, or the slider moves a step. Frames are
not held to 60 a second, so the time between two is what a frame takes: the page's script, layout,
painting and compositing (on the processor: there is no graphics card in it).

    python benchmarks/look.py
"""

import tempfile
import time
from pathlib import Path
from typing import Any

from chromium import CHROMIUM, Page, browser
from harness import (
    about,
    conditions,
    markdown,
    parser,
    say,
    start_as_the_command_does,
    write_result,
)

STEPS, UNITS, CHANNELS, FRAMES = 500, 512, 8, 120
UNLIMITED = ("--disable-frame-rate-limit", "--disable-gpu-vsync")
# What is done on frame number i.
DONE = {
    "choose another array": "gates[i % gates.length].click()",
    "move the pointer": """heat.dispatchEvent(new PointerEvent("pointermove", {
        clientX: box.x + (i * 7.3) % box.width, clientY: box.y + (i * 5.1) % box.height }))""",
    "move the slider": """slider.value = (i * 3) % 500;
        slider.dispatchEvent(new Event("input"))""",
}
LOOP = """new Promise((done) => {
  const heat = document.querySelector(".heat"), slider = document.querySelector(".slider");
  const box = heat.getBoundingClientRect(), frames = [];
  let i = 0, last = null;
  const frame = (now) => {
    if (last !== null) frames.push(now - last);
    last = now;
    if (frames.length === COUNT) { done(frames); return; }
    const gates = [...document.querySelectorAll("#gates button")];
    DO;
    i++;
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
})"""


def main() -> None:
    asked = arguments()
    if CHROMIUM is None:
        raise SystemExit("Chromium is not installed.")
    facts = about()
    start_as_the_command_does()
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "look.html"
        seconds = write_page(path)
        say(f"a page of {path.stat().st_size / 1e6:.1f} MB in {seconds:.1f} s")
        with browser(*UNLIMITED) as page:
            page.open(path, width=1280, height=1000)
            page.settle()
            opened = page.run("performance.getEntriesByType('navigation')[0].loadEventEnd")
            found = {what: measure(page, script, asked.frames) for what, script in DONE.items()}
            version = page.ask("Browser.getVersion")["product"]
        result = {
            "about": facts,
            "browser": version,
            "units": UNITS,
            "steps": STEPS,
            "page_bytes": path.stat().st_size,
            "milliseconds_to_open": opened,
            "milliseconds": found,
        }
    write_result(asked.out, result)
    print(f"\n{markdown(table(result))}\n\n{conditions(result)}, {version}")


def arguments() -> Any:
    found = parser("Frame times of the page that shows a model's gates.", "look")
    found.add_argument("--frames", type=int, default=FRAMES, help="of each kind")
    return found.parse_args()


def write_page(path: Path) -> float:
    """A look at an LSTM with drawn weights; the seconds that it took."""
    import keras
    import numpy as np

    import gatewise as gw
    from gatewise.report import write_look

    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [
            keras.Input((None, CHANNELS)),
            gw.layers.LSTM(UNITS, name="lstm"),
            keras.layers.Dense(3, "softmax"),
        ]
    )
    series = np.random.default_rng(0).normal(size=(STEPS, CHANNELS)).cumsum(0)
    start = time.perf_counter()
    write_look(model, [series], path)
    return time.perf_counter() - start


def measure(page: Page, script: str, frames: int) -> dict[str, float]:
    """Median, 95th percentile and longest of the frames, in milliseconds."""
    loop = LOOP.replace("DO;", f"{script};")
    page.run(loop.replace("COUNT", "10"))  # arrays are decoded when they are first looked at
    found = page.run(loop.replace("COUNT", str(frames)))
    return {"median": at(found, 0.5), "p95": at(found, 0.95), "longest": max(found)}


def at(values: list[float], share: float) -> float:
    """A quantile, of the values there are."""
    return sorted(values)[round(share * (len(values) - 1))]


def table(result: dict[str, Any]) -> list[list[str]]:
    rows = [["on each frame", "frame, median", "95th percentile", "longest"]]
    for what, found in result["milliseconds"].items():
        rows.append([what, *(f"{found[one]:.1f} ms" for one in ("median", "p95", "longest"))])
    return rows


if __name__ == "__main__":
    main()
