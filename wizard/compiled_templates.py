"""The templates as Jinja compiled them, kept in the data directory so that a start need not."""

import contextlib
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

from wizard.private_file import private_directory

FOLDER = "compiled-templates"
PRACTICE = "compiled-practice-templates"


class CompiledTemplates(FileSystemBytecodeCache):
    """Jinja's own cache. It knows a template by its source, so a changed one is compiled again.

    It does not know the options a template was compiled with, so each app has a folder of its own.
    What it holds is code, so its folder is hers alone, as the data directory is. Where it cannot be
    read or written, templates are compiled at each start.
    """

    def __init__(self, data_dir: Path, folder: str = FOLDER) -> None:
        with contextlib.suppress(OSError):
            private_directory(data_dir / folder)
        super().__init__(str(data_dir / folder))

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what was kept, if it can be read."""
        with contextlib.suppress(OSError):
            super().load_bytecode(bucket)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled, if there is room."""
        with contextlib.suppress(OSError):
            super().dump_bytecode(bucket)
