"""Live checks: asked in the background, shown row by row, taken up by Continue.

Nothing of them is on the disk, and nothing of one is used for other values.
"""

from wizard.live.run import Again, Cancelled, Row, Run
from wizard.live.runs import Runs

__all__ = ["Again", "Cancelled", "Row", "Run", "Runs"]
