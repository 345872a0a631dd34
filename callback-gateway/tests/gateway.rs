//! The gateway as other systems see it: its process, over real sockets, with a real Temporal
//! server.

#[cfg(test)]
mod gateway {
    // What the tests stand on.
    mod certificates;
    mod dev_server;
    mod process;
    mod stripe;
    mod wire;

    // The table in `docs/contract.md`, then what else must hold.
    mod configuration;
    mod document;
    mod durability;
    mod first_contact;
    mod hostile_peers;
    mod hostile_requests;
    mod lenience;
    mod metrics;
    mod networks;
    mod outages;
    mod rotation;
    mod secrecy;
    mod signals;
    mod strictness;
    mod table;
    mod tls;
    mod webhooks;
}
