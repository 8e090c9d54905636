"""The form of a receiver."""

from typing import Any

from wtforms import BooleanField
from wtforms.validators import InputRequired

from claims_app.language import lazy
from claims_app.web.forms import EditForm, line
from claims_app.webhooks.model import Topic, Webhook


class WebhookForm(EditForm):
    name = line("Name", InputRequired(lazy("Fill this in.")))
    address = line(
        "Address",
        InputRequired(lazy("Fill this in.")),
        help="Where messages are sent, on the public internet.",
        render_kw={"type": "url", "dir": "ltr"},
    )
    verdict = BooleanField(lazy("Verdicts: a claim is decided or reopened"))
    stale = BooleanField(lazy("Changed words: a verdict goes stale, or is confirmed for the new words"))
    sign_off = BooleanField(lazy("Sign-offs: an article is signed, or a signature is withdrawn"))

    @property
    def topics(self) -> list[Topic]:
        return [topic for topic in Topic if self[topic.value].data]

    @classmethod
    def of(cls, record: Webhook) -> dict[str, Any]:
        told = {topic.value: topic.value in record.topics for topic in Topic}
        return {"name": record.name, "address": record.address, "revision": record.revision, **told}
