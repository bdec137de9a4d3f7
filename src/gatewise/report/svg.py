"""A matplotlib figure as SVG that takes its colours and letters from the page around it."""

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from markupsafe import Markup, escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# Matplotlib knows no CSS variables. Figures are drawn in these colours, which nothing else uses,
# and each is replaced by the variable of its name, so that one drawing serves light and dark.
INK, MUTED, LINE = "#0a0b01", "#0a0b02", "#0a0b03"
ACCENT, SECOND, QUIET, SURFACE = "#0a0b04", "#0a0b05", "#0a0b06", "#0a0b07"
_VARIABLES = {
    INK: "--ink",
    MUTED: "--muted",
    LINE: "--line",
    ACCENT: "--accent",
    SECOND: "--second",
    QUIET: "--quiet",
    SURFACE: "--surface",
}

_STYLE = {
    "svg.fonttype": "none",
    "svg.hashsalt": "gatewise",
    "font.family": "DejaVu Sans",
    "font.size": 12,
    "text.color": INK,
    "text.parse_math": False,
    "axes.edgecolor": LINE,
    "axes.labelcolor": MUTED,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.axisbelow": True,
    "axes.unicode_minus": True,
    "grid.color": LINE,
    "xtick.color": LINE,
    "ytick.color": LINE,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.labelsize": 11,
    "ytick.labelsize": 11,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 11,
}


@contextmanager
def drawing() -> Iterator[None]:
    """Draw in the page's style, whatever the user's own matplotlib settings are."""
    import matplotlib.style

    with matplotlib.style.context(["default", _STYLE]), warnings.catch_warnings():
        # A label may be in letters that matplotlib's font lacks; the browser's fonts draw it.
        warnings.filterwarnings("ignore", "Glyph", UserWarning)
        yield


def inline(figure: "Figure", name: str, title: str, description: str) -> Markup:
    """`figure` for an HTML page; `name` starts each of its ids, so it is unique on the page."""
    from matplotlib.backends.backend_svg import FigureCanvasSVG

    written = io.StringIO()
    FigureCanvasSVG(figure).print_svg(written, metadata={"Date": None})
    _, _, rest = written.getvalue().partition("<svg ")
    opening, _, body = rest.partition(">")
    box = re.search(r'viewBox="([^"]+)"', opening)
    head = Markup(
        '<svg class="chart" viewBox="%s" role="img" aria-labelledby="%s-title %s-desc">'
        '<title id="%s-title">%s</title><desc id="%s-desc">%s</desc>'
    ) % (box.group(1) if box else "", name, name, name, escape(title), name, escape(description))
    return head + Markup(_adapted(body, name))


def _adapted(body: str, name: str) -> str:
    """Matplotlib's SVG body without what a page must not hold: its metadata, style and clashes."""
    body = re.sub(r"<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    # A style element inside an inline SVG would hold for the whole page.
    body = re.sub(r"<style.*?</style>", "", body, flags=re.DOTALL)
    body = re.sub(r"<!--.*?-->", "", body, flags=re.DOTALL)
    body = re.sub(r"font(-family)?: [^;\"]*'DejaVu Sans'[^;\"]*", _only_size, body)
    body = re.sub(r"\bxlink:href=", "href=", body)
    used = set(re.findall(r'href="#([^"]+)"|url\(#([^)]+)\)', body))
    keep = {target for pair in used for target in pair if target}
    body = re.sub(
        r' id="([^"]+)"',
        lambda found: f' id="{name}-{found[1]}"' if found[1] in keep else "",
        body,
    )
    body = re.sub(r'href="#', f'href="#{name}-', body)
    body = re.sub(r"url\(#", f"url(#{name}-", body)
    for colour, variable in _VARIABLES.items():
        body = body.replace(colour, f"var({variable})")
    return re.sub(r"\s*\n\s*", "\n", body).strip()


def _only_size(found: re.Match[str]) -> str:
    """Keep the size of a CSS font; its family is the page's."""
    size = re.search(r"[\d.]+px", found[0])
    return f"font-size: {size[0]}" if size else ""
