"""The version of the tool: read by the build, printed in every report."""

__version__ = "0.1.0"
