//! What happens in a seed: customers write, operators do what operators do, time goes by. Every
//! call is first told to the book, then carried out, then judged.

mod commands;

use jiff::{SignedDuration, Timestamp};

use crate::chat::CustomerMessage;
use crate::id::{ChatKey, ConversationId, CustomerId, LineId, OfferId, OperatorId};
use crate::line::LineSettings;
use crate::operator::{Operator, Status};
use crate::stories::simulator::book::Book;
use crate::stories::simulator::chance::Chance;
use crate::stories::simulator::scene::{self, Mood, Scene};
use crate::stories::simulator::words;
use crate::world::World;

/// Deadlines that one call lets pass at most; time stands where the last one was.
const DEADLINES_MAX: u32 = 40;
/// Offers that are remembered to be answered when they are over.
const REMEMBERED_MAX: usize = 12;

pub(super) struct Play {
    chance: Chance,
    mood: Mood,
    world: World,
    book: Book,
    lines: Vec<(LineId, LineSettings)>,
    operators: Vec<OperatorId>,
    chats: Vec<(ChatKey, CustomerId)>,
    /// Offers that were made once.
    remembered: Vec<(ConversationId, OperatorId, OfferId)>,
    messages: u32,
    aloud: bool,
}

#[derive(Clone, Copy)]
enum Act {
    Writes,
    Burst,
    Answers,
    AnswersLate,
    Works,
    Takes,
    ComesOrGoes,
    RulesChange,
    CardChanges,
    PicksUp,
    TimePasses,
    Outage,
    Restart,
    News,
}

impl Play {
    pub(super) fn of(seed: u64, aloud: bool) -> Self {
        let mut chance = Chance::of(seed);
        let scene = Scene::draw(&mut chance);
        let mut play = Self {
            chance,
            mood: scene.mood,
            world: World::new(scene.limits, "Acme", scene.begins),
            book: Book::new(scene.limits, scene.begins),
            lines: Vec::new(),
            operators: Vec::new(),
            chats: Vec::new(),
            remembered: Vec::new(),
            messages: 0,
            aloud,
        };
        play.say(&format!("seed {seed}: {:?} days", scene.mood));
        play.enter(scene);
        play
    }

    fn enter(&mut self, scene: Scene) {
        for (operator, present) in scene.operators {
            self.operators.push(operator.id.clone());
            self.stand(operator, present);
        }
        for (line, settings) in scene.lines {
            self.say(&format!("{line} is a line: {settings:?}"));
            let hours = scene::hours_of(&settings);
            self.book.add_line(&line, settings.clone(), hours.clone());
            self.world.add_line(&line, settings.clone(), hours);
            self.lines.push((line, settings));
            self.judge();
        }
        for (chat, customer, line) in scene.chats {
            self.book.add_chat(&chat, &customer, &line);
            self.world.add_channel(chat.channel.clone(), &line);
            self.world.chat_belongs_to(&chat, customer.clone());
            self.chats.push((chat, customer));
        }
        for (customer, operator) in scene.responsible {
            self.has_responsible(&customer, Some(operator));
        }
        if self.mood == Mood::Slow {
            self.news(true);
        }
    }

    pub(super) fn act(&mut self) {
        let act = match self.mood {
            Mood::Calm => self.chance.weighted(&[
                (30, Act::Writes),
                (40, Act::Answers),
                (15, Act::Works),
                (15, Act::TimePasses),
            ]),
            Mood::Ordinary | Mood::Rush | Mood::Sleepy | Mood::Slow => self.chance.weighted(&[
                (22, Act::Writes),
                (3, Act::Burst),
                (if self.mood == Mood::Sleepy { 4 } else { 16 }, Act::Answers),
                (3, Act::AnswersLate),
                (17, Act::Works),
                (3, Act::Takes),
                (7, Act::ComesOrGoes),
                (3, Act::RulesChange),
                (1, Act::CardChanges),
                (2, Act::PicksUp),
                (24, Act::TimePasses),
                (2, Act::Outage),
                (1, Act::Restart),
                (u32::from(self.mood == Mood::Slow) * 4, Act::News),
            ]),
        };
        match act {
            Act::Writes => self.somebody_writes(),
            Act::Burst => (0..4).for_each(|_| self.somebody_writes()),
            Act::Answers => self.somebody_answers(),
            Act::AnswersLate => self.somebody_answers_late(),
            Act::Works => self.somebody_works(),
            Act::Takes => self.somebody_takes(),
            Act::ComesOrGoes => self.somebody_comes_or_goes(),
            Act::RulesChange => self.rules_change(),
            Act::CardChanges => self.a_card_changes(),
            Act::PicksUp => self.somebody_picks_up(),
            Act::TimePasses => self.time_passes(),
            Act::Outage => self.nothing_runs_for_a_while(),
            Act::Restart => self.starts_anew(),
            Act::News => {
                let waits = self.chance.percent(70);
                self.news(waits);
            }
        }
    }

