"""What is known of a medium without decoding it."""

from typing import Literal, NamedTuple

Kind = Literal["image", "video", "audio"]


class Facts(NamedTuple):
    """What a file says of itself; `None` stands for what it does not say where we look.

    `size` counts bytes, `width` and `height` are pixels as shown, `fps` is frames per second.
    """

    kind: Kind
    format: str
    size: int
    width: int | None = None
    height: int | None = None
    seconds: float | None = None
    fps: float | None = None

    @property
    def ratio(self) -> float | None:
        """Width over height."""
        return self.width / self.height if self.width and self.height else None

    @property
    def pixels(self) -> int | None:
        """Width times height."""
        return self.width * self.height if self.width and self.height else None


def finite(seconds: float) -> float | None:
    """Give a length of time if it is one: above zero, and neither infinite nor undefined."""
    return seconds if 0 < seconds < float("inf") else None
