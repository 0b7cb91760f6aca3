"""The program: settings → environment → outputs."""

import asyncio
from pathlib import Path

import pulumi

from components import Environment
from twilio_environments.components import stack
from twilio_environments.resources.recorded import recorded

settings = stack.settings(Path(__file__).parent)


async def program() -> pulumi.Inputs:
    """Declare the environment."""
    environment = Environment("environment", settings, recorded=await recorded())
    # One turn of the loop, in which all registrations begin: Pulumi then waits for one after the other. Otherwise it
    # waits for whichever output of any resource comes first, again and again, by the square of their number.
    await asyncio.sleep(0)
    return environment.outputs


pulumi.run(program)
