"""Pages and actions of this room."""

from flask import Blueprint

claims = Blueprint("claims", __name__)
