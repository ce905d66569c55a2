"""Derive code, documents and alerts from protos/; a tool of the repository, not of services."""
