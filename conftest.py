"""Which examples in the code can run depends on what is installed here."""

import importlib.util
import os
from pathlib import Path

SOURCE = Path(__file__).parent / "src" / "gatewise"
LIBRARY = SOURCE / "kernels" / "native" / "libgatewise.so"

collect_ignore_glob: list[str] = []
if importlib.util.find_spec("torch") is None:
    collect_ignore_glob += ["src/gatewise/**/torch.py", "src/gatewise/layers/torch_exchange.py"]
if not LIBRARY.exists() and not os.environ.get("CI"):  # where CI runs, it must be there
    collect_ignore_glob += [
        "src/gatewise/layers/exchange.py",
        "src/gatewise/kernels/native/stream.py",
    ]
