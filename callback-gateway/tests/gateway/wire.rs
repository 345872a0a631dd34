//! HTTP as bytes, so that a test can send what no client would.

use std::io::{Read, Write};
use std::net::{IpAddr, SocketAddr, TcpStream};
use std::time::Duration;

use socket2::{Domain, Socket, Type};

const LONGEST_READ: Duration = Duration::from_secs(20);

/// What came back; a status of 0 means that the connection was closed without an answer.
#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) head: String,
    pub(super) body: String,
}

impl Reply {
    /// A header of the answer, by its name in lower case.
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.head.lines().filter_map(|line| line.split_once(": "));
        let (_, value) = headers.find(|(header, _)| *header == name)?;
        Some(value)
    }
}

/// A callback as the partner sends it.
pub(super) fn callback(token: &str, request_id: &str) -> String {
    let body = format!("{{\"request_id\":\"{request_id}\"}}");
    let target = format!("/v1/on_payment_completed?token={token}");
    post(&target, "", &body)
}

/// A POST of JSON with more header lines, each with its line end.
pub(super) fn post(target: &str, more: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "POST {target} HTTP/1.1\r\nHost: gateway\r\nContent-Type: application/json\r\n\
         Content-Length: {length}\r\n{more}\r\n{body}"
    )
}

/// A GET.
pub(super) fn get(address: &str, target: &str) -> Reply {
    let request = format!("GET {target} HTTP/1.1\r\nHost: gateway\r\n\r\n");
    ask(address, &request)
}

/// Connects, sends the bytes and reads one answer.
pub(super) fn ask(address: &str, request: &(impl AsRef<[u8]> + ?Sized)) -> Reply {
    let mut stream = connect(address);
    // The server may refuse and close before all is sent.
    let _ = stream.write_all(request.as_ref());
    reply(&mut stream)
}

/// A connection on which nothing takes for ever.
pub(super) fn connect(address: &str) -> TcpStream {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(LONGEST_READ)).unwrap();
    stream
}

/// A connection from another address of this machine's.
pub(super) fn connect_from(source: &str, address: &str) -> TcpStream {
    let source: IpAddr = source.parse().unwrap();
    let address: SocketAddr = address.parse().unwrap();
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((source, 0)).into()).unwrap();
    socket.connect(&address.into()).unwrap();
    let stream = TcpStream::from(socket);
    stream.set_read_timeout(Some(LONGEST_READ)).unwrap();
    stream
}

/// Reads one answer, byte by byte so that nothing of the next is taken.
pub(super) fn reply(stream: &mut impl Read) -> Reply {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).is_ok_and(|read| read == 1) {
        head.push(byte[0]);
    }
    let head = String::from_utf8(head).unwrap();
    let status = head.split(' ').nth(1).and_then(|it| it.parse().ok());
    let mut reply = Reply {
        status: status.unwrap_or(0),
        head,
        body: String::new(),
    };
    let length = reply
        .header("content-length")
        .map_or(0, |length| length.parse().unwrap());
    let mut body = Vec::new();
    let _ = stream.take(length).read_to_end(&mut body);
    reply.body = String::from_utf8(body).unwrap();
    reply
}

/// Whether the other end closes the connection without another word.
pub(super) fn is_closed(stream: &mut TcpStream, within: Duration) -> bool {
    stream.set_read_timeout(Some(within)).unwrap();
    match stream.read(&mut [0]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() == std::io::ErrorKind::ConnectionReset,
    }
}
