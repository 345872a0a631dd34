//! Makes texts from outside safe to show on a terminal, and breaks lines between words.

mod output;
mod wrap;

use std::borrow::Cow;
use std::io;

use serde_json::ser::Formatter;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

pub use output::{complain, print, width};
pub use wrap::{fitted, lines};

/// The text as one line, without anything that controls a terminal or is invisible. C0 controls
/// become their pictures (U+2400 and on), all others U+FFFD.
pub fn shown(text: &str) -> Cow<'_, str> {
    if text.contains(is_hidden) {
        text.chars().map(picture).collect()
    } else {
        Cow::Borrowed(text)
    }
}

/// JSON without hidden characters: serde_json itself escapes only C0 controls.
pub struct Escaped;

impl Formatter for Escaped {
    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for piece in fragment.split_inclusive(is_hidden) {
            let mut characters = piece.chars();
            match characters.next_back().filter(|last| is_hidden(*last)) {
                None => writer.write_all(piece.as_bytes())?,
                Some(hidden) => {
                    writer.write_all(characters.as_str().as_bytes())?;
                    for unit in hidden.encode_utf16(&mut [0; 2]) {
                        write!(writer, "\\u{unit:04x}")?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn picture(character: char) -> char {
    let picture = match character {
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(character)),
        '\u{7f}' => Some('\u{2421}'),
        _ if is_hidden(character) => Some(char::REPLACEMENT_CHARACTER),
        _ => Some(character),
    };
    picture.unwrap_or(char::REPLACEMENT_CHARACTER)
}

/// Controls (Cc), format characters such as bidirectional marks and zero-width ones (Cf), line and
/// paragraph separators, and characters without a defined look: private use and unassigned.
fn is_hidden(character: char) -> bool {
    if character.is_ascii() {
        return character.is_ascii_control();
    }
    matches!(
        character.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
            | GeneralCategory::PrivateUse
            | GeneralCategory::Surrogate
            | GeneralCategory::Unassigned
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of each kind, as they come and as a line shows them.
    const HIDDEN: [(&str, &[char], &str); 8] = [
        ("C0", &['\0', '\u{7}', '\u{8}', '\t', '\u{1b}'], "␀␇␈␉␛"),
        ("line ends", &['\r', '\n', '\u{b}', '\u{c}'], "␍␊␋␌"),
        ("DEL", &['\u{7f}'], "␡"),
        ("C1", &['\u{80}', '\u{85}', '\u{9b}', '\u{9d}'], "����"),
        (
            "bidirectional",
            &[
                '\u{61c}', '\u{200e}', '\u{200f}', '\u{202a}', '\u{202b}', '\u{202c}', '\u{202d}',
                '\u{202e}', '\u{2066}', '\u{2067}', '\u{2068}', '\u{2069}',
            ],
            "������������",
        ),
        (
            "invisible",
            &[
                '\u{ad}',
                '\u{200b}',
                '\u{200c}',
                '\u{200d}',
                '\u{2060}',
                '\u{feff}',
                '\u{e0041}',
            ],
            "�������",
        ),
        ("separators", &['\u{2028}', '\u{2029}'], "��"),
        (
            "no agreed look",
            &['\u{e000}', '\u{f0000}', '\u{378}', '\u{ffff}'],
            "����",
        ),
    ];

    #[test]
    fn no_character_that_a_terminal_obeys_or_nobody_sees_is_shown() {
        for (kind, characters, expected) in HIDDEN {
            let text: String = characters.iter().collect();
            assert_eq!(shown(&text), expected, "{kind}");
        }
        let forged = "1\u{1b}[2J0.00\r\n  resolve as completed: safe";
        assert_eq!(shown(forged), "1␛[2J0.00␍␊  resolve as completed: safe");
    }

    #[test]
    fn whatever_people_write_is_shown_as_it_is() {
        for text in [
            "",
            "125.50 KGS",
            "Жогорку Кеңеш, 42",
            "naïve café",
            "日本語",
            "مرحبا",
            "👍",
        ] {
            assert!(matches!(shown(text), Cow::Borrowed(same) if same == text));
        }
    }

    #[test]
    fn json_hides_nothing_and_says_the_same() {
        for (kind, characters, _) in HIDDEN {
            let text: String = characters.iter().flat_map(|it| ['a', *it, 'ж']).collect();
            let value = serde_json::json!({ &text: [&text] });
            let mut json = Vec::new();
            let mut serializer = serde_json::Serializer::with_formatter(&mut json, Escaped);
            serde::Serialize::serialize(&value, &mut serializer).unwrap();
            let json = String::from_utf8(json).unwrap();
            assert!(!json.contains(is_hidden), "{kind}: {json:?}");
            assert_eq!(
                serde_json::from_str::<serde_json::Value>(&json).unwrap(),
                value
            );
        }
    }
}
