"""A mistake of ours, as the log may have it: where and of what kind, without its own words."""

import traceback


def where(error: BaseException | None) -> str:
    """The trace of `error` and of what it came of. Their texts may quote what was entered."""
    lines = []
    while error is not None:
        # The lines of code are in it, the values are not.
        lines += traceback.format_tb(error.__traceback__)
        kind = type(error)
        lines.append(f"{kind.__module__}.{kind.__qualname__}, its text left out")
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        lines += ["which came of:"] if error is not None else []
    return "\n".join(line.rstrip() for line in lines)
