"""Pages and actions of this room."""

from flask import Blueprint

sources = Blueprint("sources", __name__)
