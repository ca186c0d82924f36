"""Open the launch address in the browser without showing its token to the whole computer."""

import contextlib
import html
import os
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from wizard.private_file import replace_private

if TYPE_CHECKING:
    import subprocess

_FILE_NAME = "open-latchkey.html"


class BrowserPage:
    """A file in the data directory that sends the browser on to the launch address.

    Command lines can be read by every account of a computer, so the browser is given the file's
    name, and only its owner may read the file.
    """

    def __init__(self, data_dir: Path) -> None:
        self._paths = [data_dir / _FILE_NAME]
        self._child: subprocess.Popen[bytes] | None = None

    def open(self, launch_url: str) -> bool:
        """Ask the system to show the page; False when there is nothing to show it on."""
        if not _has_screen():
            return False
        import subprocess  # late: not everybody has a browser opened, and it is not small

        path = _place(self._paths[0])
        self._paths.append(path)
        try:
            replace_private(path, _page(launch_url).encode())
            # A process of its own: what browsers say must not reach standard output, and one that
            # hangs must not keep us from serving.
            self._child = subprocess.Popen(  # noqa: S603 - our own interpreter and file
                [sys.executable, "-I", "-m", "webbrowser", "-t", path.as_uri()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            return False
        return True

    def wait(self, seconds: float) -> None:
        """Wait until the browser was told; for a process about to end."""
        if self._child is not None:
            import subprocess

            with contextlib.suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)

    def remove(self) -> None:
        """Take the file away, and one that a second start left in the data directory."""
        for path in self._paths:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
        if self._child is not None:
            self._child.poll()


def _page(launch_url: str) -> str:
    address = html.escape(launch_url, quote=True)
    return (
        '<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n'
        f'<meta http-equiv="refresh" content="0;url={address}">\n'
        "<title>Opening Latchkey</title>\n"
        f'<p><a href="{address}">Open Latchkey</a></p>\n</html>\n'
    )


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin") or os.environ.get("BROWSER"):
        return True
    # Without one, webbrowser would start a text browser inside our terminal.
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _place(usual: Path) -> Path:
    """The usual place, in the data directory, or one the default browser can read.

    A browser installed as a snap (Ubuntu's Firefox) may not read hidden directories such as
    ~/.local, where our data is; it may read ~/snap/<its name>/common.
    """
    if sys.platform == "linux" and (name := _snap_of_default_browser()):
        common = Path.home() / "snap" / name / "common"
        if common.is_dir():
            return common / _FILE_NAME
    return usual


def _snap_of_default_browser() -> str | None:
    command = shutil.which("xdg-settings")
    if command is None or os.environ.get("BROWSER"):
        return None
    import subprocess

    try:
        answer = subprocess.run(  # noqa: S603 - a fixed question to the desktop's own tool
            [command, "get", "default-web-browser"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=3,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    # Snaps name their desktop files <snap>_<app>.desktop.
    found = re.fullmatch(r"([a-z0-9-]+)_[a-z0-9-]+\.desktop", answer.stdout.strip())
    return found[1] if found else None
