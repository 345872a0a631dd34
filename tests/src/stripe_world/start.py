"""Serves Stripe World on a free port of this machine alone, and says which."""

import json
import socket

import uvicorn
from seahaven import http
from seahaven_stripe_world import world
from seahaven_stripe_world.http_api.handler import handle

listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
print(json.dumps({"listening": f"http://127.0.0.1:{port}"}), flush=True)
app = http.app(world, handle, reset_options={"startup": {"livemode": False}})
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listener])
