//! What a seed begins with: lines and their rules, operators, chats and whose they are.

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::hours::{ClockTime, Holiday, Hours, HoursRule, HoursSettings, Interval, Week};
use crate::id::{ChannelId, ChatKey, CustomerId, LineId, OperatorId};
use crate::limits::Limits;
use crate::line::{AnswerRule, ClosingRule, LineSettings, QueueMode, RatingScale, UnansweredRule};
use crate::operator::{Operator, Role, Status};
use crate::stories::simulator::chance::Chance;

const NAMES: [&str; 7] = ["anna", "boris", "clara", "dora", "emil", "fanny", "georg"];
const LINES: [&str; 3] = ["sales", "support", "night"];
const ZONES: [&str; 4] = ["Europe/Berlin", "Asia/Vladivostok", "America/New_York", "Pacific/Apia"];

/// What kind of days a seed tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mood {
    /// A bit of everything.
    Ordinary,
    /// Everybody is there and accepts, nobody is in haste.
    Calm,
    /// Too many customers, too few places.
    Rush,
    /// Operators who do not answer.
    Sleepy,
    /// Lines hear late of each other.
    Slow,
}

pub(super) struct Scene {
    pub(super) mood: Mood,
    pub(super) begins: Timestamp,
    pub(super) limits: Limits,
    pub(super) lines: Vec<(LineId, LineSettings)>,
    pub(super) operators: Vec<(Operator, bool)>,
    /// Each with its customer and its line.
    pub(super) chats: Vec<(ChatKey, CustomerId, LineId)>,
    pub(super) responsible: Vec<(CustomerId, OperatorId)>,
}

impl Scene {
    pub(super) fn draw(chance: &mut Chance) -> Self {
        use Mood::{Calm, Ordinary, Rush, Sleepy, Slow};
        let mood =
            chance.weighted(&[(50, Ordinary), (10, Calm), (20, Rush), (12, Sleepy), (8, Slow)]);
        let people = usize::try_from(chance.within(1..6)).unwrap_or(1);
        let operators: Vec<_> =
            NAMES.iter().take(people).map(|name| operator(name, mood, chance)).collect();
        let lines = usize::try_from(chance.weighted(&[(6, 1), (3, 2), (1, 3)])).unwrap_or(1);
        let lines: Vec<_> = LINES.iter().take(lines).collect();
        let lines: Vec<(LineId, LineSettings)> = lines
            .into_iter()
            .map(|name| (LineId::new(*name), settings(&operators, mood, chance)))
            .collect();
        let chats: Vec<_> = (0..chance.within(2..7))
            .map(|n| {
                let (line, _) = chance.one_of(&lines).clone();
                let channel = ChannelId::new(format!("of-{line}"));
                let key = ChatKey { channel, external: n.to_string().into() };
                // Some write in two chats.
                let customer = if n > 0 && chance.percent(25) { n - 1 } else { n };
                (key, CustomerId::new(format!("customer-{customer}")), line)
            })
            .collect();
        let mut responsible = Vec::new();
        for (_, customer, _) in &chats {
            if mood != Calm && chance.percent(15) {
                let (operator, _) = chance.one_of(&operators);
                responsible.push((customer.clone(), operator.id.clone()));
            }
        }
        let begins = date(2026, 3, 27).to_zoned(TimeZone::UTC).map(|day| day.timestamp());
        let begins = begins.unwrap_or_default();
        let begins = begins + SignedDuration::from_mins(chance.within(0..3 * 24 * 60));
        Self { mood, begins, limits: limits(mood, chance), lines, operators, chats, responsible }
    }
}

fn limits(mood: Mood, chance: &mut Chance) -> Limits {
    let usual = Limits::default();
    if mood == Mood::Calm {
        return Limits { open_offers: 1_000, ..usual };
    }
    let idle = *chance.one_of(&[900, 900, 120, 0]);
    Limits {
        place_idle: SignedDuration::from_secs(idle),
        open_offers: *chance.one_of(&[5, 5, 2, 1]),
        texts_per_hour: *chance.one_of(&[1, 1, 2]),
        texts_per_day: *chance.one_of(&[10, 2]),
        ..usual
    }
}

fn operator(name: &str, mood: Mood, chance: &mut Chance) -> (Operator, bool) {
    let calm = mood == Mood::Calm;
    let capacity = match mood {
        Mood::Calm => 0,
        Mood::Rush => *chance.one_of(&[1, 1, 2]),
        Mood::Ordinary | Mood::Sleepy | Mood::Slow => *chance.one_of(&[0, 1, 2, 5]),
    };
    let operator = Operator {
        id: OperatorId::new(name),
        name: name.to_owned(),
        role: Role::Operator,
        supervises: Vec::new(),
        capacity,
        status: if calm || chance.percent(85) { Status::Available } else { Status::Busy },
        status_reason: None,
        set_away: false,
        enabled: true,
    };
    (operator, calm || chance.percent(85))
}

