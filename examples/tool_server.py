#!/usr/bin/env python3
"""A tool server for Fact: the place to plug in your own perception.

    python3 examples/tool_server.py --port 8090                      # the example
    python3 examples/tool_server.py --port 8090 my_models:Detector   # class Detector of my_models.py

The protocol is in docs/tool-server.md. This file needs nothing but Python 3.9 and rarely needs a
change: write a class like `FlatColours` in flat_colours.py, with a `name`, a `version` and one method
a tool. A method gets the bytes of the image file, the region and the arguments of the tool by name,
and returns plain values; what it raises becomes an answer that the program sees as an error.
"""

import argparse
import collections
import hashlib
import importlib
import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

# What each tool answers. Leave out the methods of tools that your models cannot do.
ANSWERS = {
    "find": "detections", "exists": "bool", "verify_property": "bool", "simple_query": "text",
    "best_text_match": "text", "match_text": "number", "compute_depth": "number",
    "related": "detections", "related_targets": "detections", "llm_answer": "text",
}


class Images:
    """The images put so far, the most recently used ones, by SHA-256."""

    def __init__(self, most=512):
        self.kept, self.most, self.lock = collections.OrderedDict(), most, threading.Lock()

    def put(self, sha256, data):
        with self.lock:
            self.kept[sha256] = data
            while len(self.kept) > self.most:
                self.kept.popitem(last=False)

    def get(self, sha256):
        with self.lock:
            if sha256 in self.kept:
                self.kept.move_to_end(sha256)
            return self.kept.get(sha256)


def hashes(value):
    """The SHA-256 of every image that a question, or a region among its arguments, is about."""
    if isinstance(value, dict):
        own = {value["sha256"]} if "sha256" in value else set()
        return own.union(*map(hashes, value.values()))
    return set().union(*map(hashes, value)) if isinstance(value, list) else set()


def filled(value, images):
    """An argument, with each region in it as (bytes of its image, [left, top, right, bottom])."""
    if isinstance(value, list):
        return [filled(item, images) for item in value]
    if isinstance(value, dict):
        return images.get(value["image"]["sha256"]), value["region"]
    return value


def answer(model, images, question):
    """The answer to one question: {kind: value}, or {"error": why}."""
    try:
        tool = question["tool"]
        if tool not in ANSWERS or not hasattr(model, tool):
            raise ValueError(f"the tool '{tool}' is not offered")
        image = images.get(question["image"]["sha256"])
        args = {name: filled(value, images) for name, value in question["args"].items()}
        value = getattr(model, tool)(image, question["region"], **args)
        json.dumps(value, allow_nan=False)
        return {ANSWERS[tool]: value}
    except Exception as error:  # whatever a model does, the other questions get their answers
        return {"error": f"{model.name}: {error}"}


class Handler(BaseHTTPRequestHandler):
    protocol_version, timeout, wbufsize = "HTTP/1.1", 120, 1 << 16
    model, images, most = None, Images(), 64 << 20

    def do_GET(self):
        if self.path != "/v1/capabilities":
            return self.reply(404, {"error": "there is only /v1/capabilities to get"})
        self.reply(200, {
            "protocol": 1, "name": self.model.name, "version": self.model.version,
            "max_batch": 32, "concurrency": 2,
            "tools": [{"name": tool} for tool in ANSWERS if hasattr(self.model, tool)],
        })

    def do_PUT(self):
        sha256, data = self.path.rpartition("/")[2], self.body()
        if data is not None and hashlib.sha256(data).hexdigest() != sha256:
            self.reply(400, {"error": "the image does not have this SHA-256"})
        elif data is not None:
            self.images.put(sha256, data)
            self.reply(200, {})

    def do_POST(self):
        body = self.body()
        if body is None:
            return
        try:
            questions = json.loads(body)["questions"]
            named = hashes(questions)
            ids = [question["id"] for question in questions]
        except (ValueError, KeyError, TypeError) as error:
            return self.reply(400, {"error": f"not a batch of questions: {error!r}"})
        missing = sorted(sha256 for sha256 in named if self.images.get(sha256) is None)
        if missing:
            return self.reply(200, {"missing_images": missing})
        answers = [answer(self.model, self.images, question) for question in questions]
        self.reply(200, {"answers": [
            {"id": number, "answer": said} for number, said in zip(ids, answers)]})

    def body(self):
        size = self.headers.get("Content-Length", "")
        if not size.isdigit() or int(size) > self.most:
            self.close_connection = True
            return self.reply(413, {"error": f"a body has at most {self.most} bytes"})
        return self.rfile.read(int(size))

    def reply(self, status, value):
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="A tool server for Fact.")
    parser.add_argument("--port", type=int, default=8090, help="0 for any free one")
    parser.add_argument("model", nargs="?", default="flat_colours:FlatColours", help="MODULE:CLASS")
    args = parser.parse_args()
    module, _, name = args.model.partition(":")
    sys.path.append("")
    Handler.model = getattr(importlib.import_module(module), name)()
    server = ThreadingHTTPServer(("127.0.0.1", args.port), Handler)
    print(f"http://127.0.0.1:{server.server_address[1]}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
