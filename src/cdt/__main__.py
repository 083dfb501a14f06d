"""`python -m cdt` is `cdt`."""

import sys

from cdt.cli import main

sys.exit(main())
