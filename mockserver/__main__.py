"""`python -m mockserver` is the `screentest` command."""

from mockserver.cli import main

main()
