"""`python -m schedc.cli`."""

import sys

from schedc.cli.main import main

sys.exit(main())
