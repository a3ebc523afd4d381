#!/usr/bin/env python3
"""The harness over our own cases of scripts and order: same modes and options as `../harness.py`,
with the cases and goldens of this folder."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.dirname(HERE))
import harness  # noqa: E402

harness.CASES = HERE
harness.GOLDEN = os.path.join(HERE, "golden")

if __name__ == "__main__":
    sys.exit(harness.main())
