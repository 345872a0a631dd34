//! What a person sees on a terminal, held against `snapshots/`.

use clap::CommandFactory;
use terminal_text::fitted;

use crate::Arguments;

/// Lines as they are printed at 80 and at 120 characters. Commands, which stand alone, are not broken.
pub(crate) fn assert_view(name: &str, lines: &str) {
    for width in [80, 120] {
        let seen = fitted(lines, Some(width));
        insta::assert_snapshot!(format!("{name}-{width}"), seen);
        assert_fits(width, seen.lines().filter(|line| !line.starts_with("    ")));
    }
}

#[test]
fn the_help_pages_fit_the_terminal() {
    for width in [80, 120] {
        let mut command = Arguments::command().term_width(width);
        command.build();
        let mut pages = vec![command.render_long_help().to_string()];
        let verbs = command.get_subcommands_mut();
        pages.extend(verbs.map(|verb| verb.render_long_help().to_string()));
        let seen = pages.join("\n----\n\n");
        insta::assert_snapshot!(format!("help-{width}"), seen);
        assert_fits(width, seen.lines());
    }
}

fn assert_fits<'a>(width: usize, mut lines: impl Iterator<Item = &'a str>) {
    let wide = lines.find(|line| line.chars().count() > width);
    assert_eq!(wide, None, "wider than {width}");
}
