#!/usr/bin/python3
"""A mail server (aiosmtpd) on loopback that keeps what it is sent, and a second port from which tests steer it.

server.py [CERTIFICATE KEY [implicit]]: with a certificate it offers STARTTLS and takes no mail without it, or speaks TLS from the first byte on.
Prints READY <port> <control address>.
POST /account gives the only account that may send, POST /refuse has it answer a command with a reply of its own, POST /hold has it not answer,
POST /heal ends both; GET /mails is what it took, oldest first.
"""
import asyncio
import json
import socket
import ssl
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from aiosmtpd.smtp import SMTP, AuthResult


class Mailbox:
    """What it took, and how it answers now."""

    def __init__(self):
        self.mails = []
        self.account = None      # (user, password); None lets everybody send
        self.refusals = {}       # command -> [reply, how often]
        self.healed = threading.Event()
        self.healed.set()

    async def answer(self, command):
        while not self.healed.is_set():
            await asyncio.sleep(0.02)
        if command not in self.refusals:
            return None
        reply, times = self.refusals[command]
        # 0 goes on until it is healed.
        if times == 1:
            del self.refusals[command]
        elif times > 1:
            self.refusals[command] = [reply, times - 1]
        return reply

    # Hooks of aiosmtpd.
    async def handle_MAIL(self, server, session, envelope, address, options):
        if refusal := await self.answer("MAIL"):
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        if refusal := await self.answer("RCPT"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if refusal := await self.answer("DATA"):
            return refusal
        user = session.auth_data.login.decode() if session.authenticated else None
        self.mails.append({"from": envelope.mail_from, "to": envelope.rcpt_tos, "content": envelope.content.decode("ascii", "replace"), "secure": server.transport.get_extra_info("ssl_object") is not None, "user": user})
        return "250 OK"

    def check(self, server, session, envelope, mechanism, data):
        known = (data.login.decode(), data.password.decode()) == self.account
        return AuthResult(success=known, handled=False, auth_data=data)


mailbox = Mailbox()
tls = None
implicit = sys.argv[3:] == ["implicit"]
if len(sys.argv) > 2:
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(sys.argv[1], sys.argv[2])


def session():
    starts = tls is not None and not implicit
    return SMTP(mailbox, hostname="mail.test", tls_context=tls if starts else None, require_starttls=starts, auth_required=mailbox.account is not None,
                auth_require_tls=starts, authenticator=mailbox.check)


class Control(BaseHTTPRequestHandler):
    def log_message(self, *_):
        """The output is for READY alone."""

    def answer(self, body):
        content = json.dumps(body).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(content)

    def do_GET(self):
        self.answer(mailbox.mails)

    def do_POST(self):
        given = json.loads(self.rfile.read(int(self.headers.get("Content-Length") or 0)) or b"{}")
        if self.path == "/account":
            mailbox.account = (given["user"], given["password"])
        elif self.path == "/refuse":
            mailbox.refusals[given["command"]] = [given["reply"], given["times"]]
        elif self.path == "/hold":
            mailbox.healed.clear()
        elif self.path == "/heal":
            mailbox.refusals.clear()
            mailbox.healed.set()
        else:
            raise KeyError(self.path)
        self.answer({})


async def main():
    listener = socket.create_server(("127.0.0.1", 0))
    await asyncio.get_running_loop().create_server(session, sock=listener, ssl=tls if implicit else None)
    control = ThreadingHTTPServer(("127.0.0.1", 0), Control)
    control.daemon_threads = True
    threading.Thread(target=control.serve_forever, daemon=True).start()
    print(f"READY {listener.getsockname()[1]} http://127.0.0.1:{control.server_port}", flush=True)
    await asyncio.Event().wait()


asyncio.run(main())
