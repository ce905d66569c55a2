from arus_runtime.migrate import run_migrations

run_migrations()
