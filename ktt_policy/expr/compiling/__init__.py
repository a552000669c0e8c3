"""Typed tree → Python `ast`: `compiler`, with its parts for calls and lists, and `emitter`, which writes statements."""
