"""Backups of everything Arus must remember, and how they are brought back (ADR-0008).

A backup is a folder: `database/` (pg_dump's directory format), `log/` (one file a topic), `home/` (secrets)
and, written last, `arus-backup.json`, which says what is in it and what its rows and records add up to.
"""
