import re
from dataclasses import dataclass, replace
from typing import Literal

Retry = Literal["never", "later", "safe"]
Occasion = Literal["provisioning", "webhook", "sending", "calling", "verifying", "studio run", "video"]


@dataclass(frozen=True)
class ErrorCause:
    """One of several causes of a code, identified by Twilio's message.

    `name` is the library's name for it, `message` a case-insensitive pattern of Twilio's message; `meaning` and
    `remedy` are as in Entry.
    """

    name: str
    message: str
    meaning: str
    remedy: str


@dataclass(frozen=True)
class Entry:
    """What a Twilio error code means, in our words.

    `meaning` and `remedy` are one sentence each. `retry`: "safe" was not processed, so the same call may be repeated
    after a short wait; "later" may succeed after a while without a change of ours; "never" needs a change.
    `not_this` corrects a widespread mistake about the code. `when` lists the occasions on which it is seen:
    while an environment is set up, while a webhook is called, or while messages, calls, verifications and flows run.
    `causes` are those of a code that has several. `usual` is a pattern of the messages that `meaning` applies to, if
    not to all; for the others only Twilio's message says what is wrong. `cause` names the one that an error has.
    """

    code: int
    title: str
    meaning: str
    remedy: str
    retry: Retry = "never"
    not_this: str = ""
    when: tuple[Occasion, ...] = ("provisioning",)
    causes: tuple[ErrorCause, ...] = ()
    usual: str = ""
    cause: str = ""

    def of(self, message: str) -> "Entry":
        """Return what the code means together with Twilio's message, which may be ""."""
        for one in self.causes:
            if re.search(one.message, message, re.IGNORECASE):
                return replace(self, meaning=one.meaning, remedy=one.remedy, cause=one.name)
        # A message of one word, such as Authenticate, says no more than the code.
        if not self.usual or len(message.split()) < 2 or re.search(self.usual, message, re.IGNORECASE):  # noqa: PLR2004
            return self
        return replace(
            self,
            meaning="Twilio refused the call, and this code does not say why",
            remedy=f"Follow Twilio's message; `twilio-env explain {self.code}` has the known causes.",
            cause="untold",
        )
