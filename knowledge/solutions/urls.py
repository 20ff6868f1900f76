from django.conf import settings
from django.urls import path, register_converter
from django.urls.converters import StringConverter

from knowledge.solutions.views import keeping, lists, reading, steps, writing


class SolutionConverter(StringConverter):
    """``S-42``: never an incident, as an account's key has two characters at least."""

    regex = "S-[0-9]{1,9}"


class SpokenConverter(StringConverter):
    """A language of the portal."""

    regex = "|".join(code for code, _name in settings.LANGUAGES)


register_converter(SolutionConverter, "solution")
register_converter(SpokenConverter, "spoken")

app_name = "solutions"

urlpatterns = [
    path("", lists.solutions, name="list"),
    path("new/", writing.new, name="new"),
    path("<solution:reference>/", reading.solution, name="solution"),
    path("<solution:reference>/verdict/", reading.verdict, name="verdict"),
    path("<solution:reference>/history/", reading.history, name="history"),
    path("<solution:reference>/about/", keeping.about, name="about"),
    path("<solution:reference>/look-again/", keeping.look_again, name="look_again"),
    path("<solution:reference>/retire/", keeping.retire, name="retire"),
    path("<solution:reference>/restore/", keeping.restore, name="restore"),
    path("<solution:reference>/flag/", keeping.flag, name="flag"),
    path("<solution:reference>/flags/<int:pk>/", keeping.resolve_flag, name="resolve_flag"),
    path("<solution:reference>/<spoken:language>/write/", writing.write, name="write"),
    path("<solution:reference>/<spoken:language>/compare/", steps.compare, name="compare"),
    path("<solution:reference>/<spoken:language>/<int:number>/", steps.text, name="text"),
    path("<solution:reference>/<spoken:language>/<slug:name>/", steps.step, name="step"),
]
