"""`gatewise doctor`: what is installed, and which path each recurrent layer takes and why."""

import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

PACKAGES = ("gatewise", "keras", "jax", "jaxlib", "torch", "tensorflow", "numpy", "tokenizers")


@click.command("doctor", short_help="Show versions, devices and each recurrent layer's path.")
@click.argument("model", required=False, type=click.Path(path_type=Path))
def command(model: Path | None) -> None:
    """Show versions, devices and native kernels, and the path that recurrent layers take and why:
    those of MODEL (any .keras file), or of each cell with default options."""
    from gatewise.cli.runtime import prepare_keras

    prepare_keras()
    from gatewise import layers
    from gatewise.tasks.saving import load_any

    for name, value in [*_installation(), *_native()]:
        click.echo(f"{name:<12} {value}")
    click.echo()
    if model:
        found = layers.explain_model(load_any(model))
    else:
        cells = (layers.LSTM, layers.GRU, layers.SimpleRNN)
        found = [(cell.__name__, layers.explain(cell(64))) for cell in cells]
    for path, choice in found:
        name = choice.kernel.name if choice.kernel else choice.otherwise
        click.echo(f"{path}: {name} — {choice.reason}")
    if not found:
        click.echo(f"{model}: the model has no recurrent layer.")


def _installation() -> Iterator[tuple[str, str]]:
    import keras

    from gatewise import layers, settings

    yield "python", f"{platform.python_version()} on {platform.platform()}"
    for package in PACKAGES:
        yield package, _installed(package)
    yield "back end", f"{keras.backend.backend()} on {layers.current_device()}"
    yield "cache", f"{settings.cache_folder()} (GATEWISE_CACHE)"
    yield "kernels", f"{settings.kernels()} (GATEWISE_KERNELS)"


def _native() -> Iterator[tuple[str, str]]:
    """The native library, what it uses of this processor, and whether the back end can call it."""
    import keras

    from gatewise.kernels import native
    from gatewise.kernels.native import library

    if (reason := library.reason()) is not None:
        yield "native", f"not available: {reason}"
        return
    opened = library.load()
    yield "native", str(opened.path)
    yield "processor", f"{opened.isa()}, of {', '.join(opened.isas())} (GATEWISE_ISA)"
    backend = keras.backend.backend()
    if backend not in native.ADAPTERS:
        yield "calls", f"none from {backend}; from {' and '.join(native.ADAPTERS)}"
        return
    kernel = native.kernel(backend)
    yield "calls", kernel if isinstance(kernel, str) else f"from {backend}: {kernel.describe()}"


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
