import requests


def warm(path):
    # ls.LitServer(api, api_path="/commented")
    requests.post("http://127.0.0.1:8000" + path, json={"input": 4.0})
