"""A scikit-learn classifier behind TensorFlow Serving's and KServe's protocols; prints its port. Its answers tell its own times."""

import json
import re
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import numpy as np
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

features, species = load_iris(return_X_y=True)
model = LogisticRegression(max_iter=1000).fit(features, species)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        came = time.perf_counter()
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        if re.fullmatch(r"/v1/models/iris:predict", self.path):
            rows = np.array(body["instances"], dtype=np.float64)
        elif re.fullmatch(r"/v2/models/iris/infer", self.path):
            tensor = body["inputs"][0]
            rows = np.array(tensor["data"], dtype=np.float64).reshape(tensor["shape"])
        else:
            self.answer(404, {"error": self.path}, 0, 0)
            return
        began = time.perf_counter()
        labels = [int(label) for label in model.predict(rows)]
        ended = time.perf_counter()
        if self.path.startswith("/v1"):
            answer = {"predictions": labels}
        else:
            output = {"name": "label", "datatype": "INT64", "shape": [len(labels)], "data": labels}
            answer = {"model_name": "iris", "model_version": "1", "outputs": [output]}
        self.answer(200, answer, began - came, ended - began)

    def answer(self, status, value, queue, compute):
        text = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(text)))
        self.send_header("server-timing", f"queue;dur={queue * 1000:.3f}, inference;dur={compute * 1000:.3f}")
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_address[1], flush=True)
server.serve_forever()
