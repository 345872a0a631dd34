//! Configuration files in TOML, parsed strictly: a name that is no setting is an error.

mod fault;

use serde::de::DeserializeOwned;
use serde_path_to_error::Track;

use fault::fault;

/// Parses the whole of `text`. The error names the setting, written as in `routes[0].country`, or
/// shows the line that is no TOML.
pub fn parse<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let table = text.parse::<toml::Table>();
    read(table.map_err(|error| error.to_string())?)
}

/// Reads the whole of a table. The error names the setting, as it is written in this table.
pub fn read<T: DeserializeOwned>(table: toml::Table) -> Result<T, String> {
    let file = toml::Value::Table(table);
    let (mut unknown, mut track) = (Vec::new(), Track::new());
    let deserializer = serde_path_to_error::Deserializer::new(file.clone(), &mut track);
    let parsed: Result<T, toml::de::Error> =
        serde_ignored::deserialize(deserializer, |key| unknown.push(name(&key)));
    let unknown = unknown
        .first()
        .map(|key| format!("{key} is no setting: correct its name or take it out"));
    let parsed = parsed.map_err(|error| fault(&file, &track.path(), error.message()));
    match (parsed, unknown) {
        (Ok(parsed), None) => Ok(parsed),
        (Err(fault), None) => Err(fault),
        (Ok(_), Some(unknown)) => Err(unknown),
        // What is missing may be there under a wrong name.
        (Err(fault), Some(unknown)) => Err(format!("{unknown}\n{fault}")),
    }
}

fn name(key: &serde_ignored::Path) -> String {
    let mut name = String::new();
    for part in key.to_string().split('.') {
        match part {
            // An optional table. No file contains it.
            "?" => {}
            index if index.bytes().all(|byte| byte.is_ascii_digit()) => {
                name += &format!("[{index}]");
            }
            part if name.is_empty() => name += part,
            part => name += &format!(".{part}"),
        }
    }
    name
}

#[cfg(test)]
mod tests {
    use std::net::SocketAddr;
    use std::num::NonZeroUsize;

    use serde::Deserialize;

    use super::*;

    #[derive(Deserialize, PartialEq, Debug)]
    struct File {
        name: String,
        table: Option<Table>,
        #[serde(default)]
        list: Vec<Table>,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    struct Table {
        a: u32,
        on: Option<bool>,
        count: Option<NonZeroUsize>,
        listen: Option<SocketAddr>,
        color: Option<Color>,
    }

    #[derive(Deserialize, PartialEq, Debug)]
    #[serde(rename_all = "snake_case")]
    enum Color {
        Red,
        Green,
    }

    fn problem(text: &str) -> String {
        parse::<File>(text).unwrap_err()
    }

    #[test]
    fn a_setting_that_does_not_exist_is_named_as_it_is_written() {
        let unknown = "is no setting: correct its name or take it out";
        assert_eq!(problem("name = 'n'\nb = 1"), format!("b {unknown}"));
        let in_table = problem("name = 'n'\ntable = { a = 1, b = 1 }");
        assert_eq!(in_table, format!("table.b {unknown}"));
        let in_list = problem("name = 'n'\nlist = [{ a = 1 }, { a = 1, b = 1 }]");
        assert_eq!(in_list, format!("list[1].b {unknown}"));
    }

    #[test]
    fn where_one_is_missing_the_name_that_is_no_setting_is_told_too() {
        let problem = problem("nane = 'n'");
        assert!(problem.starts_with("nane is no setting"), "{problem}");
        assert!(problem.ends_with("\nname is missing"), "{problem}");
    }

    #[test]
    fn a_wrong_value_is_shown_with_its_setting_and_what_it_must_be() {
        for (text, expected) in [
            ("name = 7", "name = 7: must be text in quotes"),
            (
                "table = { a = 0.5 }",
                "table.a = 0.5: must be a whole number, such as 2",
            ),
            (
                "list = [{ a = -1 }]",
                "list[0].a = -1: must be a whole number, such as 2",
            ),
            (
                "table = { a = 1, count = 0 }",
                "table.count = 0: must be a whole number from 1",
            ),
            (
                "table = { a = 1, on = 'yes' }",
                "table.on = \"yes\": must be true or false",
            ),
            (
                "table = { a = 1, listen = 80 }",
                "table.listen = 80: must be an address and a port in quotes, such as \
                 \"0.0.0.0:8080\"",
            ),
            (
                "table = { a = 1, listen = '80' }",
                "table.listen = \"80\": must be an address and a port in quotes, such as \
                 \"0.0.0.0:8080\"",
            ),
            (
                "table = { a = 1, color = 'blue' }",
                "table.color = \"blue\": must be `red` or `green`",
            ),
            (
                "table = { a = 1, color = 1 }",
                "table.color = 1: must be text in quotes",
            ),
            ("list = [{}]", "list[0].a is missing"),
        ] {
            let text = if text.starts_with("name") {
                text.to_owned()
            } else {
                format!("name = 'n'\n{text}")
            };
            assert_eq!(problem(&text), expected);
        }
    }

    #[test]
    fn what_stands_in_the_place_of_a_table_may_be_a_secret_and_is_not_shown() {
        for (text, expected) in [
            ("table = 'secret'", "table: must be a table"),
            ("list = ['secret']", "list[0]: must be a table"),
            ("list = 'secret'", "list: must be a list in square brackets"),
        ] {
            assert_eq!(problem(&format!("name = 'n'\n{text}")), expected);
        }
    }

    #[test]
    fn a_line_that_is_no_toml_is_shown() {
        let problem = problem("name = 'n'\n[table");
        assert!(problem.contains("at line 2"), "{problem}");
        assert!(problem.contains("2 | [table"), "{problem}");
    }

    #[test]
    fn a_sound_file_is_read() {
        let file: File = parse("name = 'n'\ntable = { a = 1, color = 'red' }").unwrap();
        let table = Table {
            a: 1,
            on: None,
            count: None,
            listen: None,
            color: Some(Color::Red),
        };
        assert_eq!(file.table, Some(table));
    }
}
