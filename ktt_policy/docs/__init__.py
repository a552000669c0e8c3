"""The published documentation of a rulebook, made from what it documents.

`build` gives every page as Markdown in Finnish and English with the mkdocs settings to publish them; one module makes
one kind of page. What a reader sees is in `texts/` (labels), in `docs/<language>/` (prose) and in the rulebook itself.
"""

from ktt_policy.docs.site import LANGUAGES, Site, build

__all__ = ["LANGUAGES", "Site", "build"]
