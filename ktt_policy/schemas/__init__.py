"""Reads `schemas/`: document kinds as record types, as types of the language, and as validators.

`records` is all that a run over sound documents needs; `types` serves the checker; `validation` explains what
is wrong with a document, and only then is jsonschema imported.
"""
