"""The page that checks documents in the reader's browser: the same engine, run by Pyodide from files of the site.

`site.build` gathers the files, `session` is what the page's worker runs, `page/` is the page itself.
"""

from __future__ import annotations

from ktt_policy.browser.site import build

__all__ = ["build"]
