"""The stack that Pulumi runs: its settings, from its stack file."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import pulumi
from pulumi.runtime.config import CONFIG, get_config_env, get_config_secret_keys_env, is_config_secret

from twilio_environments import trust
from twilio_environments.lifecycle.mistakes import Mistake
from twilio_environments.problems import Problem
from twilio_environments.rest import shipped
from twilio_environments.rest.endpoint import endpoint_from
from twilio_environments.settings import NAMESPACE, Settings, load, refuse
from twilio_environments.settings.guard_rail_checks import decided_at_run_time, region_refusals, untrusted
from twilio_environments.settings.inbound import notes


def settings(root: Path) -> Settings:
    """Return the settings of the running stack; flow files are read below `root`.

    Mistakes end the program with one message that names them all, before any resource is declared.
    """
    # When a resource fails, Pulumi interrupts the program: by default a silent end, in Python 40 lines of traceback.
    # Only the main thread may set this; an inline program of the Automation API runs in another one.
    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    project, stack = pulumi.get_project(), pulumi.get_stack()
    config = get_config_env() | CONFIG.get()  # the second is an inline program's
    secret = {*get_config_secret_keys_env(), *filter(is_config_secret, config)}
    encrypted = sorted(key for key in secret if key.startswith(f"{NAMESPACE}:"))
    what = "is a secret, and stack files contain none: credentials come from the environment"
    try:
        trust.require_own_environment(root)
        refuse(stack, [Mistake(key.partition(":")[2], what) for key in encrypted])
        loaded = load(config, project=project, stack=stack, root=root)
        region = os.environ.get("TWILIO_REGION", "").strip()
        by_region = [*region_refusals(loaded, region, "region (from TWILIO_REGION)")] if region else []
        refuse(stack, [*by_region, *untrusted(loaded)])
        shipped.refuse(project, endpoint_from({"endpoint": loaded.endpoint or ""}, os.environ))
    except Problem as problem:
        raise pulumi.RunError(str(problem)) from None
    for rule, reason in loaded.allow.minimal().items():
        pulumi.log.info(f"twilio:allow {rule}: {reason}")
    for note in (*notes(loaded), *decided_at_run_time(loaded)):
        pulumi.log.info(note)
    return loaded
