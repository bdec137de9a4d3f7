"""Model files: read with suspicion, since they come from anywhere."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras

from gatewise.errors import ModelFileError
from gatewise.tasks.kinds import registered

CONFIG = "config.json"
MEMBERS = {CONFIG, "metadata.json", "model.weights.h5"}
LARGEST_CONFIG = 256 << 20  # bytes; a vocabulary of a million words needs a tenth

# What a file may name: classes of Keras and Gatewise, and functions that a network is made of.
FUNCTIONS = ("activations", "constraints", "initializers", "losses", "metrics", "ops")
FUNCTION_MODULES = ("builtins", *(f"keras.{name}" for name in (*FUNCTIONS, "regularizers")))
# Layers of Keras that run, or unpickle, what is given to them.
RUN_CODE = ("Lambda", "__lambda__", "TorchModuleWrapper", "TFSMLayer", "JaxLayer", "FlaxLayer")


def load(path: str | Path) -> keras.Model:
    """Load a saved task, ready for raw inputs.

    Nothing in the file is run: it may name classes of Keras and Gatewise only, and Keras's safe
    mode is on.

    Args:
        path: a `.keras` file that a task saved.

    Returns:
        The task, a `gatewise.tasks.Classifier` for instance.

    Raises:
        ModelFileError: the file is missing, damaged, of another kind, or asks for foreign code.

    Example:
        >>> load("nowhere.keras")
        Traceback (most recent call last):
        gatewise.errors.ModelFileError: nowhere.keras: expected a model file, but there is none. ...
    """
    path = Path(path)
    config = _config(path)
    if config.get("registered_name") not in registered():
        raise ModelFileError(
            f"{path}: expected a model that Gatewise saved, got a Keras "
            f"{config.get('class_name')}. It carries no vocabulary or labels; load it "
            "with keras.models.load_model, or look at it with: gatewise doctor MODEL"
        )
    return _load(path)


def load_any(path: str | Path) -> keras.Model:
    """Load any `.keras` file, ours or not, under the same suspicion as `load`."""
    _config(Path(path))
    return _load(Path(path))


def _load(path: Path) -> keras.Model:
    import gatewise.tasks  # noqa: F401  registers the classes that the file names

    try:
        return keras.models.load_model(path, safe_mode=True)
    except (Exception, SystemExit) as error:
        raise ModelFileError(
            f"{path}: expected a whole Keras model file, but it cannot be loaded: "
            f"{_first_line(error)} Save or copy it again; a file of a newer version needs that one."
        ) from error


def _config(path: Path) -> dict[str, Any]:
    """The configuration in a model file, once it is known to be harmless."""
    if not path.exists():
        raise ModelFileError(
            f"{path}: expected a model file, but there is none. A run folder holds model.keras; "
            "see gatewise train --help."
        )
    if path.is_dir():
        inside = path / "model.keras"
        remedy = f"Did you mean {inside}?" if inside.exists() else "Name the .keras file."
        raise ModelFileError(f"{path}: expected a model file, got a folder. {remedy}")
    if path.suffix != ".keras":
        raise ModelFileError(
            f"{path}: expected a model file that ends in .keras, got "
            f"{path.suffix or 'no ending'!r}."
        )
    try:
        with zipfile.ZipFile(path) as archive:
            missing = MEMBERS - set(archive.namelist())
            if missing:
                raise ModelFileError(
                    f"{path}: expected a Keras model file, but {', '.join(sorted(missing))} is "
                    "missing inside. It is another kind of file."
                )
            if archive.getinfo(CONFIG).file_size > LARGEST_CONFIG:
                raise ModelFileError(f"{path}: its configuration is too large to be honest.")
            damaged = archive.testzip()
            config = json.loads(archive.read(CONFIG)) if damaged is None else None
    except (OSError, zipfile.BadZipFile, ValueError, KeyError, RuntimeError) as error:
        if isinstance(error, ModelFileError):
            raise
        raise ModelFileError(
            f"{path}: expected a Keras model file, but it is truncated or of another kind "
            f"({_first_line(error)})."
        ) from error
    if not isinstance(config, dict):
        raise ModelFileError(f"{path}: the file is damaged inside ({damaged or CONFIG}).")
    _refuse_foreign_code(path, config)
    return config


def _refuse_foreign_code(path: Path, config: dict[str, Any]) -> None:
    for part in _objects(config):
        name, module = part["class_name"], part.get("module")
        if not _harmless(name, str(module or "builtins")):
            named = part.get("config") if name == "function" else name
            raise ModelFileError(
                f"{path}: expected only classes of Keras and Gatewise, got {module}.{named}, which "
                "could run any code. If you trust the file, load it with keras.models.load_model "
                "and custom_objects."
            )


def _harmless(name: Any, module: str) -> bool:
    if name == "function":
        return module in FUNCTION_MODULES
    return name not in RUN_CODE and module.split(".")[0] in ("keras", "gatewise", "builtins")


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    """Every serialised object anywhere in a configuration."""
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            if "class_name" in one:
                yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _first_line(error: BaseException) -> str:
    text = str(error).strip()
    return (text.splitlines()[0] if text else type(error).__name__)[:200]
