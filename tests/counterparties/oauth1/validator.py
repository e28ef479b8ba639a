"""What the provider knows, and the checks that oauthlib asks for."""
import string
import time

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from oauthlib.oauth1 import RequestValidator

REALMS = ["read", "write", "admin"]
CLOCK_TOLERANCE_SECONDS = 300


def _unknown_public_key():
    """Stands in for the key of a client that does not exist, so that checking it takes as long."""
    key = rsa.generate_private_key(65537, 2048).public_key()
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


class State:
    """Clients, tokens and nonces, all in memory."""

    def __init__(self):
        self.clients = {}          # consumer key -> {"secret", "rsa"}
        self.passwords = {}        # user -> password, for xAuth
        self.request_tokens = {}
        self.access_tokens = {}
        self.nonces = set()
        self.refuse_nonces = False
        self.reports_problems = True
        self.reply = "form"        # or "html" (a form that claims to be HTML), "json"
        self.unknown_public_key = _unknown_public_key()


class Validator(RequestValidator):
    """Answers oauthlib from the state. Whatever it refuses it notes on the request as `problem`."""

    enforce_ssl = False
    realms = REALMS
    dummy_client, dummy_request_token, dummy_access_token = "dummy-client", "dummy-request", "dummy-access"
    # The clock is checked below, where the reason can be told.
    timestamp_lifetime = 10 ** 12
    request_token_length = access_token_length = verifier_length = (8, 64)
    safe_characters = set(string.ascii_letters + string.digits + "-_.~+/=")

    def __init__(self, state):
        super().__init__()
        self.state = state

    # What keys and nonces look like. oauthlib by itself wants 20 to 30 letters and digits.
    def check_client_key(self, client_key):
        return 3 <= len(client_key) <= 64 and set(client_key) <= self.safe_characters

    def check_nonce(self, nonce):
        return 6 <= len(nonce) <= 64 and set(nonce) <= self.safe_characters

    # The consumer.
    def validate_client_key(self, client_key, request):
        return client_key in self.state.clients

    def get_client_secret(self, client_key, request):
        return self.state.clients.get(client_key, {}).get("secret") or "no such client"

    def get_rsa_key(self, client_key, request):
        return self.state.clients.get(client_key, {}).get("rsa") or self.state.unknown_public_key

    def validate_timestamp_and_nonce(self, client_key, timestamp, nonce, request, request_token=None, access_token=None):
        if abs(time.time() - int(timestamp)) > CLOCK_TOLERANCE_SECONDS:
            request.problem = "timestamp_refused"
            return False
        used = (client_key, timestamp, nonce, request_token, access_token)
        if used in self.state.nonces or self.state.refuse_nonces:
            request.problem = "nonce_used"
            return False
        self.state.nonces.add(used)
        return True

    # Realms.
    def get_default_realms(self, client_key, request):
        return ["read"]

    def validate_requested_realms(self, client_key, realms, request):
        return set(realms) <= set(REALMS)

    def get_realms(self, token, request):
        return self.state.request_tokens[token]["realms"]

    def verify_realms(self, token, realms, request):
        return set(realms) <= set(self.state.request_tokens[token]["realms"])

    def validate_realms(self, client_key, token, request, uri=None, realms=None):
        return set(realms or []) <= set(self.state.access_tokens.get(token, {}).get("realms", []))

    # Request tokens.
    def validate_redirect_uri(self, client_key, redirect_uri, request):
        return redirect_uri == "oob" or redirect_uri.startswith("http://127.0.0.1")

    def save_request_token(self, token, request):
        self.state.request_tokens[token["oauth_token"]] = {
            "secret": token["oauth_token_secret"],
            "client": request.client_key,
            "realms": list(request.realms or []),
            "callback": request.redirect_uri,
        }

    def verify_request_token(self, token, request):
        return token in self.state.request_tokens

    def save_verifier(self, token, verifier, request):
        self.state.request_tokens[token]["verifier"] = verifier["oauth_verifier"]

    def get_redirect_uri(self, token, request):
        return self.state.request_tokens[token]["callback"]

    def validate_request_token(self, client_key, token, request):
        return self.state.request_tokens.get(token, {}).get("client") == client_key

    def validate_verifier(self, client_key, token, verifier, request):
        return self.state.request_tokens.get(token, {}).get("verifier") == verifier

    def get_request_token_secret(self, client_key, token, request):
        return self.state.request_tokens.get(token, {}).get("secret", "no such token")

    def invalidate_request_token(self, client_key, request_token, request):
        self.state.request_tokens.pop(request_token, None)

    # Access tokens.
    def save_access_token(self, token, request):
        asked = self.state.request_tokens[request.resource_owner_key]
        self.add_access_token(token["oauth_token"], token["oauth_token_secret"], request.client_key, asked["user"], asked["realms"])

    def add_access_token(self, token, secret, client_key, user, realms):
        self.state.access_tokens[token] = {"secret": secret, "client": client_key, "user": user, "realms": realms, "expired": False}

    def validate_access_token(self, client_key, token, request):
        known = self.state.access_tokens.get(token)
        if known is None or known["client"] != client_key:
            request.problem = "token_rejected"
            return False
        if known["expired"]:
            request.problem = "token_expired"
            return False
        return True

    def get_access_token_secret(self, client_key, token, request):
        return self.state.access_tokens.get(token, {}).get("secret", "no such token")
