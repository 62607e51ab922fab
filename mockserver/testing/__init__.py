"""The mock in the hands of a test: in this process, without pytest, too."""

from mockserver.intercept.target import NotMocked
from mockserver.testing.errors import ScreentestError
from mockserver.testing.mock import Mock
from mockserver.testing.options import Options
from mockserver.testing.stage import screentest
from mockserver.testing.wording import ABSENT

__all__ = ["ABSENT", "Mock", "NotMocked", "Options", "ScreentestError", "screentest"]
