use super::*;

const HEADER: &str = "requestId,kind,status,declineCode,amount,currency,partnerPaymentId,updatedAt";
const ROW: &str = "r-1,PAYMENT,COMPLETED,,125.50,KGS,pp-1,2026-11-24T10:00:00Z";

fn read(lines: &[&str]) -> Result<DayReport, String> {
    read_of(None, lines.join("\n").as_bytes())
}

fn read_of(day: Option<&str>, bytes: &[u8]) -> Result<DayReport, String> {
    let day = day.map(|day| day.parse().unwrap());
    DayReport::read(bytes, day).map_err(|error| error.to_string())
}

#[test]
fn a_report_is_read_with_its_day() {
    let declined = r#"r-2,REVERSAL,DECLINED,"odd, ""code""",7,JPY,pp-2,2026-11-24T23:59:59Z"#;
    let report = read(&[HEADER, ROW, declined]).unwrap();
    assert_eq!(report.day.to_string(), "2026-11-24");
    let [payment, reversal] = report.rows.try_into().unwrap();
    assert_eq!(payment.request_id.as_str(), "r-1");
    assert_eq!(payment.side.money.unwrap().to_string(), "125.50 KGS");
    assert_eq!(reversal.side.kind, Kind::PaymentReversal);
    let code = r#"odd, "code""#.to_owned();
    let declined = Standing::AtPartner(Status::Declined { code });
    assert_eq!(reversal.side.status, declined);
    assert!(!payment.is_doubled && !reversal.is_doubled);
}

#[test]
fn the_day_is_that_of_utc_whatever_zone_a_row_is_written_in() {
    for (at, day) in [
        ("2026-11-24T00:00:00Z", "2026-11-24"),
        ("2026-11-24T23:59:59.999999Z", "2026-11-24"),
        ("2026-11-25T05:59:59+06:00", "2026-11-24"),
        ("2026-11-25T06:00:00+06:00", "2026-11-25"),
        ("2026-11-24T18:00:00-06:00", "2026-11-25"),
    ] {
        let row = ROW.replace("2026-11-24T10:00:00Z", at);
        assert_eq!(read(&[HEADER, &row]).unwrap().day.to_string(), day);
    }
}

#[test]
fn a_row_of_another_day_is_refused_by_its_line() {
    let later = "r-2,PAYMENT,COMPLETED,,1.00,KGS,pp-2,2026-11-25T00:00:00Z";
    let says = "column updatedAt: is of 2026-11-25 (UTC), but the report is of 2026-11-24: reconcile one \
                day at a time";
    assert_eq!(
        read(&[HEADER, ROW, later]).unwrap_err(),
        format!("line 3, {says}")
    );
    let report = [HEADER, later, ROW].join("\n");
    let named = read_of(Some("2026-11-24"), report.as_bytes());
    assert_eq!(named.unwrap_err(), format!("line 2, {says}"));
}

#[test]
fn a_report_without_rows_is_of_the_day_that_is_named() {
    assert!(read(&[HEADER]).unwrap_err().contains("name it with --date"));
    assert!(read(&[]).unwrap_err().contains("is empty"));
    let empty = read_of(Some("2026-11-24"), HEADER.as_bytes()).unwrap();
    assert_eq!(
        (empty.day.to_string().as_str(), empty.rows.len()),
        ("2026-11-24", 0)
    );
}

#[test]
fn two_movements_of_one_request_are_doubles_and_so_is_one_of_two_requests() {
    let rows = [
        ROW.to_owned(),
        ROW.replace("pp-1", "pp-2"),
        ROW.replace("pp-1", "pp-3").replace("125.50", "1.00"),
        ROW.replace("r-1", "r-2").replace("pp-1", "pp-4"),
        ROW.replace("r-1", "r-3").replace("pp-1", "pp-4"),
        ROW.replace("r-1", "r-4").replace("pp-1", "pp-5"),
    ];
    let lines: Vec<&str> = [HEADER]
        .into_iter()
        .chain(rows.iter().map(String::as_str))
        .collect();
    let report = read(&lines).unwrap();
    let doubled: Vec<bool> = report.rows.iter().map(|row| row.is_doubled).collect();
    assert_eq!(doubled, [true, true, true, true, true, false]);
}

#[test]
fn other_dialects_of_csv_are_read_or_refused_and_never_guessed() {
    let text = [HEADER, ROW].join("\r\n") + "\r\n";
    assert_eq!(read_of(None, text.as_bytes()).unwrap().rows.len(), 1);
    let quoted = ROW
        .split(',')
        .map(|field| format!("\"{field}\""))
        .collect::<Vec<_>>()
        .join(",");
    assert_eq!(read(&[HEADER, &quoted]).unwrap().rows.len(), 1);
    let marked = format!("\u{feff}{text}");
    assert_eq!(read_of(None, marked.as_bytes()).unwrap().rows.len(), 1);
    let semicolons = text.replace(',', ";");
    assert!(
        read_of(None, semicolons.as_bytes())
            .unwrap_err()
            .contains("line 1, column 1")
    );
    let latin_1 = [
        HEADER.as_bytes(),
        b"\nr-1,PAYMENT,DECLINED,\xe9,1.00,KGS,p,x",
    ]
    .concat();
    assert!(read_of(None, &latin_1).unwrap_err().contains("line 2"));
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
        ("125.50", "0.00", "amount"),
        ("125.50", "9999999999999.00", "amount"),
        ("125.50", "1.255e2", "amount"),
        ("KGS", "KG", "currency"),
        ("pp-1", "", "partnerPaymentId"),
        ("2026-11-24T10:00:00Z", "yesterday", "updatedAt"),
        (
            "2026-11-24T10:00:00Z",
            "2026-11-24 10:00:00+0600",
            "updatedAt",
        ),
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
        error.contains("line 3, column partnerPaymentId: is listed twice"),
        "{error}"
    );
}
