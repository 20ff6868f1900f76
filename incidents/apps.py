from django.apps import AppConfig


class IncidentsConfig(AppConfig):
    name = "incidents"

    def ready(self) -> None:
        # Inside, because models can be imported only now.
        from entitlements import registry as entitlements
        from incidents.alerts.kinds import register_alert_kinds
        from incidents.alerts.standstill import watch_alerts
        from incidents.alerts.telling import ALERT
        from incidents.audited import register_audited
        from incidents.clocks.ladder import furnish_ladder
        from incidents.endings import register_ending_kinds
        from incidents.grants import register_grant_kinds, tell_granted, tell_revoked
        from incidents.hooks import CHANGED
        from incidents.kinds import register_kinds
        from incidents.navigation import register_entries, register_panels, register_tabs
        from incidents.ranks import follow_ranks
        from notifications.webhooks import events as webhooks
        from plans.registry import rank_followers
        from portal.identity.registry import furnishings

        furnishings.register(furnish_ladder)
        register_kinds()
        register_alert_kinds()
        register_ending_kinds()
        register_grant_kinds()
        entitlements.granted.register(tell_granted)
        entitlements.revoked.register(tell_revoked)
        webhooks.register(ALERT, CHANGED)
        watch_alerts()
        register_audited()
        rank_followers.register(follow_ranks)
        register_entries()
        register_panels()
        register_tabs()
