import urllib3
from werkzeug.test import Client

from wsgi import server

http = urllib3.PoolManager()
http.request("GET", "/ready")
Client(server).get("/ready")
server.test_client().post("/predict", json={})
