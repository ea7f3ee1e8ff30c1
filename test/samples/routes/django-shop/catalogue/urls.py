from django.urls import path

from . import views

app_name = "catalogue"
urlpatterns = [
    path("", views.home),
    path("<slug:slug>/", views.ProductView.as_view(), name="product"),
]