fn settings(operators: &[(Operator, bool)], mood: Mood, chance: &mut Chance) -> LineSettings {
    let mut list: Vec<OperatorId> = operators.iter().map(|(who, _)| who.id.clone()).collect();
    if mood != Mood::Calm && list.len() > 1 && chance.percent(40) {
        let out = chance.index(list.len());
        list.remove(out);
    }
    if chance.percent(50) {
        list.reverse();
    }
    let zone: &&str = chance.one_of(&ZONES);
    let mut line = LineSettings::new("line", list, zone);
    for _ in 0..chance.within(4..14) {
        vary(&mut line, chance);
    }
    if mood == Mood::Calm {
        line.queue.mode = QueueMode::Evenly;
        line.queue.require_available = true;
        line.queue.known_operator_days = 0;
        line.answer.limit_seconds = 0;
        line.hours.enabled = false;
    }
    line.active = true;
    line
}

/// Changes one rule of a line.
pub(super) fn vary(line: &mut LineSettings, chance: &mut Chance) {
    use ClosingRule::{Nothing, Rating, Reply};
    let queue = &mut line.queue;
    match chance.within(0..22) {
        0 | 1 => {
            let modes = [QueueMode::Evenly, QueueMode::Strictly, QueueMode::All];
            queue.mode = *chance.one_of(&modes);
        }
        2 => queue.offer_timeout_seconds = *chance.one_of(&[60, 60, 90, 300]),
        3 => queue.require_available = chance.percent(75),
        4 => queue.known_operator_days = *chance.one_of(&[0, 1, 7]),
        5 | 6 => {
            let rules = [UnansweredRule::Reply, UnansweredRule::Requeue, UnansweredRule::Nothing];
            line.unanswered.rule = *chance.one_of(&rules);
        }
        7 => line.unanswered.after_seconds = *chance.one_of(&[0, 30, 90, 180, 3_600]),
        8 => line.unanswered.text_on_requeue = chance.percent(60),
        9 => line.answer.limit_seconds = *chance.one_of(&[0, 30, 120, 600]),
        10 => line.answer.rule = *chance.one_of(&[AnswerRule::Alert, AnswerRule::Requeue]),
        11 | 12 => vary_hours(&mut line.hours, chance),
        13 => line.welcome.enabled = chance.percent(60),
        14 => line.welcome.each_conversation = chance.percent(50),
        15 => line.closing.rule = *chance.one_of(&[Reply, Rating, Nothing]),
        16 => line.closing.reopen_window_seconds = *chance.one_of(&[0, 60, 600, 3_600]),
        17 => line.auto_close.after_seconds = *chance.one_of(&[0, 60, 300, 3_600]),
        18 => line.auto_close.rule = *chance.one_of(&[Reply, Rating, Nothing]),
        19 => {
            line.rating.scale = *chance.one_of(&[RatingScale::Like, RatingScale::Stars]);
            line.rating.time_limit_seconds = *chance.one_of(&[60, 300, 86_400]);
        }
        20 => line.consent.enabled = chance.percent(50),
        _ => {
            line.topics = vec!["money".to_owned(), "love".to_owned()];
            line.topic_required = chance.percent(20);
        }
    }
}

fn vary_hours(hours: &mut HoursSettings, chance: &mut Chance) {
    hours.enabled = chance.percent(70);
    hours.rule = *chance.one_of(&[HoursRule::Reply, HoursRule::Reply, HoursRule::Nothing]);
    (*chance.one_of(&ZONES)).clone_into(&mut hours.timezone);
    let day = match chance.within(0..5) {
        0 => vec![interval((9, 0), (18, 0))],
        1 => vec![interval((9, 0), (12, 30)), interval((13, 0), (17, 0))],
        2 => vec![interval((22, 0), (6, 0))],
        3 => vec![interval((0, 0), (24, 0))],
        _ => vec![interval((10, 0), (10, 5)), interval((10, 6), (11, 0))],
    };
    hours.week = every_day(&day);
    if chance.percent(40) {
        hours.week.sunday.clear();
    }
    if chance.percent(20) {
        let on = |day| -> Date { date(2026, 3, day) };
        let shut = Holiday {
            from: on(28),
            to: on(29),
            yearly: false,
            intervals: Vec::new(),
            name: String::new(),
            imported: false,
        };
        hours.holidays = vec![shut];
    }
}

fn every_day(day: &[Interval]) -> Week {
    Week {
        monday: day.to_vec(),
        tuesday: day.to_vec(),
        wednesday: day.to_vec(),
        thursday: day.to_vec(),
        friday: day.to_vec(),
        saturday: day.to_vec(),
        sunday: day.to_vec(),
    }
}

fn interval(from: (u16, u16), to: (u16, u16)) -> Interval {
    let time = |(hour, minute)| ClockTime::new(hour, minute).expect("a time of a day");
    Interval { from: time(from), to: time(to) }
}

pub(super) fn hours_of(settings: &LineSettings) -> Hours {
    let zone = TimeZone::get(&settings.hours.timezone).expect("a zone of the scene");
    Hours::new(&settings.hours, zone)
}
