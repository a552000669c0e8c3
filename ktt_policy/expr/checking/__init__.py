"""Syntax tree → typed tree, or all that is wrong with it: `checker`, with its parts for calls, operators, iterators."""
