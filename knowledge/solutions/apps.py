from django.apps import AppConfig


class SolutionsConfig(AppConfig):
    name = "knowledge.solutions"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from knowledge.solutions.audited import register_audited
        from knowledge.solutions.navigation import register_entries, register_panels

        register_audited()
        register_entries()
        register_panels()
