//! Connections that send one request after the other, as fast as they are answered. They do as
//! little work of their own as possible, since they share the machine with what they measure.

use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::report::Turn;

/// Who is asked, and how hard.
pub(crate) struct Load {
    /// `host:port`.
    pub(crate) address: String,
    /// The status that every request must be answered with.
    pub(crate) expected: u16,
    /// How many connections there are.
    pub(crate) concurrency: usize,
    /// How long they ask.
    pub(crate) turn: Duration,
}

impl Load {
    /// Asks for one turn. What was asked before its end is waited for.
    pub(crate) async fn run(&self, request: impl Fn() -> Vec<u8>) -> Turn {
        let started = Instant::now();
        let end = started + self.turn;
        let connections = (0..self.concurrency).map(|_| self.converse(&request, end));
        let latencies = futures::future::join_all(connections).await.concat();
        Turn {
            latencies,
            took: started.elapsed(),
        }
    }

    async fn converse(&self, request: &impl Fn() -> Vec<u8>, end: Instant) -> Vec<Duration> {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let mut latencies = Vec::new();
        let mut answer = Vec::with_capacity(4096);
        while Instant::now() < end {
            let bytes = request();
            let asked = Instant::now();
            stream.write_all(&bytes).await.unwrap();
            let status = read_answer(&mut stream, &mut answer).await;
            latencies.push(asked.elapsed());
            assert_eq!(
                status,
                self.expected,
                "{}",
                String::from_utf8_lossy(&answer)
            );
        }
        latencies
    }
}

/// Reads one answer to its end, and returns its status.
async fn read_answer(stream: &mut TcpStream, answer: &mut Vec<u8>) -> u16 {
    answer.clear();
    let head = loop {
        let read = stream.read_buf(answer).await.unwrap();
        assert_ne!(
            read,
            0,
            "the connection was closed: {}",
            String::from_utf8_lossy(answer)
        );
        if let Some(at) = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            break at + 4;
        }
    };
    let text = std::str::from_utf8(&answer[..head]).unwrap();
    let status = text.split(' ').nth(1).unwrap().parse().unwrap();
    let length = text
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "));
    let whole = head + length.map_or(0, |length| length.parse().unwrap());
    while answer.len() < whole {
        assert_ne!(stream.read_buf(answer).await.unwrap(), 0, "half an answer");
    }
    status
}
