#!/usr/bin/env bash
# install.sh: bring the locked Python packages (.venv) and Pulumi's CLI in the pinned version (the user's cache folder),
# each once. What a job signs in with is none of theirs.
set -euo pipefail
unset ACTIONS_ID_TOKEN_REQUEST_TOKEN ACTIONS_ID_TOKEN_REQUEST_URL GITHUB_TOKEN AWS_JWT VAULT_JWT CI_JOB_TOKEN
python3 tools/python_env.py
python3 tools/install.py --pinned pulumi
