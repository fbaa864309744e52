"""``python -m facenet_lite.cli`` is ``facenet-lite``."""

import sys

from facenet_lite.cli import main

sys.exit(main())
