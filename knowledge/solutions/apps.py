from django.apps import AppConfig


class SolutionsConfig(AppConfig):
    name = "knowledge.solutions"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from knowledge.search import indexers, kinds
        from knowledge.solutions.audited import register_audited
        from knowledge.solutions.found import INDEXER, KIND, let_find
        from knowledge.solutions.navigation import register_entries, register_panels
        from knowledge.solutions.registry import published
        from knowledge.solutions.topics import register_kinds

        register_audited()
        register_kinds()
        register_entries()
        register_panels()
        kinds.register(KIND)
        indexers.register(INDEXER)
        published.register(let_find)
