"""YAML and JSON with positions and limits. Nothing here knows what the texts mean."""
