#!/usr/bin/python3
"""An OAuth 1.0a provider (oauthlib) on loopback, and a second port from which tests steer it.

Prints READY <address> <control address>. /oauth/request_token, /oauth/authorize and /oauth/access_token (which also knows xAuth);
/api/<realm> is a resource that needs that realm, /signed/me one that needs a consumer's signature and no token.
"""
import base64
import hashlib
import json
import secrets
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from oauthlib.common import generate_token
from oauthlib.oauth1 import AccessTokenEndpoint, AuthorizationEndpoint, RequestTokenEndpoint, ResourceEndpoint, SignatureOnlyEndpoint

from control import Control, read_body
from validator import State, Validator

FORM = "application/x-www-form-urlencoded"

state = State()
validator = Validator(state)
request_tokens = RequestTokenEndpoint(validator)
authorizations = AuthorizationEndpoint(validator)
access_tokens = AccessTokenEndpoint(validator)
resources = ResourceEndpoint(validator)
signed_only = SignatureOnlyEndpoint(validator)
control = Control(state)


class Provider(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        """The output is for READY alone."""

    def answer(self, status, body="", headers=None):
        content = (body or "").encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def answer_json(self, status, body):
        self.answer(status, json.dumps(body), {"Content-Type": "application/json"})

    def handle_any(self):
        self.body = read_body(self)
        self.address = f"http://127.0.0.1:{provider.server_port}{self.path}"
        self.route = urlsplit(self.path).path
        control.count(self.route)
        fault = control.fault_for(self.route)
        if fault and fault.get("drop"):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fault and fault.get("hold"):
            control.healed.wait()
            self.close_connection = True
        elif fault:
            headers = {"Content-Type": fault.get("type") or "text/plain"}
            if fault.get("retryAfter"):
                headers["Retry-After"] = fault["retryAfter"]
            self.answer(fault["status"], fault.get("body"), headers)
        elif self.route == "/oauth/request_token":
            self.answer_token(*request_tokens.create_request_token_response(self.address, self.command, self.body, dict(self.headers)))
        elif self.route == "/oauth/authorize":
            self.authorize()
        elif self.route == "/oauth/access_token":
            self.access_token()
        elif self.route.startswith("/api/"):
            self.resource(self.route.split("/")[2])
        elif self.route == "/signed/me":
            self.signed()
        else:
            self.answer(404)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = handle_any

    def answer_token(self, headers, body, status):
        if status == 200 and state.reply == "json":
            headers, body = {"Content-Type": "application/json"}, json.dumps(dict(parse_qsl(body)))
        elif status == 200 and state.reply == "html":
            headers, body = {"Content-Type": "text/html; charset=utf-8"}, body + "\n"
        self.answer(status, body, headers)

    def authorize(self):
        token = parse_qs(urlsplit(self.path).query).get("oauth_token", [""])[0]
        if token not in state.request_tokens:
            self.answer(400, "There is no such request token.")
        elif self.command == "GET":
            self.answer(200, CONSENT_PAGE, {"Content-Type": "text/html"})
        else:
            form = parse_qs(self.body)
            asked = state.request_tokens[token]
            if "deny" in form:
                self.answer(302, headers={"Location": f"{asked['callback']}?{urlencode({'denied': token})}"})
                return
            asked["user"] = form["login"][0]
            headers, body, status = authorizations.create_authorization_response(self.address, "POST", "", {}, realms=asked["realms"], credentials={})
            # Some providers tell more than the protocol asks for.
            headers["Location"] += "&region=eu"
            self.answer(status, body, headers)

    def access_token(self):
        form = dict(parse_qsl(self.body))
        if "x_auth_mode" in form:
            self.exchange_password(form)
            return
        valid_user = state.request_tokens.get(self.oauth_parameter("oauth_token"), {}).get("user", "")
        self.answer_token(*access_tokens.create_access_token_response(
            self.address, self.command, self.body, dict(self.headers), credentials={"user_id": f"id-of-{valid_user}"}))

    def exchange_password(self, form):
        valid, request = signed_only.validate_request(self.address, self.command, self.body, dict(self.headers))
        if not valid:
            self.refuse(request)
        elif state.passwords.get(form.get("x_auth_username")) != form.get("x_auth_password"):
            self.answer(401)
        else:
            token, secret = generate_token(), generate_token()
            validator.add_access_token(token, secret, request.client_key, form["x_auth_username"], ["read"])
            self.answer_token({"Content-Type": FORM}, urlencode({"oauth_token": token, "oauth_token_secret": secret, "oauth_expires_in": 0}), 200)

    def resource(self, realm):
        valid, request = resources.validate_protected_resource_request(self.address, self.command, self.body, dict(self.headers), realms=[])
        if not valid:
            self.refuse(request)
            return
        if not self.body_hash_is_right(request):
            self.refuse_with("signature_invalid")
            return
        account = state.access_tokens[request.resource_owner_key]
        if realm not in account["realms"]:
            self.answer_json(403, {"oauth_problem": "permission_denied", "needed": realm, "granted": account["realms"]})
            return
        self.answer_json(200, {
            "user": account["user"],
            "signatureMethod": request.signature_method,
            "in": "header" if "oauth_signature" in (self.headers.get("Authorization") or "") else "query" if "oauth_signature" in self.path else "body",
            "query": {name: values for name, values in parse_qs(urlsplit(self.path).query).items() if not name.startswith("oauth_")},
            "hash": request.oauth_params and dict(request.oauth_params).get("oauth_body_hash"),
        })

    def signed(self):
        valid, request = signed_only.validate_request(self.address, self.command, self.body, dict(self.headers))
        if valid:
            self.answer_json(200, {"client": request.client_key})
        else:
            self.refuse(request)

    def refuse(self, request):
        log = request.validator_log if request else {}
        if log.get("client") is False:
            problem = "consumer_key_unknown"
        elif noted := getattr(request, "problem", None):
            problem = noted
        else:
            problem = "signature_invalid" if log else "parameter_rejected"
        self.refuse_with(problem)

    def refuse_with(self, problem):
        if not state.reports_problems:
            self.answer(401)
            return
        self.answer(401, f"oauth_problem={problem}", {
            "WWW-Authenticate": f'OAuth realm="http://127.0.0.1:{provider.server_port}/", oauth_problem="{problem}"',
            "Content-Type": FORM,
        })

    def body_hash_is_right(self, request):
        """OAuth Request Body Hash: base64 of the hash of a body that is no form."""
        sent = dict(request.oauth_params or []).get("oauth_body_hash")
        if sent is None:
            return True
        algorithm = {"256": "sha256", "512": "sha512"}.get(request.signature_method[-3:], "sha1")
        return secrets.compare_digest(sent, base64.b64encode(hashlib.new(algorithm, self.body.encode()).digest()).decode())

    def oauth_parameter(self, name):
        """A parameter of the protocol, wherever it is."""
        header = self.headers.get("Authorization") or ""
        for part in header.removeprefix("OAuth ").split(","):
            if part.strip().startswith(f'{name}="'):
                return part.split('"')[1]
        return dict(parse_qsl(f"{urlsplit(self.path).query}&{self.body}")).get(name)


CONSENT_PAGE = """<!doctype html><title>Consent</title>
<form method="post"><input name="login" value="alice">
<button type="submit" name="allow" value="1">Allow</button> <button type="submit" name="deny" value="1">Deny</button></form>"""

provider = ThreadingHTTPServer(("127.0.0.1", 0), Provider)
steering = control.serve()
threading.Thread(target=steering.serve_forever, daemon=True).start()
print(f"READY http://127.0.0.1:{provider.server_port} http://127.0.0.1:{steering.server_port}", flush=True)
provider.serve_forever()
