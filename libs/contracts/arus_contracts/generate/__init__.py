"""Derive code, access lists, documents and alerts from protos/; a tool of the repository, not of services."""
