from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReleasesConfig(AppConfig):
    name = "knowledge.releases"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from knowledge.releases.audited import register_audited
        from knowledge.releases.fixes import fixed_in
        from knowledge.releases.found import INDEXER, KIND
        from knowledge.releases.registry import published
        from knowledge.search import indexers, kinds
        from knowledge.solutions.registry import fixes
        from portal.core.ui.navigation import Entry, Place, register

        register_audited()
        kinds.register(KIND)
        indexers.register(INDEXER)
        published.register(INDEXER.let_find)
        fixes.register(fixed_in)
        register(
            *(
                Entry(
                    place=place,
                    key="releases",
                    label=label,
                    url_name="releases:list",
                    icon="package-open",
                    position=40,
                )
                for place, label in ((Place.STAFF, _("Releases")), (Place.CUSTOMER, _("Downloads")))
            )
        )
