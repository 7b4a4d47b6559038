"""`python -m ops COMMAND`: see docs/operations.md."""

import sys

from ops.command import main

if __name__ == "__main__":
    sys.exit(main())
