//! Calendar files at the edge: shown to administrators as what they would come to, and not stored.

use serde_json::json;

use crate::site::Company;

const PREVIEW: &str = "/api/v1/calendar/preview";

#[actix_web::test]
async fn a_calendar_file_is_shown_and_nothing_is_stored() {
    let company = Company::opens().await;
    let ics = "BEGIN:VCALENDAR\r\n\
        BEGIN:VEVENT\r\nDTSTART:29990501\r\nSUMMARY:Labour Day\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nDTSTART:29990502T080000Z\r\nDURATION:PT4H\r\nEND:VEVENT\r\n\
        BEGIN:VEVENT\r\nDTSTART:20010501\r\nSUMMARY:Long ago\r\nEND:VEVENT\r\n\
        END:VCALENDAR\r\n";
    let shown = json!({
        "holidays": [
            {
                "from": "2999-05-01", "to": "2999-05-01", "yearly": false, "intervals": [],
                "name": "Labour Day", "imported": true,
            },
            {
                "from": "2999-05-02", "to": "2999-05-02", "yearly": false,
                "intervals": [{ "from": "17:00", "to": "21:00" }], "name": "", "imported": true,
            },
        ],
        "skipped": [{ "name": "Long ago", "why": "past" }],
    });
    let body = json!({ "timezone": "Asia/Tokyo", "ics": ics });
    company
        .is_not_harmed_by(async || {
            assert_eq!(company.chief.does("POST", PREVIEW, &body).await, shown);
            let answer = company.anna.page.send("POST", PREVIEW, &body.to_string()).await;
            answer.is_refused(403, "forbidden");
        })
        .await;
}

#[actix_web::test]
async fn what_is_no_calendar_or_no_zone_is_refused() {
    let company = Company::opens().await;
    let empty = "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n";
    let event = "BEGIN:VEVENT\r\nDTSTART:29990501\r\nEND:VEVENT\r\n".repeat(1_001);
    let many = format!("BEGIN:VCALENDAR\r\n{event}END:VCALENDAR\r\n");
    for (zone, ics, field) in [
        ("Middle-earth", empty, "timezone"),
        ("../../etc/passwd", empty, "timezone"),
        ("Europe/Berlin", "hello", "ics"),
        ("Europe/Berlin", &many, "ics"),
    ] {
        let body = json!({ "timezone": zone, "ics": ics }).to_string();
        let answer = company.chief.send("POST", PREVIEW, &body).await;
        answer.is_refused(422, "invalid_fields");
        assert_eq!(answer.json()["error"]["fields"][0]["field"], field, "{zone}");
    }
    let large = json!({ "timezone": "Europe/Berlin", "ics": " ".repeat(256 * 1024) }).to_string();
    company.chief.send("POST", PREVIEW, &large).await.is_refused(413, "too_large");
}
