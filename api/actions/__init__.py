"""What changes something, one file per noun; the same for routes and pages. Each commits first, then announces."""

from api.actions import marking, posts, regrades, submissions

__all__ = ["marking", "posts", "regrades", "submissions"]
