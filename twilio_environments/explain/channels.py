"""WhatsApp and Messenger: what becomes of a message on a channel that has rules of its own."""

from twilio_environments.explain.entry import Entry

ENTRIES = (
    Entry(
        63001,
        "Channel not authenticated",
        "The channel did not accept its credentials",
        "Set the sender up again in the Console.",
        when=("sending",),
    ),
    Entry(
        63003,
        "Recipient not on the channel",
        "The recipient is not on this channel, or the address is not valid",
        "Give whatsapp:+ and the number; fall back to SMS.",
        when=("sending",),
    ),
    Entry(
        63005,
        "Content not accepted",
        "The channel did not accept the content",
        "Check text, media and template against the channel's rules.",
        when=("sending",),
    ),
    Entry(
        63007,
        "Sender not on the channel",
        "There is no sender of this From address on the channel in this account",
        "Give whatsapp:+ and a number that is registered as a sender in this very account.",
        not_this="The number may well be the account's: for SMS is not for WhatsApp.",
        when=("sending",),
    ),
    Entry(63012, "Channel failed", "The channel's own service failed", "Send again later.", "later", when=("sending",)),
    Entry(
        63013,
        "Against the channel's policy",
        "The message goes against the channel's policy",
        "Change it; look at the sender's quality rating in the Console.",
        when=("sending",),
    ),
    Entry(
        63014,
        "Blocked by the recipient",
        "The recipient blocked the sender or opted out",
        "Do not send again until the recipient writes.",
        when=("sending",),
    ),
    Entry(
        63015,
        "Sandbox not joined",
        "The sandbox sends to numbers only that have joined it",
        "Let the recipient send the join code, or use a sender of your own.",
        when=("sending",),
    ),
    Entry(
        63016,
        "Template needed",
        "A free-form WhatsApp or Messenger message was sent more than 24 hours after the recipient's last one",
        "Send an approved template by its ContentSid; a template's text in Body does not do.",
        not_this=(
            "It is no error of the sender's registration, and waiting does not help: the recipient has to write first."
        ),
        when=("sending",),
    ),
    Entry(
        63018,
        "Channel rate exceeded",
        "More was sent than the channel takes from this sender",
        "Send more slowly.",
        "later",
        when=("sending",),
    ),
    Entry(
        63019,
        "Media not loaded",
        "The channel could not load the media",
        "Give a public URL that answers with the right content type and size.",
        when=("sending",),
    ),
    Entry(
        63021,
        "Content not valid",
        "The channel rejected the content, such as its type, its size or a text that grew too long",
        "Check media type and the length with the values filled in.",
        when=("sending",),
    ),
    Entry(
        63024,
        "Recipient not valid",
        "The recipient is not a valid one on this channel",
        "Check the number, and that it is on WhatsApp.",
        when=("sending",),
    ),
    Entry(
        63032,
        "Limited by WhatsApp",
        "WhatsApp did not let this message through to this user",
        "Send it over another channel; WhatsApp decides whom it tests and limits.",
        when=("sending",),
    ),
)