    /// What has happened, in the words of the history.
    pub(super) fn seen(self) -> Vec<String> {
        self.book.seen()
    }

    fn somebody_writes(&mut self) {
        let (chat, customer) = self.chance.one_of(&self.chats).clone();
        self.messages += 1;
        let text = self.chance.weighted(&[(80, "hello"), (8, "1"), (4, "0"), (4, "4"), (4, "1 ?")]);
        let rating = self.chance.percent(3).then_some(1);
        let message = CustomerMessage {
            external_id: Some(self.messages.to_string().into()),
            text: text.to_owned(),
            automatic: self.mood != Mood::Calm && self.chance.percent(4),
            rating,
            ..CustomerMessage::default()
        };
        let automatic = if message.automatic { "a machine" } else { "" };
        self.say(&format!("{customer} writes {text:?} {automatic}{rating:?} in {chat}"));
        self.book.begins_in(&chat);
        let target = self.world.customer_writes(&chat, message);
        assert!(target.is_some(), "I11: a message is lost");
        self.judge();
    }

    fn somebody_comes_or_goes(&mut self) {
        let id = self.chance.one_of(&self.operators).clone();
        let Some((operator, present)) = self.world.operator(&id) else { return };
        let (mut operator, mut present) = (operator.clone(), present);
        match self.chance.within(0..20) {
            0..3 => present = false,
            3..8 => present = true,
            8..10 => operator.status = Status::Away,
            10..12 => operator.status = Status::Busy,
            12..16 => operator.status = Status::Available,
            16 => operator.enabled = false,
            17 => operator.enabled = true,
            _ => operator.capacity = *self.chance.one_of(&[0, 1, 2, 3]),
        }
        operator.set_away &= operator.status == Status::Away;
        self.stand(operator, present);
    }

    fn stand(&mut self, operator: Operator, present: bool) {
        let Operator { id, status, enabled, capacity, .. } = &operator;
        self.say(&format!("{id} is {status:?}, {present}, {enabled}, of {capacity}"));
        self.book.operator_changes(&operator, present);
        self.world.operator_changes(operator, present);
        self.judge();
    }

    fn rules_change(&mut self) {
        let index = self.chance.index(self.lines.len());
        let (line, mut settings) = self.lines[index].clone();
        match self.chance.within(0..10) {
            0..2 => settings.active = !settings.active,
            2 => self.somebody_joins_or_leaves(&mut settings),
            _ => scene::vary(&mut settings, &mut self.chance),
        }
        self.say(&format!("{line} has other rules: {settings:?}"));
        self.lines[index].1 = settings.clone();
        let hours = scene::hours_of(&settings);
        self.book.settings_change(&line, settings.clone(), hours.clone());
        self.world.settings_change(&line, settings, hours);
        self.judge();
    }

    fn somebody_joins_or_leaves(&mut self, settings: &mut LineSettings) {
        let who = self.chance.one_of(&self.operators).clone();
        let list = &mut settings.queue.operators;
        match list.iter().position(|listed| *listed == who) {
            Some(place) => drop(list.remove(place)),
            None => list.push(who),
        }
    }

    fn a_card_changes(&mut self) {
        let (_, customer) = self.chance.one_of(&self.chats).clone();
        match self.chance.within(0..4) {
            0 => self.blocked(&customer, true),
            1 => self.blocked(&customer, false),
            2 => self.has_responsible(&customer, None),
            _ => {
                let operator = self.chance.one_of(&self.operators).clone();
                self.has_responsible(&customer, Some(operator));
            }
        }
    }

    fn blocked(&mut self, customer: &CustomerId, blocked: bool) {
        self.say(&format!("{customer} is blocked: {blocked}"));
        self.book.block(customer, blocked);
        self.world.block_customer(customer, blocked);
    }

