"""Pages and actions of this room."""

from flask import Blueprint

reports = Blueprint("reports", __name__)
