"""The configuration: YAML straight into the settings of `bouncer.model`, and the JSON Schema of the same types.

`load` for those who need it whole, `survey` for those who want to look at what is right in it as well.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from bouncer.config.survey import Survey, schema, survey
from bouncer.config.warn import warnings
from bouncer.errors import OwnerFault
from bouncer.model import Settings

__all__ = ["Survey", "load", "schema", "survey", "warnings"]


def load(path: Path, environ: Mapping[str, str] = os.environ) -> Settings:
    """Read the configuration at *path*; every path in it comes back absolute.

    Where it names no `state`, the first directory of systemd's $STATE_DIRECTORY in *environ* is taken, else `state` beside the file.
    Raises OwnerFault with every problem, each with file, line and path.
    """
    surveyed = survey(path, environ)
    if surveyed.settings is None:
        raise OwnerFault(surveyed.problems)
    return surveyed.settings
