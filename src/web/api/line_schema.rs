//! Forms of a line's settings for the `OpenAPI` document, each with what is allowed in it; the tests
//! below keep these forms and the domain's the same.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Makes two forms of a group of settings: whole, and as it is given for a new line, where whatever
/// is left out is the default.
macro_rules! group {
    (
        $(#[doc = $doc:literal])*
        $whole:ident, $part:ident {
            $($(#[doc = $field_doc:literal])* $field:ident: $kind:ty => $part_kind:ty,)*
        }
    ) => {
        $(#[doc = $doc])*
        #[derive(Debug, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $whole {
            $($(#[doc = $field_doc])* pub $field: $kind,)*
        }

        #[doc = concat!("As `", stringify!($whole), "`; what is left out is the default.")]
        #[derive(Debug, Serialize, Deserialize, ToSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $part {
            $(
                $(#[doc = $field_doc])*
                #[schema(required = false)]
                pub $field: $part_kind,
            )*
        }
    };
}

group! {
    /// The settings of a line.
    LineSettings, NewLineSettings {
        /// 1..100 characters; shown to operators, never to customers.
        name: String => String,
        /// An inactive line stores messages and does not route them.
        active: bool => bool,
        language: Language => Language,
        queue: QueueSettings => NewQueueSettings,
        unanswered: UnansweredSettings => NewUnansweredSettings,
        answer: AnswerSettings => NewAnswerSettings,
        hours: HoursSettings => NewHoursSettings,
        welcome: WelcomeSettings => NewWelcomeSettings,
        closing: ClosingSettings => NewClosingSettings,
        auto_close: AutoCloseSettings => NewAutoCloseSettings,
        rating: RatingSettings => NewRatingSettings,
        crm: CrmSettings => NewCrmSettings,
        consent: ConsentSettings => NewConsentSettings,
        /// What a conversation may be about: at most 100, each once, each 1..100 characters.
        topics: Vec<String> => Vec<String>,
        /// Nobody finishes without having chosen a topic; only with topics to choose from.
        topic_required: bool => bool,
        operator_shown_as: ShownAs => ShownAs,
        /// For `operator_shown_as` `persona`: at most 1000, each operator once.
        personas: Vec<Persona> => Vec<Persona>,
        retention: RetentionSettings => NewRetentionSettings,
    }
}

group! {
    /// Who is asked, and how.
    QueueSettings, NewQueueSettings {
        mode: QueueMode => QueueMode,
        /// Ids in the order in which `strictly` offers; at most 1000, each once.
        operators: Vec<String> => Vec<String>,
        /// 60..1800, unless the configuration says otherwise.
        offer_timeout_seconds: u32 => u32,
        /// Offer only to operators who are available.
        require_available: bool => bool,
        /// 0..365: for so many days an operator whom a customer knows is asked first; 0: never.
        known_operator_days: u32 => u32,
    }
}

group! {
    /// What happens when nobody answers.
    UnansweredSettings, NewUnansweredSettings {
        rule: UnansweredRule => UnansweredRule,
        /// 0: at the end of the round; else 30..86400.
        after_seconds: u32 => u32,
        /// Whether `requeue` sends the text too.
        text_on_requeue: bool => bool,
        /// 1..2000 characters; null: the default text in the line's language.
        text: Option<String> => Option<String>,
    }
}

group! {
    /// How long a customer may wait for an answer of whoever has his conversation.
    AnswerSettings, NewAnswerSettings {
        /// 0: for ever; else 30..86400 of open hours.
        limit_seconds: u32 => u32,
        rule: AnswerRule => AnswerRule,
    }
}

group! {
    /// When the line is open.
    HoursSettings, NewHoursSettings {
        /// False: round the clock.
        enabled: bool => bool,
        /// IANA name, one of `timezones` of `/api/v1/line-defaults`.
        timezone: String => String,
        week: Week => NewWeek,
        /// At most 1000.
        holidays: Vec<Holiday> => Vec<Holiday>,
        rule: HoursRule => HoursRule,
        /// 1..2000 characters, may have `{opens_at}`; null: the default text in the line's language.
        text: Option<String> => Option<String>,
        /// Another line whose time zone, week and holidays are used instead of these; it has its
        /// own. Null: these.
        calendar_of: Option<String> => Option<String>,
    }
}

group! {
    /// The intervals that begin on each weekday: at most 8 a day that do not overlap; none: closed.
    Week, NewWeek {
        monday: Vec<Interval> => Vec<Interval>,
        tuesday: Vec<Interval> => Vec<Interval>,
        wednesday: Vec<Interval> => Vec<Interval>,
        thursday: Vec<Interval> => Vec<Interval>,
        friday: Vec<Interval> => Vec<Interval>,
        saturday: Vec<Interval> => Vec<Interval>,
        sunday: Vec<Interval> => Vec<Interval>,
    }
}

group! {
    /// The greeting.
    WelcomeSettings, NewWelcomeSettings {
        enabled: bool => bool,
        /// 1..2000 characters; null: the default text in the line's language.
        text: Option<String> => Option<String>,
        /// After the first message of each conversation; false: after the customer's first ever.
        each_conversation: bool => bool,
    }
}

group! {
    /// What the customer gets when an operator finishes.
    ClosingSettings, NewClosingSettings {
        rule: ClosingRule => ClosingRule,
        /// 1..2000 characters; null: the default text in the line's language.
        text: Option<String> => Option<String>,
        /// 0..86400: a message within it reopens the conversation with the same operator.
        reopen_window_seconds: u32 => u32,
    }
}

group! {
    /// What happens when the customer is silent.
    AutoCloseSettings, NewAutoCloseSettings {
        /// 0: never; else 60..2678400 after an operator's message.
        after_seconds: u32 => u32,
        rule: ClosingRule => ClosingRule,
        /// 1..2000 characters; null: the default text in the line's language.
        text: Option<String> => Option<String>,
    }
}

group! {
    /// How a customer rates.
    RatingSettings, NewRatingSettings {
        scale: RatingScale => RatingScale,
        /// 60..2678400: how long after the request.
        time_limit_seconds: u32 => u32,
    }
}

group! {
    /// What is looked up and made of customers.
    CrmSettings, NewCrmSettings {
        /// Look the customer up.
        check: bool => bool,
        /// A known customer is offered to his responsible first, even outside the queue.
        forward_to_responsible: bool => bool,
        create: LeadRule => LeadRule,
        /// A manual transfer also moves the responsibility for the lead.
        transfer_changes_responsible: bool => bool,
        /// Contacts that a customer typed are added to his own card, as claimed.
        track_contacts: bool => bool,
    }
}

group! {
    /// What the customer agrees to before he is answered.
    ConsentSettings, NewConsentSettings {
        enabled: bool => bool,
        /// 1..2000 characters; null: the default text in the line's language.
        text: Option<String> => Option<String>,
    }
}

group! {
    /// How long closed conversations are kept.
    RetentionSettings, NewRetentionSettings {
        /// 0: for ever; else up to 3650: after so many days they are deleted, with their files.
        days: u32 => u32,
    }
}

/// Of the default texts.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Language {
    En,
    Ru,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum QueueMode {
    /// Everybody receives the same number.
    Evenly,
    /// The first eligible from the head of the list.
    Strictly,
    /// Everybody eligible at once; the first accept wins.
    All,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum UnansweredRule {
    /// The text to the customer; the conversation is in the unanswered list.
    Reply,
    /// A new round, again and again.
    Requeue,
    /// The unanswered list, without a text.
    Nothing,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerRule {
    /// The operator and the supervisors see and hear it.
    Alert,
    /// An operator who has not written a word loses the conversation; another one is alerted.
    Requeue,
}

/// What a message outside the hours gets.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum HoursRule {
    /// The text, once per closed period and conversation.
    Reply,
    Nothing,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Interval {
    /// `HH:MM`, 00:00..23:59.
    pub from: String,
    /// `HH:MM`, 00:00..24:00: the first minute that is closed. Not after `from`: on the next day.
    pub to: String,
}

/// Days with hours of their own. The one-off goes before the yearly, the shorter before the longer,
/// what was entered by hand before the imported.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Holiday {
    /// `YYYY-MM-DD`, of the years 1970..9998.
    pub from: String,
    /// The last day of it.
    pub to: String,
    /// Every year from that day to that day; the years written do not count.
    pub yearly: bool,
    /// None: closed.
    pub intervals: Vec<Interval>,
    /// At most 100 characters.
    pub name: String,
    /// From a calendar file.
    pub imported: bool,
}

/// What the customer gets at the end.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosingRule {
    Reply,
    /// The text and the request to rate.
    Rating,
    Nothing,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum RatingScale {
    /// 1 good, 0 bad.
    Like,
    /// 1..5.
    Stars,
}

/// What is made of an unknown customer.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum LeadRule {
    /// A lead by itself, if he can be reached again.
    Auto,
    /// A lead at the push of a button.
    Manual,
    None,
}

/// What customers see of whoever answers them.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ShownAs {
    /// His own name.
    Name,
    /// A name and a picture of this line's own.
    Persona,
    /// The company's name.
    Hidden,
}

/// How an operator is shown to the customers of a line.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Persona {
    pub operator: String,
    /// 1..100 characters.
    pub name: String,
    /// An https address of at most 2000 bytes; null: none.
    pub picture: Option<String>,
}

/// The default texts by language.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DefaultTexts {
    pub en: TextsByKind,
    pub ru: TextsByKind,
}

#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TextsByKind {
    pub welcome: String,
    pub consent: String,
    /// May have `{opens_at}` beside `{operator}`, `{company}` and `{customer}`.
    pub off_hours: String,
    pub unanswered: String,
    pub closing: String,
    pub auto_close: String,
    pub rate_like: String,
    pub rate_stars: String,
}

#[cfg(test)]
mod tests {
    use domain::hours::{Holiday as DomainHoliday, HoursRule as Hours, Week as DomainWeek};
    use domain::id::{LineId, OperatorId};
    use domain::{line, texts};

    use super::*;
    use crate::web::api::schema::tests::same;

    /// Settings in which nothing is left out.
    fn full() -> line::LineSettings {
        let anna = OperatorId::new("anna");
        let mut settings = line::LineSettings::new("Support", vec![anna.clone()], "Europe/Berlin");
        let text = || Some("text".to_owned());
        let day = jiff::civil::date(2026, 12, 25);
        settings.unanswered.text = text();
        settings.hours.text = text();
        settings.hours.calendar_of = Some(LineId::new("sales"));
        settings.hours.holidays = vec![DomainHoliday {
            from: day,
            to: day,
            yearly: true,
            intervals: DomainWeek::working().monday,
            name: "Christmas".to_owned(),
            imported: false,
        }];
        settings.welcome.text = text();
        settings.closing.text = text();
        settings.auto_close.text = text();
        settings.consent.text = text();
        settings.topics = vec!["Delivery".to_owned()];
        let picture = Some("https://example.com/anna.png".to_owned());
        settings.personas = vec![line::Persona { operator: anna, name: "Ann".to_owned(), picture }];
        settings
    }

    #[test]
    fn lines_are_as_documented() {
        same::<_, LineSettings>(&full());
        same::<_, NewLineSettings>(&full());
        same::<_, LineSettings>(&line::LineSettings::new("Support", Vec::new(), "UTC"));
    }

    #[test]
    fn every_choice_is_documented() {
        use line::{AnswerRule as A, ClosingRule as C, LeadRule as L, QueueMode as Q};
        use line::{RatingScale as R, ShownAs as S, UnansweredRule as U};
        [Q::Evenly, Q::Strictly, Q::All].iter().for_each(same::<_, QueueMode>);
        [U::Reply, U::Requeue, U::Nothing].iter().for_each(same::<_, UnansweredRule>);
        [A::Alert, A::Requeue].iter().for_each(same::<_, AnswerRule>);
        [Hours::Reply, Hours::Nothing].iter().for_each(same::<_, HoursRule>);
        [C::Reply, C::Rating, C::Nothing].iter().for_each(same::<_, ClosingRule>);
        [R::Like, R::Stars].iter().for_each(same::<_, RatingScale>);
        [L::Auto, L::Manual, L::None].iter().for_each(same::<_, LeadRule>);
        [S::Name, S::Persona, S::Hidden].iter().for_each(same::<_, ShownAs>);
        [texts::Language::En, texts::Language::Ru].iter().for_each(same::<_, Language>);
    }

    #[test]
    fn every_kind_of_text_has_its_default() {
        for language in [texts::Language::En, texts::Language::Ru] {
            let of = |kind: texts::Kind| (kind.name(), texts::default(kind, language));
            let all: std::collections::BTreeMap<_, _> = texts::Kind::ALL.map(of).into();
            same::<_, TextsByKind>(&all);
            for kind in texts::Kind::ALL {
                assert_eq!(serde_json::to_value(kind).expect("json"), kind.name());
            }
        }
    }
}
