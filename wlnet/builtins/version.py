"""What this system is: `$Version` and its kin."""

from __future__ import annotations

import platform

from wlnet import __version__
from wlnet.kernel.registry import symbol

_HOST = f"{platform.system()} {platform.machine()}"

symbol(
    "$Version",
    usage="$Version describes this system.",
    value=f"wlnet {__version__} (Python {platform.python_version()}, {_HOST})",
)
symbol("$VersionNumber", usage="$VersionNumber is the version of the language that is followed.", value=14.0)
symbol("$ReleaseNumber", usage="$ReleaseNumber is the release within the version.", value=0)
symbol(
    "$System", usage="$System names the operating system.", value=f"{platform.system()} {platform.machine()}"
)
symbol("$ProductInformation", usage="$ProductInformation describes this system.", value="wlnet")
