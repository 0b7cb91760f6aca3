"""Seen when messages and calls run, not when an environment is set up; `explain` is asked about them all the same."""

from twilio_environments.rest.catalogue.entry import Entry

ENTRIES = (
    Entry(
        11200,
        "Webhook failed",
        "Twilio got no usable answer from a webhook within 15 seconds",
        "Check that the URL is public and answers in time with a 2xx status.",
    ),
    Entry(
        11205,
        "Webhook not reached",
        "Twilio could not connect to a webhook",
        "Check its host and port; private addresses cannot be reached.",
    ),
    Entry(12100, "TwiML not parsed", "A webhook answered with TwiML that is not well-formed", "Correct its answer."),
    Entry(
        12300,
        "Content type not valid",
        "A webhook answered with a content type that Twilio does not take",
        "Answer TwiML as text/xml.",
    ),
    Entry(21211, "Recipient not valid", "The To number is not valid", "Give +, country code and digits."),
    Entry(21212, "Sender not valid", "The From number is not valid", "Use a number of this account."),
    Entry(
        21219,
        "Trial: number not verified",
        "A trial account may call verified numbers only",
        "Verify the number, or upgrade.",
        not_this="For SMS it is 21608.",
    ),
    Entry(
        21606,
        "Sender cannot send there",
        "The From number is not this account's, or cannot send to this destination",
        "Use a number of this account with the capability, or a Messaging Service.",
    ),
    Entry(
        21608,
        "Trial: number not verified",
        "A trial account may send to verified numbers only",
        "Verify the number, or upgrade.",
    ),
    Entry(
        21610,
        "Recipient unsubscribed",
        "The recipient has unsubscribed from this sender",
        "Do not send again; only the recipient can undo it, with START.",
    ),
    Entry(21612, "Route missing", "There is no route from this sender to the recipient", "Use another sender."),
    Entry(21614, "Not a mobile number", "The To number is not a mobile number", "Send to a mobile number."),
    Entry(
        30001,
        "Queue overflow",
        "More messages were queued than the sender can send in time",
        "Send more slowly, or add senders.",
        "later",
    ),
    Entry(30003, "Handset unreachable", "The recipient's phone is off or out of reach", "Send again later.", "later"),
    Entry(30005, "Handset unknown", "The recipient's number is not in service", "Remove the number."),
    Entry(
        30007,
        "Message filtered",
        "Twilio or the carrier filtered the message",
        "Check its content, and the sender's registration.",
    ),
    Entry(
        53000,
        "Video signalling",
        "A Programmable Video client lost its signalling connection",
        "Check that client's network.",
        not_this="It is Video; provisioning has nothing to do with it.",
    ),
    Entry(
        63016,
        "Template needed",
        "A free-form WhatsApp or Messenger message was sent outside the allowed window",
        "Send an approved template.",
    ),
)
