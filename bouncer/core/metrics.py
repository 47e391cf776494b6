"""The numbers worth an alarm, in the text format that Prometheus reads (exposition format 0.0.4)."""

from datetime import datetime

from bouncer.model import Health


def exposition(health: Health, decisions: int, pending: int, at: datetime) -> str:
    """Give *health*, the *decisions* that wait for the owner and the changes *pending*, as of *at* (aware), as the lines of a metrics file.

    No label is used, so no name of a person, a folder or an account stands in it.
    """
    seen = min(health.last_watch.values(), default=None)
    numbers = (
        ("updated_timestamp_seconds", "When bouncer wrote this; five minutes old: it does not run.", at),
        ("started_timestamp_seconds", "When bouncer started; young again and again: it ends and is started anew.", health.started),
        ("mailbox_seen_timestamp_seconds", "The oldest last sign of life of a watched folder; an hour old: no answer is read.", seen),
        ("live", "1: it sends and writes; 0: it only shows what it would do.", health.live),
        (
            "sending_stopped",
            "1: no check-in goes out, because of a file, the disk, or too much at once.",
            health.sending_stopped is not None,
        ),
        ("troubles", "What is wrong now; `bouncer status` says it in words.", len(health.troubles)),
        ("decisions_wanted", "What waits in `bouncer review`.", decisions),
        ("changes_pending", "Changes that are decided and do not stand in the contact file yet.", pending),
        ("messages_set_aside", "Messages that could not be read.", health.quarantined),
        ("letters_unknown", "Letters of which nobody knows whether they arrived; they are not sent again.", health.unknown_sends),
    )
    return "".join(_gauge(f"bouncer_{name}", said, value) for name, said, value in numbers if value is not None)


def _gauge(name: str, said: str, value: datetime | float) -> str:
    number = value.timestamp() if isinstance(value, datetime) else value
    return f"# HELP {name} {said}\n# TYPE {name} gauge\n{name} {float(number):.15g}\n"
