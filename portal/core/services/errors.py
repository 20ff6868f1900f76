class ServiceError(Exception):
    """Why the portal can't run here: one sentence for the person at the terminal, printed as it is."""
