"""Mutation of a rulebook: every rule altered as a careless edit would, to see whether its cases notice.

`alternatives` (what a part may be altered to) → `mutants` (all altered versions of a rule) → `trial` (the cases).
"""
