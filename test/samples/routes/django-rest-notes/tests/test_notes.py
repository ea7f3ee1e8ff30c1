from rest_framework.routers import DefaultRouter
from rest_framework.test import APIClient

from notes.views import NoteViewSet

router = DefaultRouter()


def test_notes():
    APIClient().post("/api/notes/", {"text": "hello"})
    assert NoteViewSet.archive
