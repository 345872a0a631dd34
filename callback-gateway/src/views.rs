//! What a person sees on a terminal, held against `snapshots/`.

use std::fs;

use clap::CommandFactory;
use terminal_text::fitted;

use super::*;

#[test]
fn the_help_pages_fit_the_terminal() {
    for width in [80, 120] {
        let mut command = Arguments::command().term_width(width);
        command.build();
        let mut pages = vec![command.render_long_help().to_string()];
        let verbs = command.get_subcommands_mut();
        pages.extend(verbs.map(|verb| verb.render_long_help().to_string()));
        assert_fits("help", width, &pages.join("\n----\n\n"));
    }
}

#[test]
fn what_check_says_fits_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gateway.toml");
    let told = [
        "",
        "[[callback.secrets]]\nid = \"a\"\nfile = \"callback-secret\"\n",
        "[gateway]\nlisten = 8080\n",
        "[gateway]\nlistens = \"0.0.0.0:8080\"\n",
        "[gateway\n",
    ]
    .map(|text| {
        fs::write(&file, text).unwrap();
        let error = Configuration::load(&file).err().unwrap().to_string();
        let folder = folder.path().display().to_string();
        format!(
            "sky-callback-gateway: {}",
            error.replace(&folder, "/etc/sky-gateway")
        )
    });
    let good = good(Path::new("/etc/sky-gateway/gateway.toml"));
    let told = format!("{}\n{good}", told.join("\n"));
    for width in [80, 120] {
        assert_fits("check", width, &fitted(&told, Some(width)));
    }
}

fn assert_fits(name: &str, width: usize, seen: &str) {
    insta::assert_snapshot!(format!("{name}-{width}"), seen);
    let wide = seen.lines().find(|line| line.chars().count() > width);
    assert_eq!(wide, None, "wider than {width}");
}
