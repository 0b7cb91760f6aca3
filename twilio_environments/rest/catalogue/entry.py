from dataclasses import dataclass
from typing import Literal

Retry = Literal["never", "later", "safe"]
Occasion = Literal["provisioning", "webhook", "sending", "calling", "verifying", "studio run", "video"]


@dataclass(frozen=True)
class Entry:
    """What a Twilio error code means, in our words.

    `meaning` and `remedy` are one sentence each. `retry`: "safe" was not processed, so the same call may go again at
    once by whoever waits a little; "later" may succeed after a while without a change of ours; "never" needs a change.
    `not_this` corrects what is widely said about the code and is wrong. `when` says on which occasions it is seen:
    while an environment is set up, while a webhook is asked, or while messages, calls, verifications and flows run.
    """

    code: int
    title: str
    meaning: str
    remedy: str
    retry: Retry = "never"
    not_this: str = ""
    when: tuple[Occasion, ...] = ("provisioning",)
