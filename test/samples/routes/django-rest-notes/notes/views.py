from rest_framework import mixins, viewsets
from rest_framework.decorators import action, api_view
from rest_framework.response import Response
from rest_framework.views import APIView

from .models import Note


class NoteViewSet(viewsets.ModelViewSet):
    queryset = Note.objects.all()

    @action(detail=True, methods=["post"])
    def archive(self, request, pk=None):
        return Response({})

    @action(detail=False, url_path="most-recent")
    def recent(self, request):
        return Response(self.queryset.get("/not-a-route"))

    def helper(self):
        return None


class Described(viewsets.GenericViewSet):
    lookup_field = "slug"

    @action(detail=True, methods=["get", "delete"], url_path=r"tags/(?P<tag>[a-z]+)")
    def tags(self, request, slug, tag):
        return Response([])


class TopicViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, Described):
    pass


class SearchViewSet(viewsets.ViewSet):
    def create(self, request):
        return Response([])


class Health(APIView):
    def get(self, request):
        return Response({"ok": True})


@api_view(["GET", "POST"])
def echo(request):
    return Response(request.data)


@api_view()
def version(request):
    return Response("1")


class ReadersNotes(NoteViewSet):
    http_method_names = ["get", "post", "head"]
    lookup_url_kwarg = "note"
