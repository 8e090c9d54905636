"""Pages and actions of this room."""

from flask import Blueprint

evidence = Blueprint("evidence", __name__)
