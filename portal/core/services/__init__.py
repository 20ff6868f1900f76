"""The servers that the portal needs, from the wheels in requirements.txt, and the processes around them.

Nothing here knows Django: the settings can be read only once these servers have an address.
"""
