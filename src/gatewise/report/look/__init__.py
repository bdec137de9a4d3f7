"""A look inside a model: one offline page, static pictures and arrays of what its gates do."""

from gatewise.report.look.page import render_look, write_look
from gatewise.report.look.pictures import write_pictures
from gatewise.report.look.view import Look, see

__all__ = ["Look", "render_look", "see", "write_look", "write_pictures"]
