//! A time of the wall clock, to the minute.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A time from 00:00 to 24:00; as text always `HH:MM`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ClockTime {
    minutes: u16,
}

/// A text that is no time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoClockTime;

impl ClockTime {
    /// The end of a day, which as a moment is the midnight of the next one.
    pub const DAYS_END: Self = Self { minutes: 24 * 60 };

    /// None past 24:00, and for minutes past 59.
    pub const fn new(hour: u16, minute: u16) -> Option<Self> {
        if hour < 24 && minute < 60 || hour == 24 && minute == 0 {
            Some(Self { minutes: hour * 60 + minute })
        } else {
            None
        }
    }

    /// Minutes that the clock has gone on since 00:00.
    pub const fn minutes(self) -> u16 {
        self.minutes
    }
}

impl fmt::Display for ClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }
}

impl FromStr for ClockTime {
    type Err = NoClockTime;

    fn from_str(text: &str) -> Result<Self, NoClockTime> {
        let two_digits = |text: &str| {
            let digits = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            digits.then(|| text.parse().ok()).flatten()
        };
        let (hour, minute) = text.split_once(':').ok_or(NoClockTime)?;
        let time = two_digits(hour).zip(two_digits(minute));
        time.and_then(|(hour, minute)| Self::new(hour, minute)).ok_or(NoClockTime)
    }
}

impl fmt::Display for NoClockTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected a time as HH:MM, from 00:00 to 24:00")
    }
}

impl std::error::Error for NoClockTime {}

impl From<ClockTime> for String {
    fn from(time: ClockTime) -> Self {
        time.to_string()
    }
}

impl TryFrom<String> for ClockTime {
    type Error = NoClockTime;

    fn try_from(text: String) -> Result<Self, NoClockTime> {
        text.parse()
    }
}
