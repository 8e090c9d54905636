"""Pages and actions of this room."""

from flask import Blueprint

verdicts = Blueprint("verdicts", __name__)
