"""Playable videos and pictures for finished tasks, made with the standard library alone."""

from mockserver.media.film import last_frame, render

__all__ = ["last_frame", "render"]
