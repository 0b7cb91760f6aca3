"""Where Twilio's Console shows an object. Twilio does not promise these addresses; a wrong one costs a search."""

from __future__ import annotations

_ROOT = "https://console.twilio.com/us1"
_PAGES = {
    "PN": "develop/phone-numbers/manage/incoming/{sid}/configure",
    "MG": "develop/sms/services/{sid}",
    "VA": "develop/verify/services/{sid}",
    "FW": "develop/studio/flows/{sid}",
    "SK": "account/keys-credentials/api-keys",
    "AC": "account/manage-account/subaccounts/{sid}",
}


def console_url(sid: str) -> str:
    """Return the page of an object by its SID, "" for what Twilio has no page for."""
    page = _PAGES.get(sid[:2])
    return f"{_ROOT}/{page.format(sid=sid)}" if page and len(sid) == 34 else ""  # noqa: PLR2004 - a SID's length
