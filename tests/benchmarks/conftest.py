"""The benchmarks are scripts that lie beside each other; tests import them as they do."""

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[2] / "benchmarks"))
