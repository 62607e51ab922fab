"""OpenAPI files as providers publish them: reading, and comparing with ours."""
