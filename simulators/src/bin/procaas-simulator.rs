//! procaas as a process of its own. See the crate's README for what it can be told.

use std::{io::IsTerminal, net::SocketAddr, path::PathBuf};

use clap::Parser;
use simulators::procaas::{self, Options};

/// Simulates how procaas takes saved cards over HTTP, with trouble on request.
///
/// Prints {"listening":"http://…"} on stdout, then logs on stderr. Everything under /sim is for
/// tests and people; the README lists it.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,

    /// The file that holds the bearer token. It is read anew for every request.
    #[arg(long, value_name = "FILE")]
    token_file: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let Arguments { listen, token_file } = Arguments::parse();
    let colours = std::io::stderr().is_terminal();
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_ansi(colours)
        .init();
    let server = procaas::start(Options { listen, token_file }).await?;
    Ok(server.run_until_signal().await?)
}
