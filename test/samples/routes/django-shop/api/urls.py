from django.urls import include, path, re_path

from api import orders
from catalogue import views

urlpatterns = [
    path("products/<int:pk>/", views.home),
    path("orders/", include(orders)),
    re_path(r"^files/(?P<name>.+)/raw/?$", views.home),
]
