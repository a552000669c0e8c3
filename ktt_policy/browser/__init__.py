"""The page that checks documents in the reader's browser: the same engine, run by Pyodide from files of the site.

`site.build` gathers the files, `session` is what the page's worker runs, `page/` is the page itself.
"""
