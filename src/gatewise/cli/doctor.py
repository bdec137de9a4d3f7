"""`gatewise doctor`: what is installed, and which path each recurrent layer takes and why."""

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import click

PACKAGES = ("gatewise", "keras", "jax", "jaxlib", "torch", "tensorflow", "numpy", "tokenizers")


@click.command("doctor", short_help="Show versions, devices and each recurrent layer's path.")
@click.argument("model", required=False, type=click.Path(path_type=Path))
def command(model: Path | None) -> None:
    """Show versions and devices, and the path that recurrent layers take and why: those of MODEL
    (any .keras file), or of each cell with default options."""
    from gatewise.cli.runtime import prepare_keras

    prepare_keras()
    import keras

    from gatewise import layers, settings
    from gatewise.tasks.results import recurrent_paths
    from gatewise.tasks.saving import load_any

    click.echo(f"{'python':<12} {platform.python_version()} on {platform.platform()}")
    for package in PACKAGES:
        click.echo(f"{package:<12} {_installed(package)}")
    click.echo(f"{'back end':<12} {keras.backend.backend()} on {layers.current_device()}")
    click.echo(f"{'kernels':<12} {settings.kernels()} (GATEWISE_KERNELS)")
    click.echo(f"{'cache':<12} {settings.cache_folder()} (GATEWISE_CACHE)\n")
    if model:
        found = recurrent_paths(load_any(model))
    else:
        cells = [layers.LSTM, layers.GRU, layers.SimpleRNN]
        found = [path for cell in cells for path in recurrent_paths(cell(64, name=cell.__name__))]
    for path in found:
        click.echo(f"{path['layer']}: {path['kernel'] or 'Keras'} — {path['reason']}")
    if not found:
        click.echo(f"{model}: the model has no recurrent layer.")


def _installed(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"
