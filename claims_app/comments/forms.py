"""Forms for comments, queries and answers."""

from claims_app.comments.model import CommentKind
from claims_app.web.forms import DeskForm, choice, paragraph


class CommentForm(DeskForm):
    kind = choice("Kind", "comment", CommentKind, default=CommentKind.NOTE)
    text = paragraph("Text")


class AnswerForm(DeskForm):
    answer = paragraph("What the author answered")
