"""The policy tests: cases of a rule, each a document and the outcome that is expected of it.

`case` reads them and `patches` alters their documents; `run` judges them and names what they leave out, `conditions`
which parts of a rule they never saw true or false; `drafts` are cases for a version that is about to be written.
"""
