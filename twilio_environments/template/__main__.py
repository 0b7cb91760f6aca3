"""The program: the environment that the stack file declares, and what you add to it."""

import asyncio
from pathlib import Path

import pulumi

from twilio_environments.components import Environment, stack
from twilio_environments.resources.recorded import recorded

settings = stack.settings(Path(__file__).parent)


async def program() -> pulumi.Inputs:
    """Declare the environment."""
    environment = Environment("environment", settings, recorded=await recorded())
    await asyncio.sleep(0)  # all registrations begin before Pulumi waits for the first: large stacks take less time
    return environment.outputs


pulumi.run(program)
