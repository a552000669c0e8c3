"""Rules × schemas × parameters → a checked rulebook: plain data that can be kept in a cache.

`build` does it all and returns the diagnostics; `load` takes the result from the cache when nothing has changed.
"""
