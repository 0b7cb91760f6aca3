"""The program: settings → environment → outputs."""

from pathlib import Path

import pulumi

from components import Environment, stack

environment = Environment("environment", stack.settings(Path(__file__).parent))
pulumi.export("environment", environment.summary)
