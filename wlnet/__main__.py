"""`python -m wlnet` and the console script `wlnet`."""

import sys

from wlnet.frontends.cli import main

if __name__ == "__main__":
    sys.exit(main())
