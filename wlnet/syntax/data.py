"""Where the files of `grammar/` lie: inside the package when installed, beside it in a checkout."""

from __future__ import annotations

import os

import wlnet


def read_data(name: str) -> str:
    """The text of `grammar/<name>`."""
    for folder in wlnet.__path__:
        path = os.path.join(folder, "grammar", name)
        if os.path.isfile(path):
            with open(path, encoding="utf-8") as file:
                return file.read()
    raise FileNotFoundError(f"grammar/{name} is missing from the installation of wlnet")
