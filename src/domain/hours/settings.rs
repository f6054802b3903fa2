//! What an administrator sets of a line's hours, and what is allowed in it.

use serde::{Deserialize, Serialize};

use crate::hours::holiday::Holiday;
use crate::hours::week::{INTERVALS_ALLOWED, Week, may_be_of_a_day};
use crate::id::LineId;
use crate::line::FieldProblem;

pub const HOLIDAYS_MAX: usize = 1_000;

/// The settings `hours.*` of a line. Field names are those of the API.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HoursSettings {
    /// False: open round the clock.
    pub enabled: bool,
    /// IANA name.
    pub timezone: String,
    pub week: Week,
    pub holidays: Vec<Holiday>,
    pub rule: HoursRule,
    /// None: the default text in the line's language.
    pub text: Option<String>,
    /// A line whose time zone, week and holidays are used instead of these. Its own `calendar_of`
    /// is not followed.
    pub calendar_of: Option<LineId>,
}

/// What a customer gets who writes outside the hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoursRule {
    /// The text, once per closed period and conversation.
    Reply,
    Nothing,
}

impl HoursSettings {
    /// The hours of a new line: none, with a working week ready to be switched on.
    pub fn new(timezone: &str) -> Self {
        Self {
            enabled: false,
            timezone: timezone.to_owned(),
            week: Week::working(),
            holidays: Vec::new(),
            rule: HoursRule::Reply,
            text: None,
            calendar_of: None,
        }
    }

    /// The same with the calendar of another line. What is done outside the hours, and whether
    /// there are hours at all, stays this line's own.
    #[must_use]
    pub fn with_calendar(&self, of: &Self) -> Self {
        Self {
            timezone: of.timezone.clone(),
            week: of.week.clone(),
            holidays: of.holidays.clone(),
            ..self.clone()
        }
    }

    /// Every field of the calendar that is out of bounds, with what is allowed. Whether there are
    /// such a time zone and such a line is for those to check who know; the text is checked with the
    /// line's other texts.
    pub fn problems(&self) -> Vec<FieldProblem> {
        let mut problems = Vec::new();
        let mut check = |ok: bool, field: &'static str, allowed: &str| {
            if !ok {
                problems.push(FieldProblem { field, allowed: allowed.to_owned() });
            }
        };
        let Week { monday, tuesday, wednesday, thursday, friday, saturday, sunday } = &self.week;
        for (field, intervals) in [
            ("hours.week.monday", monday),
            ("hours.week.tuesday", tuesday),
            ("hours.week.wednesday", wednesday),
            ("hours.week.thursday", thursday),
            ("hours.week.friday", friday),
            ("hours.week.saturday", saturday),
            ("hours.week.sunday", sunday),
        ] {
            check(may_be_of_a_day(intervals), field, INTERVALS_ALLOWED);
        }
        let count = self.holidays.len();
        check(count <= HOLIDAYS_MAX, "hours.holidays", "at most 1000");
        // One is enough to go on with; a spoilt list of a thousand would tell a thousand.
        let first =
            (1..).zip(&self.holidays).find_map(|(n, holiday)| Some((n, holiday.problem()?)));
        if let Some((number, allowed)) = first {
            check(false, "hours.holidays", &format!("number {number}: {allowed}"));
        }
        problems
    }
}
