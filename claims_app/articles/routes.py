"""Pages and actions of this room."""

from flask import Blueprint

articles = Blueprint("articles", __name__)
