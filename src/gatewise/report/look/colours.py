"""The colour maps of the page and of the pictures, light and dark.

Each runs evenly from dark to light or from both ends to the middle, so that it can be read in grey
too, and in blue and orange, which every kind of colour blindness tells apart.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.colors import Colormap

# From 0 to 1; what lies near the ground is little.
SEQUENTIAL = {
    "light": ("#f3f6f8", "#cbdff0", "#86b9e0", "#3d86c2", "#12589b", "#082d5e"),
    "dark": ("#1a222b", "#1d3d5c", "#236298", "#438fcf", "#8cc4f2", "#e9f5ff"),
}
# From the lowest through 0 to the highest.
DIVERGING = {
    "light": ("#7a3503", "#c4650f", "#f0ab66", "#f4f3f0", "#83b6de", "#2a76b6", "#0a3a74"),
    "dark": ("#ffdcb0", "#f09a42", "#91511a", "#1d2228", "#235b8e", "#55a6ea", "#d2eaff"),
}
# The channels of a series; after Okabe and Ito (2008), darkened or lightened for the ground.
CHANNELS = {
    "light": ("#0b5cad", "#ad4f00", "#00735a", "#8f3c79", "#6b5f00", "#b3302a"),
    "dark": ("#74b7fa", "#f5a65b", "#3fc9a2", "#e39ccd", "#d9cc4f", "#ff8d83"),
}


def colour_map(diverging: bool) -> "Colormap":
    """The light colour map for matplotlib."""
    from matplotlib.colors import LinearSegmentedColormap

    stops = (DIVERGING if diverging else SEQUENTIAL)["light"]
    return LinearSegmentedColormap.from_list("gatewise", stops)
