from django.apps import AppConfig


class CriticalConfig(AppConfig):
    name = "knowledge.critical"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from knowledge.critical.actions import note_fetched, note_opened
        from knowledge.critical.audited import register_audited
        from knowledge.critical.navigation import register_entries, register_panels
        from knowledge.critical.telling import PUBLISHED
        from knowledge.critical.topics import register_kinds
        from knowledge.releases.registry import downloaded
        from knowledge.solutions.registry import opened
        from notifications.webhooks import events as webhooks

        register_audited()
        register_kinds()
        webhooks.register(PUBLISHED)
        opened.register(note_opened)
        downloaded.register(note_fetched)
        register_entries()
        register_panels()
