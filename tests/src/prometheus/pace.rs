//! Prometheus' rules and configuration with shorter durations.

/// Divides each duration of a rule's `for` and ranges, each interval, and each pause of
/// Alertmanager, by `pace`. Nothing is
/// scraped or evaluated more often than once a second: a busy machine would not answer in time.
pub(crate) fn hurry(text: &str, pace: u32) -> String {
    let lines = text.lines().map(|line| {
        let hurried = line.split_once(": ").and_then(|(key, value)| {
            let value = match key.trim() {
                "for" | "keep_firing_for" | "group_wait" | "group_interval" | "repeat_interval" => {
                    divided(value, pace, 0)?
                }
                "scrape_interval" | "evaluation_interval" => divided(value, pace, 1000)?,
                _ => return None,
            };
            Some(format!("{key}: {value}"))
        });
        hurried.unwrap_or_else(|| ranges(line, pace)) + "\n"
    });
    lines.collect()
}

/// Divides what is in square brackets, if it is a duration.
fn ranges(line: &str, pace: u32) -> String {
    let mut parts = line.split('[');
    let mut hurried = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let range = part.split_once(']').and_then(|(range, rest)| {
            let range = divided(range, pace, 0)?;
            Some(format!("{range}]{rest}"))
        });
        hurried.push('[');
        hurried.push_str(range.as_deref().unwrap_or(part));
    }
    hurried
}

/// A duration in Prometheus' format, divided; in milliseconds, and at least `least` of them.
fn divided(duration: &str, pace: u32, least: u64) -> Option<String> {
    let digits = duration.trim_end_matches(|it: char| it.is_ascii_alphabetic());
    let unit = match &duration[digits.len()..] {
        "ms" => 1,
        "s" => 1_000,
        "m" => 60_000,
        "h" => 3_600_000,
        "d" => 86_400_000,
        _ => return None,
    };
    let milliseconds = digits.parse::<u64>().ok()? * unit;
    let divided = (milliseconds / u64::from(pace)).max(least.min(milliseconds));
    Some(format!("{divided}ms"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_divided_and_nothing_else() {
        let text = "scrape_interval: 15s\n  expr: rate(a{b=\"5m\"}[30m]) > 120 # [x] [1h]\n  \
                    for: 2m\n  keep_firing_for: 1m\n  targets: [\"127.0.0.1:9464\"]\n";
        let hurried = "scrape_interval: 1000ms\n  expr: rate(a{b=\"5m\"}[30000ms]) > 120 # [x] \
                       [60000ms]\n  for: 2000ms\n  keep_firing_for: 1000ms\n  targets: \
                       [\"127.0.0.1:9464\"]\n";
        assert_eq!(hurry(text, 60), hurried);
    }

    #[test]
    fn the_deployed_rules_have_no_times_elsewhere() {
        let rules = std::fs::read_to_string(format!("{}/rules.yml", super::super::DEPLOYED));
        let rules = rules.unwrap();
        for word in [" offset ", " @ ", "[5m:"] {
            assert!(!rules.contains(word), "{word}");
        }
    }
}
