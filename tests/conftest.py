"""Settings that every test shares."""

import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")
# Compiled computations are kept between test runs, as the command line keeps them.
CACHE = Path(__file__).parent.parent / ".pytest_cache" / "compiled"
os.environ.setdefault("JAX_COMPILATION_CACHE_DIR", str(CACHE))
os.environ.setdefault("JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS", "0.1")

try:
    import hypothesis
except ImportError:  # only the tests that use it are then left out
    pass
else:
    # The first example of a test may wait for an import or a compilation.
    hypothesis.settings.register_profile("gatewise", deadline=None)
    hypothesis.settings.load_profile("gatewise")
