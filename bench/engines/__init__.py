"""One module an engine; each has `prepare() -> None` and `judge(raw: bytes) -> set[Violation]`."""
