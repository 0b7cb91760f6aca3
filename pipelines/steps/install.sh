#!/usr/bin/env bash
# install.sh: bring the locked Python packages (.venv) and Pulumi's CLI in the pinned version (the user's cache folder), each once.
set -euo pipefail
python3 tools/python_env.py
python3 tools/install.py --pinned pulumi
