//! Breaks long lines between words, so that a terminal does not break them within words. Pure code.

use std::ops::Range;

use console::measure_text_width;

/// The parts of the text that stand on a line each. All but the first get `indent` spaces before
/// them. A word that is longer than the line stays whole.
pub fn lines(text: &str, width: usize, indent: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let mut start = 0;
    let mut end = 0;
    for (space, _) in text.match_indices(' ').chain([(text.len(), "")]) {
        let room = if lines.is_empty() {
            width
        } else {
            width.saturating_sub(indent)
        };
        // Spaces at the beginning are the line's own indentation.
        let has_words = !text[start..end].trim().is_empty();
        if has_words && measure_text_width(&text[start..space]) > room {
            lines.push(start..start + text[start..end].trim_end_matches(' ').len());
            start = end + text[end..].len() - text[end..].trim_start_matches(' ').len();
        }
        end = space.max(start);
    }
    lines.push(start..end);
    lines
}

/// The text, which may have several lines, for a terminal of this width; unchanged where there is no
/// terminal. A line that begins with four spaces is a command, and stays whole: it can be pasted.
pub fn fitted(text: &str, width: Option<usize>) -> String {
    let Some(width) = width else {
        return text.to_owned();
    };
    let fitted = text.split('\n').map(|line| {
        if line.starts_with(COMMAND) {
            return line.to_owned();
        }
        let parts = lines(line, width, HANGING.len()).into_iter();
        let parts: Vec<&str> = parts.map(|part| &line[part]).collect();
        parts.join(&format!("\n{HANGING}"))
    });
    fitted.collect::<Vec<String>>().join("\n")
}

/// Stands before a command.
const COMMAND: &str = "    ";

/// Stands before what goes on below.
const HANGING: &str = "  ";

#[cfg(test)]
mod tests {
    use super::*;

    fn wrapped(text: &str, width: usize, indent: usize) -> Vec<&str> {
        lines(text, width, indent)
            .into_iter()
            .map(|it| &text[it])
            .collect()
    }

    #[test]
    fn lines_break_between_words_alone() {
        assert_eq!(wrapped("", 5, 2), [""]);
        assert_eq!(wrapped("one two", 7, 2), ["one two"]);
        assert_eq!(wrapped("  one two three", 10, 4), ["  one two", "three"]);
        assert_eq!(wrapped("one  two", 4, 0), ["one", "two"]);
        let long = "a sky-payment-of-a-long-name b";
        assert_eq!(
            wrapped(long, 10, 0),
            ["a", "sky-payment-of-a-long-name", "b"]
        );
        assert_eq!(wrapped("төлөм төлөм", 6, 0), ["төлөм", "төлөм"]);
    }

    #[test]
    fn only_a_terminal_gets_more_lines() {
        let text = "one two three\nfour\n";
        assert_eq!(fitted(text, None), text);
        assert_eq!(fitted(text, Some(8)), "one two\n  three\nfour\n");
        let command = "run:\n    temporal workflow list";
        assert_eq!(fitted(command, Some(8)), command);
    }
}
