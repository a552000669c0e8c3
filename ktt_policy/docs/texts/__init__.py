"""Every label of the pages in Finnish and English: `words` (labels), `phrases` (expressions), `commands`."""

from __future__ import annotations

from functools import lru_cache

from ktt_policy.report import OUTCOME_WORDS


@lru_cache(maxsize=4)
def words_of(lang: str) -> dict[str, str]:
    """Key → label in a language."""
    from ktt_policy.docs.texts.words import WORDS

    return OUTCOME_WORDS[lang] | {key: pair[0 if lang == "fi" else 1] for key, pair in WORDS.items()}
