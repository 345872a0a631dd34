//! Finds where one request ends and the next begins, in parallel to hyper.
//!
//! Hyper is lenient where a proxy in front may interpret the bytes differently: it accepts a bare
//! LF as the end of a line, merges equal lengths, drops a length next to chunks, accepts any coding
//! before `chunked`, skips empty lines before a request and cuts a fragment off its target. The
//! router does not see any of this. So every byte that hyper reads is checked here first. What is
//! ambiguous is noted before hyper can pass it on, and refused. One empty line after a request is
//! fine: some clients send one after a body, and no parser takes it for anything else (RFC 9112,
//! section 2.2).
//!
//! Only hyper finds the end of a chunked body. Nothing after such a body is accepted on the same
//! connection, so it does not matter if another parser finds its end elsewhere.

use std::mem;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// How much of a header line shows whether it is about the body's length, and what it says.
const LINE_START: usize = 64;

/// Whether something ambiguous was read on a connection.
#[derive(Clone, Default)]
pub(crate) struct Ambiguity(Arc<AtomicBool>);

/// Follows the bytes of one connection.
pub(crate) struct Framing {
    part: Part,
    ambiguity: Ambiguity,
}

/// What the next byte belongs to.
enum Part {
    Head(Head),
    /// A body, with the number of bytes that are left.
    Body(u64),
    /// The last request of the connection.
    Last,
}

#[derive(Default)]
struct Head {
    empty_line_may_come: bool,
    lines_before: usize,
    line: Vec<u8>,
    line_goes_on: bool,
    after_cr: bool,
    length: Option<u64>,
    chunked: bool,
}

/// It was ambiguous.
struct Twofold;