    fn has_responsible(&mut self, customer: &CustomerId, operator: Option<OperatorId>) {
        self.say(&format!("{customer} is {operator:?}'s"));
        self.book.customer(customer, operator.clone());
        self.world.customer_has_responsible(customer, operator);
    }

    fn somebody_picks_up(&mut self) {
        let (chat, _) = self.chance.one_of(&self.chats).clone();
        let Some(operator) = self.somebody_here() else { return };
        self.say(&format!("{operator} picks {chat} up"));
        self.book.begins_in(&chat);
        self.world.pick_up(&chat, &operator);
        self.judge();
    }

    fn time_passes(&mut self) {
        let next = self.world.next_deadline().map(|at| at.duration_since(self.world.now()));
        let second = SignedDuration::from_secs(1);
        let span = match self.chance.within(0..20) {
            0..9 => SignedDuration::from_secs(self.chance.within(0..90)),
            9..14 => next.unwrap_or(second),
            14 => next.map_or(second, |next| (next - second).max(SignedDuration::ZERO)),
            15 => SignedDuration::from_mins(self.chance.within(1..60)),
            16 => SignedDuration::from_mins(self.chance.within(60..300)),
            17 => SignedDuration::from_hours(self.chance.within(6..48)),
            _ => SignedDuration::from_secs(self.chance.within(60..900)),
        };
        self.pass_until(self.world.now() + span.max(SignedDuration::ZERO));
    }

    /// From deadline to deadline, so that each is judged.
    fn pass_until(&mut self, end: Timestamp) {
        for _ in 0..DEADLINES_MAX {
            let Some(next) = self.world.next_deadline().filter(|next| *next <= end) else {
                self.say(&format!("it is {end}"));
                return self.advance_to(end);
            };
            self.say(&format!("it is {}", next.max(self.world.now())));
            self.advance_to(next.max(self.world.now()));
        }
    }

    fn advance_to(&mut self, to: Timestamp) {
        self.world.advance_to(to);
        self.tell();
        self.book.time_is(to);
        self.book.nothing_is_overdue(&self.world);
        self.book.check(&self.world);
    }

    /// Nothing runs; then something comes in before what is overdue, or not.
    fn nothing_runs_for_a_while(&mut self) {
        let span = SignedDuration::from_secs(self.chance.within(1..7_200));
        let until = self.world.now() + span;
        self.say(&format!("nothing runs until {until}"));
        self.world.stand_still_until(until);
        self.book.time_is(until);
        // Any call: lines that have opened or closed know it before anything comes in.
        self.world.hold_news_back(self.book.news_waits);
        self.tell();
        match self.chance.within(0..6) {
            0 => self.somebody_writes(),
            1 => self.somebody_answers(),
            2 => self.somebody_works(),
            3 => self.somebody_comes_or_goes(),
            4 => self.starts_anew(),
            _ => {}
        }
        self.pass_until(until);
    }

    fn starts_anew(&mut self) {
        self.say("the program starts anew");
        self.world.restart();
        self.book.news_waits = false;
        self.judge();
        if self.mood == Mood::Slow {
            self.news(true);
        }
    }

    fn news(&mut self, waits: bool) {
        self.say(&format!("news of other lines wait: {waits}"));
        self.book.news_waits = waits;
        self.world.hold_news_back(waits);
        self.judge();
    }

    /// Takes what has happened into the book and looks at what must be true now.
    fn judge(&mut self) {
        self.tell();
        self.book.check(&self.world);
    }

    fn tell(&mut self) {
        let happened = self.world.take_happened();
        if self.aloud {
            words::tell(&happened);
        }
        self.book.take(&happened);
        self.remember();
    }

    fn remember(&mut self) {
        for conversation in self.world.conversations() {
            for offer in conversation.row().offers {
                let made = (conversation.id.clone(), offer.operator, offer.offer);
                if !self.remembered.contains(&made) {
                    self.remembered.push(made);
                }
            }
        }
        let many = self.remembered.len().saturating_sub(REMEMBERED_MAX);
        self.remembered.drain(..many);
    }

    fn say(&self, what: &str) {
        if self.aloud {
            println!("-- {what}");
        }
    }

    /// Somebody with a session who may do things.
    fn somebody_here(&mut self) -> Option<OperatorId> {
        let here = self.operators.iter().filter(|id| {
            let known = self.world.operator(id);
            known.is_some_and(|(operator, present)| operator.enabled && present)
        });
        let here: Vec<OperatorId> = here.cloned().collect();
        self.chance.any_of(here)
    }
}
