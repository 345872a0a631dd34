use super::*;

const HEADER: &str = "requestId,kind,status,declineCode,amount,currency,partnerPaymentId,updatedAt";
const ROW: &str = "r-1,PAYMENT,COMPLETED,,125.50,KGS,pp-1,2026-11-24T10:00:00Z";

fn read(lines: &[&str]) -> Result<DayReport, String> {
    DayReport::read(lines.join("\n").as_bytes()).map_err(|error| error.to_string())
}

#[test]
fn a_report_is_read_with_its_day() {
    let declined = r#"r-2,REVERSAL,DECLINED,"odd, ""code""",7,JPY,pp-2,2026-11-24T23:59:59Z"#;
    let report = read(&[HEADER, ROW, declined]).unwrap();
    assert_eq!(report.day().unwrap().to_string(), "2026-11-24");
    let [payment, reversal] = report.rows.try_into().unwrap();
    assert_eq!(payment.request_id.as_str(), "r-1");
    assert_eq!(payment.side.money.unwrap().to_string(), "125.50 KGS");
    assert_eq!(reversal.side.kind, "REVERSAL");
    assert_eq!(reversal.side.status, "DECLINED");
}

#[test]
fn rows_of_two_days_or_none_do_not_say_which_day_it_is() {
    let later = "r-2,PAYMENT,COMPLETED,,1.00,KGS,pp-2,2026-11-25T00:00:00Z";
    assert!(read(&[HEADER, ROW, later]).unwrap().day().is_err());
    assert!(read(&[HEADER]).unwrap().day().is_err());
}

#[test]
fn another_header_is_refused_by_its_column() {
    let missing = HEADER.replace(",declineCode", "");
    for (header, says) in [
        (
            missing.as_str(),
            r#"line 1, column 4: must be "declineCode", not "amount""#,
        ),
        (
            &format!("{HEADER},fee"),
            r#"line 1, column 9: must be "", not "fee""#,
        ),
        (ROW, r#"line 1, column 1: must be "requestId", not "r-1""#),
        ("", r#"line 1, column 1: must be "requestId", not """#),
    ] {
        assert_eq!(read(&[header]).unwrap_err(), says);
    }
}

#[test]
fn a_bad_field_is_told_by_line_and_column() {
    for (from, to, column) in [
        ("r-1", "r/1", "requestId"),
        ("PAYMENT", "payment", "kind"),
        ("COMPLETED", "SETTLING", "status"),
        ("COMPLETED,", "COMPLETED,x", "declineCode"),
        ("125.50", "125.5", "amount"),
        ("125.50", "-1.00", "amount"),
        ("KGS", "KG", "currency"),
        ("pp-1", "", "partnerPaymentId"),
        ("2026-11-24T10:00:00Z", "yesterday", "updatedAt"),
    ] {
        let error = read(&[HEADER, ROW, &ROW.replacen(from, to, 1)]).unwrap_err();
        let place = format!("line 3, column {column}: ");
        assert!(error.starts_with(&place), "{to}: {error}");
    }
}

#[test]
fn a_short_line_and_a_repeated_row_are_refused() {
    let error = read(&[HEADER, ROW, "r-2,PAYMENT"]).unwrap_err();
    assert!(error.contains("line: 3"), "{error}");
    let error = read(&[HEADER, ROW, ROW]).unwrap_err();
    assert!(
        error.contains("line 3, column partnerPaymentId: stands twice"),
        "{error}"
    );
}
