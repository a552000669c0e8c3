"""Where the shipped policies and schemas are: in the wheel beside the package, in a checkout above it."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

BESIDE = ("cases.yaml", "exceptions.yaml")  # what stands beside the versions of a rule, and judges nothing


@lru_cache(maxsize=1)
def data_folder() -> Path:
    """The folder that holds `policies/` and `schemas/`."""
    package = Path(__file__).resolve().parent
    shipped = package / "data"
    return shipped if (shipped / "schemas").is_dir() else package.parent


def is_installed(folder: Path) -> bool:
    """True for a folder that was installed with the program, where nothing of the user's would last."""
    return folder.resolve().is_relative_to(Path(__file__).resolve().parent)


def schema_folder() -> Path:
    return data_folder() / "schemas"


def policy_folder() -> Path:
    return data_folder() / "policies"


def docs_folder() -> Path:
    """The folder with the hand-written pages and the theme of the documentation."""
    return data_folder() / "docs"
