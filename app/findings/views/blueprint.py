"""The blueprint of findings and of what units say for themselves."""

from flask import Blueprint

bp = Blueprint("findings", __name__)
