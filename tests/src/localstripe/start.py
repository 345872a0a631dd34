"""Serves localstripe on a free port of this machine alone, and says which."""

import json
import socket

from aiohttp import web
from localstripe.resources import PaymentIntent, store
from localstripe.server import app

# It writes all its data to one fixed file after each change, which several at a time would share.
store.dump_to_disk = lambda: None

list_all = PaymentIntent._api_list_all


def list_of_customer(url, customer=None, created=None, **page):
    listed = list_all(url, **page)
    since = int(created["gte"]) if created else 0
    listed._list = [
        intent
        for intent in listed._list
        if customer in (None, intent.customer) and intent.created >= since
    ]
    return listed


# Its list of PaymentIntents has no filters.
PaymentIntent._api_list_all = list_of_customer

listener = socket.create_server(("127.0.0.1", 0))
port = listener.getsockname()[1]
print(json.dumps({"listening": f"http://127.0.0.1:{port}"}), flush=True)
web.run_app(app, sock=listener, print=None)
