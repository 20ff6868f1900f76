"""The ladder of alerts at work: what is due, who is told, and what the customer is promised then.

The rules, with worked numbers, are in docs/rules/alerts.md.
"""
