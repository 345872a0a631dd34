//! Pieces of Markdown that keep text from outside from being interpreted as markup.

use std::time::Duration;

use jiff::Timestamp;
use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory};

/// A line of a list that begins with its label.
pub(crate) fn labelled(label: &str, text: &str) -> String {
    format!("- **{label}:** {text}")
}

/// Text from outside, shown as it is: an order's id or a partner's message may contain any
/// character. The fence is longer than any run of backticks in it, as CommonMark requires. Control
/// characters, characters that change the direction of a line and invisible characters become
/// spaces. So does the empty text, which would not be a code span.
pub(crate) fn code(text: &str) -> String {
    let plain = |character: char| match character.general_category() {
        GeneralCategory::LineSeparator | GeneralCategory::ParagraphSeparator => ' ',
        _ if character.general_category_group() == GeneralCategoryGroup::Other => ' ',
        _ => character,
    };
    let text: String = if text.is_empty() {
        " ".to_owned()
    } else {
        text.chars().map(plain).collect()
    };
    let longest_run = text.split(|character| character != '`').map(str::len).max();
    let fence = "`".repeat(longest_run.unwrap_or(0) + 1);
    if text.starts_with('`') || text.ends_with('`') {
        format!("{fence} {text} {fence}")
    } else {
        format!("{fence}{text}{fence}")
    }
}

/// A point in time for people, to the second.
pub(crate) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// The first whole second from which something holds.
pub(crate) fn from_then_on(at: Timestamp) -> String {
    let later = at.checked_add(Duration::from_nanos(999_999_999));
    moment(later.unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_peoples_text_never_becomes_markup() {
        assert_eq!(code("o-7"), "`o-7`");
        assert_eq!(code("[o](x)`1"), "``[o](x)`1``");
        assert_eq!(code("`a``"), "``` `a`` ```");
        assert_eq!(code("a\n\n# b"), "`a  # b`");
        assert_eq!(code("<b>&amp;</b>"), "`<b>&amp;</b>`");
        assert_eq!(code("a\u{202e}b\u{2028}c\u{200b}d\u{1b}"), "`a b c d `");
        // Two backticks alone would start a code span that ends somewhere later in the text.
        assert_eq!(code(""), "` `");
    }

    #[test]
    fn moments_are_told_to_the_second() {
        let at = "2026-11-24T08:00:05.123Z".parse().unwrap();
        assert_eq!(moment(at), "2026-11-24 08:00:05 UTC");
        assert_eq!(from_then_on(at), "2026-11-24 08:00:06 UTC");
        let whole = "2026-11-24T08:00:05Z".parse().unwrap();
        assert_eq!(from_then_on(whole), "2026-11-24 08:00:05 UTC");
    }
}
