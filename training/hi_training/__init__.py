"""Train small networks with early exits and export them as `.himodel` bundles."""

__version__ = "0.1.0"


class TrainingError(Exception):
    """An error the user can mend; its text is one sentence that says how."""
