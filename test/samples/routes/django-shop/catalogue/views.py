from django.core.cache import cache
from django.http import HttpResponse
from django.views import View


def home(request):
    cache.get("/home")
    return HttpResponse(request.GET.get("/path"))


faq = contact = archive = robots = home


class ProductView(View):
    def get(self, request, slug):
        return HttpResponse(slug)
