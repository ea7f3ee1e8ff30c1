from django.urls import include, path
from rest_framework.routers import DefaultRouter, SimpleRouter

from . import views
from .elsewhere import GeneratedViewSet

router = DefaultRouter()
router.register(r"notes", views.NoteViewSet)
router.register("topics", views.TopicViewSet, basename="topic")
router.register("generated", GeneratedViewSet)
router.register(views.PREFIX, views.NoteViewSet)

plain = SimpleRouter(trailing_slash=False)
plain.register("search", views.SearchViewSet, basename="search")

urlpatterns = [
    path("", include(router.urls)),
    path("echo/", views.echo),
    path("version/", views.version),
    path("health/", views.Health.as_view()),
]
urlpatterns += plain.urls

readers = SimpleRouter()
readers.register("", views.ReadersNotes)
urlpatterns += [path("readers/", include(readers.urls))]
