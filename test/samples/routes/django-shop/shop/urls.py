from django.conf import settings
from django.conf.urls.static import static
from django.contrib import admin
from django.urls import include, path, re_path

from catalogue import views
from pathlib import Path

help_patterns = [
    path("faq/", views.faq),
    path("contact/", views.contact, name="contact"),
]

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", views.home, name="home"),
    path("catalogue/", include("catalogue.urls")),
    path("api/", include(("api.urls", "api"), namespace="v1")),
    path("help/", include(help_patterns)),
    path("accounts/", include("django.contrib.auth.urls")),
    re_path(r"^archive/(?P<year>[0-9]{4})/$", views.archive),
    re_path(r"^legacy\.html$", views.home),
]

urlpatterns += static(settings.MEDIA_URL, document_root=settings.MEDIA_ROOT)
urlpatterns += [path("robots.txt", views.robots)]
BASE = Path("a/path")
