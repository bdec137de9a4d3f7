"""The sample results, and pages read as a browser reads them."""

import importlib.util
from pathlib import Path
from typing import Any

import pytest

KINDS = ("text", "series", "ugly", "bare", "perfect")


def _load_samples() -> Any:
    spec = importlib.util.spec_from_file_location(
        "report_samples", Path(__file__).with_name("samples.py")
    )
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def samples() -> Any:
    """The module `samples`, whose builders give fresh results at each call."""
    return _load_samples()


@pytest.fixture(params=KINDS)
def results(request: pytest.FixtureRequest, samples: Any) -> dict[str, Any]:
    """Each sample in turn."""
    return getattr(samples, f"{request.param}_results")()
