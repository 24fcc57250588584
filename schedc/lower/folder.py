"""Where the templates and the headers of the generated program are."""

from __future__ import annotations

import os

TEMPLATES = os.path.join(os.path.dirname(os.path.dirname(__file__)), "templates")
INCLUDE = os.path.join(TEMPLATES, "include")
