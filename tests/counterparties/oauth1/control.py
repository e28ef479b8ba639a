"""The orders that tests give the provider: POST /<order> with JSON, GET /counters."""
import json
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def read_body(request):
    """The body of a request, also one sent in chunks, which http.server leaves to its users."""
    if request.headers.get("Transfer-Encoding", "").lower() != "chunked":
        return request.rfile.read(int(request.headers.get("Content-Length") or 0)).decode()
    body = b""
    while size := int(request.rfile.readline().split(b";")[0], 16):
        body += request.rfile.read(size)
        request.rfile.readline()
    request.rfile.readline()
    return body.decode()


class Control:
    def __init__(self, state):
        self.state = state
        self.fault = None
        self.counters = Counter()
        self.healed = threading.Event()
        self.healed.set()

    def count(self, route):
        self.counters[route] += 1

    def fault_for(self, route):
        """How this request fails; None when it does not."""
        fault = self.fault
        return fault if fault and fault.get("path") in (None, route) else None

    def obey(self, order, given):
        state = self.state
        if order == "addClient":
            state.clients[given["key"]] = {"secret": given.get("secret"), "rsa": given.get("publicKey")}
        elif order == "dropClient":
            del state.clients[given["key"]]
        elif order == "addUser":
            state.passwords[given["user"]] = given["password"]
        elif order == "revoke":
            del state.access_tokens[given["token"]]
        elif order == "expire":
            state.access_tokens[given["token"]]["expired"] = True
        elif order == "knobs":
            for name, value in given.items():
                setattr(state, {"refuseNonces": "refuse_nonces", "reportsProblems": "reports_problems", "reply": "reply"}[name], value)
        elif order == "fail":
            self.fault = given
            self.healed.clear()
        elif order == "heal":
            self.fault = None
            self.healed.set()
        else:
            raise KeyError(order)

    def serve(self):
        control = self

        class Orders(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                """The output is for READY alone."""

            def do_GET(self):
                self.answer(200, dict(control.counters))

            def do_POST(self):
                given = json.loads(read_body(self) or "{}")
                try:
                    control.obey(self.path.strip("/"), given)
                    self.answer(200, {})
                except KeyError as unknown:
                    self.answer(400, {"unknown": str(unknown)})

            def answer(self, status, body):
                content = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        return ThreadingHTTPServer(("127.0.0.1", 0), Orders)
