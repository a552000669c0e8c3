"""The tests of `worlds` use the generated expressions of the language's tests."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "expr"))