impl Ambiguity {
    pub(crate) fn is_there(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl Framing {
    pub(crate) fn new(ambiguity: Ambiguity) -> Framing {
        Framing {
            part: Part::Head(Head::default()),
            ambiguity,
        }
    }

    /// Follows the bytes that were read next.
    pub(crate) fn follow(&mut self, mut bytes: &[u8]) {
        while let [byte, after @ ..] = bytes {
            match &mut self.part {
                Part::Last => return,
                Part::Body(left) => {
                    let here = usize::try_from(*left).map_or(bytes.len(), |n| n.min(bytes.len()));
                    *left -= here as u64;
                    bytes = &bytes[here..];
                    if *left == 0 {
                        self.part = Part::Head(Head::after_a_request());
                    }
                }
                Part::Head(head) => {
                    bytes = after;
                    match head.take(*byte) {
                        Ok(None) => {}
                        Ok(Some(next)) => self.part = next,
                        Err(Twofold) => {
                            self.ambiguity.0.store(true, Ordering::Relaxed);
                            self.part = Part::Last;
                        }
                    }
                }
            }
        }
    }
}

impl Head {
    fn after_a_request() -> Head {
        Head {
            empty_line_may_come: true,
            ..Head::default()
        }
    }

    /// Processes one byte; after the last byte of the head, decides what follows.
    fn take(&mut self, byte: u8) -> Result<Option<Part>, Twofold> {
        match (mem::take(&mut self.after_cr), byte) {
            (true, b'\n') => return self.end_line(),
            (true, _) | (false, b'\n') => return Err(Twofold),
            (false, b'#') if self.lines_before == 0 => return Err(Twofold),
            (false, b'\r') => self.after_cr = true,
            (false, _) if self.line.len() == LINE_START => self.line_goes_on = true,
            (false, _) => self.line.push(byte),
        }
        Ok(None)
    }

    fn end_line(&mut self) -> Result<Option<Part>, Twofold> {
        let goes_on = mem::take(&mut self.line_goes_on);
        let line = mem::take(&mut self.line);
        let is_request_line = self.lines_before == 0;
        if is_request_line && line.is_empty() && mem::take(&mut self.empty_line_may_come) {
            return Ok(None);
        }
        self.lines_before += 1;
        if line.is_empty() {
            return match (is_request_line, self.chunked, self.length) {
                (true, _, _) | (_, true, Some(_)) => Err(Twofold),
                (_, true, None) => Ok(Some(Part::Last)),
                (_, false, None | Some(0)) => Ok(Some(Part::Head(Head::after_a_request()))),
                (_, false, Some(length)) => Ok(Some(Part::Body(length))),
            };
        }
        let Some(colon) = line.iter().position(|byte| *byte == b':') else {
            return Ok(None);
        };
        let (name, value) = (&line[..colon], line[colon + 1..].trim_ascii());
        if is_request_line {
            return Ok(None);
        }
        if name.eq_ignore_ascii_case(b"content-length") {
            let length = decimal(value).filter(|_| !goes_on && self.length.is_none());
            self.length = Some(length.ok_or(Twofold)?);
        }
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            if goes_on || self.chunked || !value.eq_ignore_ascii_case(b"chunked") {
                return Err(Twofold);
            }
            self.chunked = true;
        }
        Ok(None)
    }
}

fn decimal(digits: &[u8]) -> Option<u64> {
    let plain = digits.iter().all(u8::is_ascii_digit);
    let digits = std::str::from_utf8(digits).ok()?;
    plain.then(|| digits.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether these bytes are ambiguous, whatever the size of the pieces they come in.
    fn twofold(bytes: &str) -> bool {
        let read_in_pieces = |size: usize| {
            let ambiguity = Ambiguity::default();
            let mut framing = Framing::new(ambiguity.clone());
            bytes
                .as_bytes()
                .chunks(size)
                .for_each(|piece| framing.follow(piece));
            ambiguity.is_there()
        };
        let whole = read_in_pieces(bytes.len());
        assert!((1..bytes.len()).all(|size| read_in_pieces(size) == whole));
        whole
    }

    const PLAIN: &str = "POST /a:b HTTP/1.1\r\nHost: g\r\nContent-Length: 3\r\n\r\n";

    #[test]
    fn requests_are_followed_one_after_the_other() {
        let long = "X: y".repeat(100);
        for good in [
            format!("{PLAIN}{{}}\n{PLAIN}\n\n\n"),
            format!("{PLAIN}abcGET / HTTP/1.1\r\ncontent-length:0\r\n{long}\r\n\r\n{PLAIN}"),
            "POST / HTTP/1.1\r\ntransfer-encoding:\tChunked\r\n\r\n1\n#\n".to_owned(),
            format!("{PLAIN}abc\r\n{PLAIN}abc\r\n"),
            format!("{PLAIN}abc\r\nGET / HTTP/1.1\r\n\r\n\r\n{PLAIN}abc\r"),
            "POST / HTTP/1.1\r\nA: #\r\nContent-Length-Of: x\r\n\r\n".to_owned(),
        ] {
            assert!(!twofold(&good), "{good}");
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_noted() {
        let with = |old: &str, new: &str| PLAIN.replace(old, new);
        let padded = format!("Content-Length:{}3", " ".repeat(70));
        for bad in [
            with("Host: g\r\n", "Host: g\n"),
            with("\r\n\r\n", "\n\n"),
            with("Host: g\r\n", "Host: g\rX: y\r\n"),
            with("/a:b", "/a#b"),
            with(
                "Content-Length: 3",
                "Content-Length: 3\r\nContent-Length: 3",
            ),
            with("Content-Length: 3", "Content-Length: 3, 3"),
            with("Content-Length: 3", "Content-Length: +3"),
            with("Content-Length: 3", "Content-Length:"),
            with("Content-Length: 3", "Content-Length: 99999999999999999999"),
            with("Content-Length: 3", &padded),
            with("Host: g", "Transfer-Encoding: chunked"),
            with("Content-Length: 3", "Transfer-Encoding: gzip, chunked"),
            with(
                "Content-Length: 3",
                "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
            ),
            format!("\r\n{PLAIN}"),
            format!("{PLAIN}abc\r\n\r\n{PLAIN}"),
            format!("{PLAIN}abc\r\n\n"),
            format!("{PLAIN}abc\r{PLAIN}"),
            format!("{PLAIN}abc\n{PLAIN}"),
            format!("{PLAIN}abc \r\n\r\n\r\n\r\n").replace("Length: 3", "Length: 4"),
        ] {
            assert!(twofold(&bad), "{bad}");
        }
    }
}
