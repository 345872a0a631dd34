//! Services with a bearer token (billing and procaas): how they start, and which requests they
//! accept.

use std::{fs, net::SocketAddr, path::PathBuf};

use anyhow::Context;
use axum::http::{HeaderMap, StatusCode, header};
use clap::Args;
use serde_json::json;

use crate::misbehaviour::Answer;

/// How such a service starts.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,

    /// The file with the bearer token. It is read again for every request, so that it can be
    /// rotated.
    #[arg(long, value_name = "FILE")]
    pub token_file: PathBuf,
}

/// The token that a request must carry.
#[derive(Debug)]
pub(crate) struct Token(PathBuf);

impl Token {
    /// The token in this file, which must exist.
    pub(crate) fn in_file(file: PathBuf) -> anyhow::Result<Token> {
        let token = Token(file);
        token.read().context("cannot read the token file")?;
        Ok(token)
    }

    /// Nothing if the request carries the token; otherwise the answer to it.
    pub(crate) fn admit(&self, headers: &HeaderMap) -> Result<(), Answer> {
        let token = self.read().map_err(|_| {
            let status = StatusCode::INTERNAL_SERVER_ERROR;
            refused(status, "the token file is unreadable")
        })?;
        match headers.get(header::AUTHORIZATION) {
            Some(sent) if *sent == format!("Bearer {token}") => Ok(()),
            _ => Err(refused(StatusCode::UNAUTHORIZED, "the token is wrong")),
        }
    }

    fn read(&self) -> std::io::Result<String> {
        Ok(fs::read_to_string(&self.0)?.trim().to_owned())
    }
}

/// The answer of such a service to an unknown path.
pub(crate) fn refused(status: StatusCode, message: &str) -> Answer {
    let body = json!({ "message": message });
    Answer { status, body }
}
