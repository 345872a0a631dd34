//! The reference of a program's settings in `docs/settings.md`, written from the types that read
//! them: their names, types, defaults and doc comments. A test of the program compares it.

mod setting;

use std::{env, fs};

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;

use self::setting::{Setting, settings};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/settings.md");
const EXAMPLES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../deploy/examples");

/// Compares what the reference says of a program's configuration with its type; with `SKY_RECORD`
/// writes it. The example of the program must show each setting. The error says what to do.
pub fn compare<T: JsonSchema>(program: &str) -> Result<(), String> {
    let settings = settings_of::<T>();
    let written = fs::read_to_string(FILE).map_err(|error| format!("{FILE}: {error}"))?;
    let text = replaced(&written, program, &table(&settings))?;
    if env::var_os("SKY_RECORD").is_some() {
        fs::write(FILE, &text).map_err(|error| format!("{FILE}: {error}"))?;
    } else if text != written {
        return Err("docs/settings.md is out of date: run `cargo xtask schemas`".to_owned());
    }
    let example = format!("{EXAMPLES}/{program}.toml");
    let text = fs::read_to_string(&example).map_err(|error| format!("{example}: {error}"))?;
    match settings.iter().find(|setting| !setting.is_shown_in(&text)) {
        None => Ok(()),
        Some(setting) => Err(format!("{example} does not show {}", setting.name)),
    }
}

fn settings_of<T: JsonSchema>() -> Vec<Setting> {
    let generator = SchemaSettings::draft2020_12().for_deserialize();
    let generator = generator.with(|settings| settings.inline_subschemas = true);
    let schema = generator.into_generator().into_root_schema_for::<T>();
    settings(&schema.to_value())
}

/// The file with this table between the program's marks.
fn replaced(text: &str, program: &str, table: &str) -> Result<String, String> {
    let (begin, end) = (
        format!("<!-- The settings of {program}, written by `cargo xtask schemas`. -->\n"),
        format!("<!-- The end of the settings of {program}. -->\n"),
    );
    let parts = text.split_once(&begin).and_then(|(before, rest)| {
        let (_, after) = rest.split_once(&end)?;
        Some((before, after))
    });
    let (before, after) = parts.ok_or_else(|| format!("{FILE} lacks the marks of {program}"))?;
    Ok(format!("{before}{begin}\n{table}\n{end}{after}"))
}

fn table(settings: &[Setting]) -> String {
    let rows = settings.iter().map(|setting| {
        let Setting {
            name,
            kind,
            default,
            meaning,
        } = setting;
        format!("| `{name}` | {kind} | {default} | {meaning} |\n")
    });
    let rows: String = rows.collect();
    format!("| setting | type | default | meaning |\n| --- | --- | --- | --- |\n{rows}")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    /// The whole file.
    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct File {
        table: Table,
        /// Some of these.
        #[serde(default)]
        lists: Vec<Entry>,
    }

    #[derive(JsonSchema)]
    #[serde(default)]
    struct Table {
        /// How long it takes,
        /// at most.
        #[schemars(with = "String", extend("format" = "written-duration"))]
        pause: Duration,
        on: bool,
        chosen: Option<String>,
    }

    #[derive(JsonSchema)]
    #[expect(dead_code, reason = "only its schema is looked at")]
    struct Entry {
        secret_file: String,
    }

    impl Default for Table {
        fn default() -> Table {
            Table {
                pause: Duration::from_millis(3_500),
                on: true,
                chosen: None,
            }
        }
    }

    #[test]
    fn each_setting_has_its_name_type_default_and_the_first_words_about_it() {
        let written = table(&settings_of::<File>());
        let rows: Vec<&str> = written.lines().skip(2).collect();
        assert_eq!(
            rows,
            [
                "| `lists` | list of tables |  | Some of these. |",
                "| `lists[].secret_file` | path | required |  |",
                "| `table.chosen` | string |  |  |",
                "| `table.on` | true or false | `true` |  |",
                "| `table.pause` | duration | `\"3.5s\"` | How long it takes, at most. |",
            ]
        );
    }

    #[test]
    fn only_what_is_between_the_programs_marks_changes() {
        let marks = |program: &str, table: &str| {
            format!(
                "<!-- The settings of {program}, written by `cargo xtask schemas`. -->\n{table}\
                 <!-- The end of the settings of {program}. -->\n"
            )
        };
        let text = format!("a\n{}b\n{}c\n", marks("x", "old\n"), marks("y", "old\n"));
        let expected = format!(
            "a\n{}b\n{}c\n",
            marks("x", "\nnew\n\n"),
            marks("y", "old\n")
        );
        assert_eq!(replaced(&text, "x", "new\n"), Ok(expected));
        assert!(replaced(&text, "z", "").is_err());
    }
}
