"""Another storage by a setting: a class and its options."""

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.storage import FileSystemStorage, default_storage

from knowledge.releases.storage import storage
from portal.config import environment


def test_without_the_setting_files_lie_beside_the_attachments():
    assert storage() is default_storage


def test_with_it_they_lie_where_it_says(settings, tmp_path):
    backend = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}}
    settings.STORAGES = {**settings.STORAGES, "releases": backend}
    assert isinstance(storage(), FileSystemStorage)
    assert storage().location == str(tmp_path)


def test_the_options_are_read_as_json(monkeypatch):
    assert environment.mapping("OPTIONS_OF_A_TEST") == {}
    monkeypatch.setenv("OPTIONS_OF_A_TEST", "")  # as a composition passes on what nobody has set
    assert environment.mapping("OPTIONS_OF_A_TEST") == {}
    monkeypatch.setenv("OPTIONS_OF_A_TEST", '{"bucket_name": "acme"}')
    assert environment.mapping("OPTIONS_OF_A_TEST") == {"bucket_name": "acme"}


@pytest.mark.parametrize("value", ["acme", "[1]", "{"])
def test_what_is_no_json_object_fails_loudly(monkeypatch, value):
    monkeypatch.setenv("OPTIONS_OF_A_TEST", value)
    with pytest.raises(ImproperlyConfigured, match="OPTIONS_OF_A_TEST"):
        environment.mapping("OPTIONS_OF_A_TEST")
