"""Studio flows: definitions, revisions, and what their widgets report at run time."""

from twilio_environments.explain.entry import Entry

ENTRIES = (
    Entry(
        81016,
        "Widget's request failed",
        "An HTTP request that a widget made failed, when the flow ran",
        "Check the widget's URL and its answer.",
        not_this="It says nothing about Twilio credentials or policies.",
        when=("studio run",),
    ),
    Entry(
        81017,
        "Widget's function failed",
        "A function that a widget called answered with an error, when the flow ran",
        "Check the function's log.",
        when=("studio run",),
    ),
    Entry(
        81018,
        "Template failed",
        "A Liquid template in a widget could not be rendered, when the flow ran",
        "Check the widget's {{ }} expressions.",
        when=("studio run",),
    ),
    Entry(
        81021,
        "Revision not valid",
        "There is no such revision of the flow",
        "Use a number, LatestPublished or LatestRevision.",
    ),
    Entry(
        81022,
        "Definition not valid",
        "Studio does not accept the flow's definition",
        "Correct it where Studio says: duplicate names, transitions to missing widgets, missing properties.",
    ),
    Entry(
        81025,
        "Nearly too many widgets",
        "A flow and its subflows had more than 2,000 widgets when it ran",
        "Split the flow; Twilio stops such flows (81026).",
        when=("studio run",),
    ),
    Entry(
        81026,
        "Too many widgets",
        "A flow was stopped because it and its subflows have more than 2,000 widgets",
        "Split the flow.",
        when=("studio run",),
    ),
    Entry(
        81010,
        "Function not run",
        "Studio could not run a function, when the flow ran",
        "Check the function's log.",
        when=("studio run",),
    ),
    Entry(
        81011,
        "Message not sent",
        "A widget could not send its message, when the flow ran",
        "Check its recipient, its text and its sender.",
        when=("studio run",),
    ),
    Entry(
        81014,
        "Widget's request not made",
        "A widget's HTTP request was not made, when the flow ran: its URL was not one once filled in, or a "
        "parameter has a reserved name such as method",
        "Check the execution's log for the URL.",
        when=("studio run",),
    ),
    Entry(
        81020,
        "Trigger not supported",
        "A widget was run by a trigger it does not support, when the flow ran",
        "Connect it to a trigger that it supports.",
        when=("studio run",),
    ),
    Entry(
        81024,
        "Subflow not run",
        "A subflow does not exist, or calls a subflow itself",
        "Publish the subflow, and call no subflow from it.",
        when=("studio run",),
    ),
)
