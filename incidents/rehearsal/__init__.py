"""How the promises of the last 90 days would have fared under a draft of the matrix."""
