from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from portal.core import heartbeats

register = template.Library()


@register.simple_tag
def standing_still() -> SafeString:
    """A banner for each work that stands still; nothing while all goes on."""
    notices = heartbeats.notices()
    return render_to_string("ui/standing_still.html", {"notices": notices}) if notices else SafeString()
