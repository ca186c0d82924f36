"""Start Latchkey: `python app.py`, and see `python app.py --help`."""

import gc
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - whoever starts it by hand gets a sentence
    sys.exit("Latchkey needs Python 3.11 or newer.")

# While everything is loaded nothing becomes garbage; looking for some takes a tenth of the start.
gc.disable()

from wizard.command import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main())
