//! Addresses that are called or handed out. Two parsers may read one text as two different
//! addresses: a backslash, a tab or a number as the host is enough. So a text counts as an address
//! only if it is its own normal form. Then every parser reads what was checked.

use url::{Host, Url};

/// Parses an address: https, or plain http on loopback only; with nothing but scheme, host, port
/// and path; in its normal form. The error says what it must be.
pub(crate) fn exact(text: &str) -> Result<Url, String> {
    let url = plain(text)?;
    if url.as_str() == text {
        Ok(url)
    } else {
        Err(format!("must be written exactly as it is called: {url}"))
    }
}

/// Parses an address of the configuration, where the slash after the host may be omitted.
pub fn configured(text: &str) -> Result<Url, String> {
    let url = plain(text)?;
    let is_host_alone = url.path() == "/" && url.as_str().strip_suffix('/') == Some(text);
    if is_host_alone { Ok(url) } else { exact(text) }
}

/// Parses an address that need not be in its normal form.
pub(crate) fn plain(text: &str) -> Result<Url, String> {
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err("must be an address in visible ASCII characters".to_owned());
    }
    let url = Url::parse(text).map_err(|error| format!("must be an address: {error}"))?;
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => return Err("must have a host".to_owned()),
    };
    match url.scheme() {
        "https" => {}
        "http" if loopback => {}
        _ => return Err("must begin with https:// (http:// on loopback alone)".to_owned()),
    }
    let bare = url.username().is_empty() && url.password().is_none();
    if !bare || url.query().is_some() || url.fragment().is_some() {
        return Err("must have no user, query or fragment".to_owned());
    }
    if is_normal_path(url.path()) {
        Ok(url)
    } else {
        Err(
            "must have a path of letters, digits and -._~!$&'()*+,;=:@/, any other byte as %XX with \
             capital digits"
                .to_owned(),
        )
    }
}

/// Whether the path is in the normal form of RFC 3986, section 6.2.2. The parser leaves `%41`,
/// `%2f` and `|` unchanged, others don't.
fn is_normal_path(path: &str) -> bool {
    let mut parts = path.split('%');
    let is_literal = |part: &str| part.bytes().all(is_path_byte);
    parts.next().is_some_and(is_literal)
        && parts.all(|part| match part.split_at_checked(2) {
            Some((digits, literal)) => is_needed_escape(digits) && is_literal(literal),
            None => false,
        })
}

fn is_path_byte(byte: u8) -> bool {
    is_unreserved(byte) || b"!$&'()*+,;=:@/".contains(&byte)
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~".contains(&byte)
}

fn is_needed_escape(digits: &str) -> bool {
    let capital = |byte: u8| byte.is_ascii_digit() || (b'A'..=b'F').contains(&byte);
    digits.bytes().all(capital)
        && u8::from_str_radix(digits, 16).is_ok_and(|byte| !is_unreserved(byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_https_or_loopback_and_nothing_hides_in_them() {
        for sound in [
            "https://partner.example/",
            "https://partner.example:8443/base/",
            "https://partner.example/a//b/%20%2F%C3%A4/~x;y=1:@",
            "https://xn--bcher-kva.example/",
            "https://[2001:db8::1]:8443/",
            "http://127.0.0.1:8080",
            "http://localhost:1/",
            "http://[::1]:1/",
        ] {
            assert!(configured(sound).is_ok(), "{sound}");
        }
        for (text, problem) in [
            ("http://partner.example", "https"),
            ("http://10.0.0.1", "https"),
            ("http://localhost.evil.example", "https"),
            ("ftp://127.0.0.1", "https"),
            ("https://user@partner.example", "no user"),
            ("https://good.example@evil.example", "no user"),
            ("https://partner.example/?a=b", "no user"),
            ("https://partner.example/?", "no user"),
            ("https://partner.example/#a", "no user"),
            ("https://partner\n.example", "visible ASCII"),
            ("https://b\u{fc}cher.example/", "visible ASCII"),
            ("https://", "address"),
            ("partner.example", "address"),
        ] {
            let error = configured(text).unwrap_err();
            assert!(error.contains(problem), "{text}: {error}");
        }
    }

    #[test]
    fn a_text_that_a_parser_would_rewrite_is_no_address() {
        for text in [
            r"https://good.example\@evil.example/",
            r"https:\\good.example\",
            r"https://good.example/a\b",
            "https:/good.example/",
            "https:good.example/",
            "https:///good.example/",
            "HTTPS://good.example/",
            "https://Good.example/",
            "https://g%6fod.example/",
            "https://good.example:443/",
            "https://good.example:/",
            "https://good.example:08443/",
            "https://@good.example/",
            "https://:@good.example/",
            "https://good.example/a/../b",
            "https://good.example/./b",
            "https://good.example/a/.",
            "https://good.example/%2e%2E/b",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://0177.0.0.1/",
            "https://127.1/",
            "https://[0:0:0:0:0:0:0:1]/",
            "https://[::FFFF:127.0.0.1]/",
            "https://XN--BCHER-KVA.example/",
            "https://good.example/a\"b",
            "https://good.example/{a}",
            "https://good.example/a|b",
            "https://good.example/a^b",
            "https://good.example/[a]",
            "https://good.example/%41",
            "https://good.example/%2f",
            "https://good.example/%zz",
            "https://good.example/%",
            "https://good.example/%2",
            "https://good.example/a%",
        ] {
            assert!(exact(text).is_err(), "{text}");
            assert!(configured(text).is_err(), "{text}");
        }
        let tabbed = exact("https://good\t.example/").unwrap_err();
        assert!(tabbed.contains("visible ASCII"), "{tabbed}");
    }

    #[test]
    fn only_in_the_configuration_the_slash_after_the_host_may_be_left_out() {
        let url = configured("https://partner.example:8443").unwrap();
        assert_eq!(url.as_str(), "https://partner.example:8443/");
        let error = exact("https://partner.example:8443").unwrap_err();
        let words = "must be written exactly as it is called: https://partner.example:8443/";
        assert_eq!(error, words);
    }
}
