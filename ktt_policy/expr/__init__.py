"""The expression language: a typed, total subset of FEEL (DMN 1.5, chapter 10).

text ─parser→ syntax tree ─checking→ typed tree ─interpreter | compiling→ value
"""
