from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SearchConfig(AppConfig):
    name = "knowledge.search"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from knowledge.search.audited import register_audited
        from portal.core.ui.navigation import Entry, Place, register

        register_audited()
        register(
            Entry(
                place=Place.SEARCH,
                key="search",
                label=_("Search"),
                url_name="search:search",
                icon="search",
                position=10,
            )
        )
