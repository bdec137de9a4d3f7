"""Take the picture of a look inside that the README shows: docs/images/look.png.

python docs/make_look.py runs/spam/model.keras
"""

import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).parent
sys.path.append(str(HERE.parent / "benchmarks"))

TEXT = "Congratulations, you won a free prize! Call 0800 123 456 now to claim it"
STEP = 6  # "prize"


def main(model: str) -> None:
    from chromium import browser

    import gatewise as gw
    from gatewise.report import write_look

    with tempfile.TemporaryDirectory() as name, browser() as page:
        path = Path(name) / "look.html"
        write_look(gw.load(model), [TEXT], path)
        page.open(path, width=1280, height=900)
        page.run("document.querySelector('#shade').value = 'part'")
        page.run("document.querySelector('#shade').dispatchEvent(new Event('change'))")
        page.click("#gates [data-key='cell']")
        page.click(f"#w0-{STEP}")
        page.run("document.querySelector('footer').remove()")
        bottom = page.run(
            "Math.round(document.querySelector('main').getBoundingClientRect().bottom)"
        )
        page.run("scrollTo(0, 0)")
        page.size(1280, bottom + page.run("Math.round(scrollY)") + 20)
        page.settle()
        page.picture(HERE / "images" / "look.png", whole=False)


if __name__ == "__main__":
    main(sys.argv[1])
