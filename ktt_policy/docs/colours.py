"""The colours of a site, in light and dark, made from the two that its settings name."""

from __future__ import annotations

from colorsys import hls_to_rgb, rgb_to_hls
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ktt_policy.docs.settings import Settings

LEAST_CONTRAST = 4.5  # of text to its ground, by WCAG 2.1 (1.4.3), level AA


def of_theme(settings: Settings) -> str:
    """For the pages that mkdocs builds. Paper is white: the dark scheme is for screens only."""
    primary, accent = settings.primary, settings.accent
    return (
        f":root > * {{\n  --md-primary-fg-color: {primary};\n"
        f"  --md-primary-fg-color--light: {lightened(primary, 0.2)};\n"
        f"  --md-primary-fg-color--dark: {lightened(primary, -0.25)};\n"
        f"  --md-accent-fg-color: {accent};\n  --md-typeset-a-color: {primary};\n}}\n"
        f'@media screen {{\n  [data-md-color-scheme="slate"] {{\n    --md-typeset-a-color: {on_dark(primary)};\n'
        f"    --md-accent-fg-color: {on_dark(accent)};\n  }}\n}}\n"
    )


def of_check_page(settings: Settings) -> str:
    """For the page that checks in the browser."""
    return (
        f":root {{ --bar: {settings.primary}; --accent: {settings.primary}; }}\n"
        "@media screen and (prefers-color-scheme: dark) {\n"
        f"  :root {{ --accent: {on_dark(settings.primary)}; }}\n}}\n"
    )


def lightened(colour: str, share: float) -> str:
    """The colour moved towards white by a share, or towards black by a negative one."""
    parts = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    end = 255 if share > 0 else 0
    return "#" + "".join(f"{round(p + (end - p) * abs(share)):02x}" for p in parts)


def on_dark(colour: str) -> str:
    """The colour's hue, bright enough to be read on a dark ground."""
    hue, _, saturation = rgb_to_hls(*(int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)))
    return "#" + "".join(f"{round(part * 255):02x}" for part in hls_to_rgb(hue, 0.72, max(saturation, 0.6)))


def contrast_with_white(colour: str) -> float:
    """The contrast ratio to white, from 1 to 21, as WCAG 2.1 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)
