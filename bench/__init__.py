"""How fast the mock is, beside a bare Starlette application in the same run."""
