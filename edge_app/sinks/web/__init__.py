"""The live page: what the camera sees and what is read, in any browser."""

from edge_app.sinks.web.server import Web

__all__ = ["Web"]
