"""The one exception that a user sees: what is wrong, and what to do about it."""


class Problem(Exception):
    """Something the reader of CI output has to act on.

    `what` is one sentence that says what is wrong, with Twilio's code and request id where there are any;
    `remedy` is one sentence that says what to do. Neither may hold a secret or a response body.
    """

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what = what
        self.remedy = remedy

    def __str__(self) -> str:
        return f"{self.what} {self.remedy}".strip()
