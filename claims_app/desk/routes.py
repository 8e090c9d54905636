"""Pages and actions of this room."""

from flask import Blueprint

desk = Blueprint("desk", __name__)
