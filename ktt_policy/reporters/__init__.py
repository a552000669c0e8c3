"""One file a format. A reporter knows the report and nothing else."""

from __future__ import annotations

from ktt_policy.report import Report


def render_report(report: Report, format_: str, lang: str, exit_code: int) -> str:
    """The report in a format (`text`, `json`), with a line end at its end."""
    if format_ == "json":
        from ktt_policy.reporters.json_ import render

        return render(report, lang, exit_code)
    from ktt_policy.reporters.text import render as render_text

    return render_text(report, lang, exit_code)
