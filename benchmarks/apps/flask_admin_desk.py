"""Flask-Admin over the desk's tables, set up as one would for work: ``python flask_admin_desk.py DATABASE PORT``.

50 a page, search, filters, joined loading, the article by autocomplete, evidence and history inline, CSRF protection.
It has no sign-in of its own.
"""
# mypy: ignore-errors

import sys
from datetime import datetime

from flask import Flask
from flask_admin import Admin
from flask_admin.contrib.sqla import ModelView
from flask_admin.contrib.sqla.filters import FilterEqual
from flask_admin.form import SecureForm
from flask_admin.model.form import InlineFormAdmin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import event
from waitress import serve

app = Flask(__name__)
app.config.update(
    SECRET_KEY="benchmark",  # noqa: S106 - it guards nothing
    SQLALCHEMY_DATABASE_URI=f"sqlite:///{sys.argv[1]}",
)
db = SQLAlchemy(app)


class Person(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    name = db.Column(db.Text, nullable=False)

    def __str__(self):
        return self.name


class Article(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title_he = db.Column(db.Text)
    title_en = db.Column(db.Text)

    def __str__(self):
        return self.title_he or self.title_en


class Source(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    title = db.Column(db.Text, nullable=False)
    address = db.Column(db.Text)

    def __str__(self):
        return self.title


class Claim(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    article_id = db.Column(db.ForeignKey("article.id"), nullable=False)
    number = db.Column(db.Integer, nullable=False)
    statement_he = db.Column(db.Text)
    statement_en = db.Column(db.Text)
    kind = db.Column(db.Text, nullable=False)
    priority = db.Column(db.Text, nullable=False)
    status = db.Column(db.Text, nullable=False)
    section = db.Column(db.Text)
    paragraph = db.Column(db.Integer)
    assignee_id = db.Column(db.ForeignKey("person.id"))
    updated_at = db.Column(db.DateTime, nullable=False)
    article = db.relationship(Article)
    assignee = db.relationship(Person)
    evidence = db.relationship("Evidence", back_populates="claim")
    history = db.relationship(
        "History", back_populates="claim", primaryjoin="Claim.id == foreign(History.claim_id)", order_by="History.id"
    )


class Evidence(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    claim_id = db.Column(db.ForeignKey("claim.id"), nullable=False)
    source_id = db.Column(db.ForeignKey("source.id"), nullable=False)
    stance = db.Column(db.Text, nullable=False)
    summary = db.Column(db.Text, nullable=False)
    locator = db.Column(db.Text)
    claim = db.relationship(Claim, back_populates="evidence")
    source = db.relationship(Source)


class History(db.Model):
    id = db.Column(db.Integer, primary_key=True)
    actor_name = db.Column(db.Text, nullable=False)
    action = db.Column(db.Text, nullable=False)
    why = db.Column(db.Text)
    claim_id = db.Column(db.Integer)
    claim = db.relationship(
        Claim, back_populates="history", primaryjoin="Claim.id == foreign(History.claim_id)", viewonly=True
    )


class EvidenceForm(InlineFormAdmin):
    form_columns = ("id", "stance", "summary", "locator", "source")
    form_ajax_refs = {"source": {"fields": (Source.title,)}}  # noqa: RUF012 - the library's way of saying it


class HistoryForm(InlineFormAdmin):
    form_columns = ("id", "actor_name", "action", "why")


class ClaimView(ModelView):
    form_base_class = SecureForm
    page_size = 50
    can_export = True
    export_max_rows = 0
    column_list = (
        "number",
        "statement_he",
        "statement_en",
        "article",
        "status",
        "kind",
        "priority",
        "assignee",
        "updated_at",
    )
    column_default_sort = ("updated_at", True)
    column_searchable_list = ("statement_he", "statement_en")
    column_filters = ("status", "kind", "priority", "assignee_id", FilterEqual(Claim.article_id, "Article number"))
    named_filter_urls = True
    column_auto_select_related = True
    form_columns = (
        "article", "number", "statement_he", "statement_en", "kind", "priority", "status", "section", "paragraph",
        "assignee",
    )  # fmt: skip
    form_ajax_refs = {"article": {"fields": (Article.title_he, Article.title_en)}}  # noqa: RUF012 - as above
    form_choices = {  # noqa: RUF012 - as above
        "kind": [(word, word) for word in (
            "figure", "date", "event", "quote", "attribution", "relation", "background", "prediction", "other",
        )],
        "priority": [(word, word) for word in ("low", "normal", "high")],
        "status": [(word, word) for word in (
            "unchecked", "checking", "awaiting", "verified", "partly", "disputed", "unverifiable", "opinion",
        )],
    }  # fmt: skip
    inline_models = (EvidenceForm(Evidence), HistoryForm(History))

    def on_model_change(self, form, model, is_created):
        model.updated_at = datetime.utcnow()  # noqa: DTZ003 - as the desk stores it


with app.app_context():

    @event.listens_for(db.engine, "connect")
    def prepare(connection, _record):
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "mmap_size=2147483648", "cache_size=-65536"):
            connection.execute(f"PRAGMA {pragma}")


admin = Admin(app, name="Claims")
admin.add_view(ClaimView(Claim, db))

if __name__ == "__main__":
    serve(app, host="127.0.0.1", port=int(sys.argv[2]), threads=4)
