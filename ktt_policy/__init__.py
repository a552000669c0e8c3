"""ktt-policy: checks providers, vouchers and invoices against a dated rulebook, clause by clause.

    from ktt_policy import Rulebook
    report = Rulebook.load().check(["invoice.json"], on=date(2026, 3, 2))

Names are imported at first use, so that the command line starts fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ktt_policy.version import __version__

if TYPE_CHECKING:
    from ktt_policy.api import Rulebook, evaluate
    from ktt_policy.diagnostics import Diagnostic, ProblemError
    from ktt_policy.report import Finding, Report

__all__ = ["Diagnostic", "Finding", "ProblemError", "Report", "Rulebook", "__version__", "evaluate"]

_HOMES = {
    "Rulebook": "api", "evaluate": "api", "Diagnostic": "diagnostics", "ProblemError": "diagnostics",
    "Finding": "report", "Report": "report",
}  # fmt: skip


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module `ktt_policy` has no attribute `{name}`")
    from importlib import import_module

    return getattr(import_module(f"ktt_policy.{_HOMES[name]}"), name)
