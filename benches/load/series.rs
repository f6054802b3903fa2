//! What is measured of one store, and what it came to.

use std::str::FromStr;
use std::thread;
use std::time::Duration;

use serde_json::json;
use switchboard::clock;

use crate::backlog::{self, Backlog};
use crate::fanout::{self, Fanout};
use crate::floor;
use crate::furnish::{OFFERS, OPERATORS};
use crate::ground::Ground;
use crate::hub::{Hubs, Stage, StoreKind};
use crate::ladder::{Ladder, undisturbed};
use crate::pacer::{Load, Run, Work};
use crate::report::{Rung, limit, redis_full_at};
use crate::sockets::{self, CONSOLES_MAX, Crowd};
use crate::stalled::{self, Stalled};
use crate::targets::{WITH_MANY_CHATS, WITH_MANY_LINES, WITH_TWO_NODES};

/// Conversations that talk, unless it is about more of them.
const CHATS: usize = 200;
/// Ten times as many.
const MANY_CHATS: usize = CHATS * 10;
const MANY_LINES: u16 = 64;
/// On pages of a site: as many as it takes, none of whom may write more than ten messages a second.
const VISITORS: usize = 1_000;
/// Over so many the highest rate is looked for too: the commits of one line come one after another and
/// carry many messages each, those of several are smaller and overlap.
pub(crate) const SEVERAL_LINES: u16 = 8;
const WARM_UP: Load = Load { rate: 500, seconds: 2 };
/// Longest that lists may need to catch up, and how often they are looked at.
const LISTS_PATIENCE: Duration = Duration::from_secs(30);
const LISTS_STEP: Duration = Duration::from_millis(10);
/// Where operators stand for a whole company: so many lie before each while 5,000 conversations a
/// second take a tenth of a second to be accepted.
const OFFERS_OF_MANY: usize = 5_000 / 10 / OPERATORS;
/// At which latency is measured wherever the maximum is.
const STEADY_RATE: u32 = 2_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Extent {
    /// Whether it works, and a first figure.
    Quick,
    /// All series, in under ten minutes.
    Standard,
    /// All series with long steps and as many consoles as there may be.
    Full,
}

impl Extent {
    fn seconds(self) -> u32 {
        match self {
            Self::Quick => 3,
            Self::Standard => 10,
            Self::Full => 30,
        }
    }

    fn ladder(self, from: u32) -> Ladder {
        let halvings = match self {
            Self::Quick => 0,
            Self::Standard => 2,
            Self::Full => 4,
        };
        Ladder { from, to: 64_000, seconds: self.seconds(), halvings }
    }

    /// How often a console stalls. Odd: one of them is the middle.
    fn stalls(self) -> usize {
        match self {
            Self::Quick => 1,
            Self::Standard | Self::Full => 3,
        }
    }

    fn sockets(self) -> usize {
        match self {
            Self::Quick => 500,
            Self::Standard => 5_000,
            Self::Full => CONSOLES_MAX,
        }
    }
}

/// What can be measured by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Series {
    Messages,
    Pages,
    Arrivals,
    Fanout,
    Stalled,
    Backlog,
    Crowd,
}

impl FromStr for Series {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        Ok(match name {
            "messages" => Self::Messages,
            "pages" => Self::Pages,
            "arrivals" => Self::Arrivals,
            "fanout" => Self::Fanout,
            "stalled" => Self::Stalled,
            "backlog" => Self::Backlog,
            "crowd" => Self::Crowd,
            other => return Err(format!("no series is called {other}")),
        })
    }
}

/// The same load on one stage and on another that is larger.
pub(crate) struct Growth {
    pub(crate) what: &'static str,
    /// Most that the CPU of the hubs for a message may grow, in times.
    pub(crate) most: f64,
    pub(crate) small: Rung,
    pub(crate) large: Rung,
}

/// What Redis spends on a message in commits like those of a rate, made by nobody but a loop.
pub(crate) struct Floor {
    pub(crate) messages_in_commit: u64,
    pub(crate) redis_cpu_us: f64,
}

/// How far the lists of the console are behind what is written.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lists {
    /// How long what was written last had waited.
    pub(crate) lag: Duration,
    /// Until all was written, after the load; none: it was not in time.
    pub(crate) caught_up: Option<Duration>,
}

impl Lists {
    /// To be asked when a load has just ended.
    fn behind(hubs: &Hubs) -> Self {
        let (lag, since) = (hubs.lists_lag(), clock::monotonic());
        while !hubs.lists_are_whole() {
            if since.elapsed() > LISTS_PATIENCE {
                return Self { lag, caught_up: None };
            }
            thread::park_timeout(LISTS_STEP);
        }
        Self { lag, caught_up: Some(since.elapsed()) }
    }
}

/// Everything about one store.
pub(crate) struct Measured {
    pub(crate) store: StoreKind,
    pub(crate) ground: Ground,
    /// Of one line.
    pub(crate) messages: Vec<Rung>,
    /// Of several lines.
    pub(crate) spread: Vec<Rung>,
    pub(crate) steady: Rung,
    pub(crate) half: Rung,
    pub(crate) floor: Option<Floor>,
    pub(crate) lists: Lists,
    /// Of visitors on pages of one line.
    pub(crate) pages: Vec<Rung>,
    pub(crate) arrivals: Vec<Rung>,
    pub(crate) growth: Vec<Growth>,
    pub(crate) fanout: Fanout,
    pub(crate) stalled: Stalled,
    pub(crate) backlog: Backlog,
    pub(crate) crowd: Crowd,
}

/// The rates of messages, and what was looked at beside them.
struct Talked {
    messages: Vec<Rung>,
    steady: Rung,
    half: Rung,
    floor: Option<Floor>,
    lists: Lists,
}

/// One series, told as it goes; nothing is compared and no report is written.
pub(crate) fn look(store: StoreKind, extent: Extent, series: Series) {
    println!("{}", Ground::of(store));
    let one = stage_of(store);
    let several = Stage { lines: SEVERAL_LINES, ..one };
    match series {
        Series::Messages => {
            let talked = talk(one, extent);
            drop(talk_spread(several, extent, talked.half.rate));
        }
        Series::Pages => drop(visit(one, extent)),
        Series::Arrivals => drop(arrive(several, extent)),
        Series::Fanout => drop(fan_out(one, extent)),
        Series::Stalled => println!("{:?}", stall(one, extent).gone_after),
        Series::Backlog => drop(serve(one)),
        Series::Crowd => drop(gather(one, extent)),
    }
}

pub(crate) fn measure(store: StoreKind, extent: Extent) -> Measured {
    let ground = Ground::of(store);
    println!("store {store}\n{ground}");
    let (one, seconds) = (stage_of(store), extent.seconds());
    let several = Stage { lines: SEVERAL_LINES, ..one };
    let Talked { messages, steady, half, floor, lists } = talk(one, extent);
    let spread = talk_spread(several, extent, half.rate);
    let pages = visit(one, extent);
    let arrivals = arrive(several, extent);
    let load = Load { rate: half.rate, seconds };
    let mut growth = vec![
        grow(
            ("64 lines instead of 1", WITH_MANY_LINES),
            Stage { lines: MANY_LINES, ..one },
            CHATS,
            (load, &half),
        ),
        grow(("10 times the conversations", WITH_MANY_CHATS), one, MANY_CHATS, (load, &half)),
    ];
    if store == StoreKind::Redis {
        let two = Stage { nodes: 2, ..one };
        growth.push(grow(("2 nodes instead of 1", WITH_TWO_NODES), two, CHATS, (load, &half)));
    }
    Measured {
        store,
        ground,
        messages,
        spread,
        steady,
        half,
        floor,
        lists,
        pages,
        arrivals,
        growth,
        fanout: fan_out(one, extent),
        stalled: stall(one, extent),
        backlog: serve(one),
        crowd: gather(one, extent),
    }
}

fn stage_of(store: StoreKind) -> Stage {
    Stage { store, nodes: 1, lines: 1, operators: OPERATORS, offers: OFFERS }
}

fn talk(one: Stage, extent: Extent) -> Talked {
    let seconds = extent.seconds();
    let hubs = Hubs::start(one);
    let run = begin(&hubs, "messages of customers, one line", Work::Talk { chats: CHATS });
    let messages = extent.ladder(STEADY_RATE).climb(&hubs, &run);
    let (steady, _) = undisturbed(&hubs, &run, Load { rate: STEADY_RATE, seconds });
    // The events of a commit are added at once.
    let commits = || hubs.redis().map_or(0, |redis| redis.calls("xadd"));
    let before = commits();
    let load = Load { rate: (highest(&messages) / 2).max(500), seconds };
    let (half, times) = undisturbed(&hubs, &run, load);
    let lists = Lists::behind(&hubs);
    let made = (commits() - before).max(1);
    let messages_in_commit = (u64::from(half.rate * seconds * times) / made).max(1);
    let floor = floor::measure(&hubs, messages_in_commit)
        .map(|redis_cpu_us| Floor { messages_in_commit, redis_cpu_us });
    Talked { messages, steady, half, floor, lists }
}

fn talk_spread(several: Stage, extent: Extent, from: u32) -> Vec<Rung> {
    let hubs = Hubs::start(several);
    let what = format!("messages of customers, {SEVERAL_LINES} lines");
    let run = begin(&hubs, &what, Work::Talk { chats: CHATS });
    extent.ladder(from).in_large_steps().climb(&hubs, &run)
}

fn visit(one: Stage, extent: Extent) -> Vec<Rung> {
    let hubs = Hubs::start(one);
    let work = Work::Pages { visitors: VISITORS };
    let run = begin(&hubs, "messages of visitors on pages, one line", work);
    extent.ladder(STEADY_RATE).in_large_steps().climb(&hubs, &run)
}

fn arrive(several: Stage, extent: Extent) -> Vec<Rung> {
    let hubs = Hubs::start(Stage { offers: OFFERS_OF_MANY, ..several });
    let run = begin(&hubs, "new conversations", Work::Arrivals);
    extent.ladder(250).climb(&hubs, &run)
}

fn fan_out(one: Stage, extent: Extent) -> Fanout {
    let fanout = fanout::measure(one, extent.seconds());
    println!("{fanout:?}");
    fanout
}

fn stall(one: Stage, extent: Extent) -> Stalled {
    let hubs = Hubs::start(one);
    let run = begin(&hubs, "100 consoles, then one stops reading", Work::Talk { chats: CHATS });
    stalled::measure(&hubs, &run, (extent.stalls(), extent.seconds()))
}

fn serve(one: Stage) -> Backlog {
    let backlog = backlog::measure(one);
    println!("{backlog:?}");
    backlog
}

fn gather(one: Stage, extent: Extent) -> Crowd {
    let crowd = sockets::measure(&Hubs::start(one), extent.sockets());
    println!("{crowd:?}");
    crowd
}

/// Opens everything, and tells what the next figures are about.
fn begin(hubs: &Hubs, what: &str, work: Work) -> Run {
    println!("{what}\n{}", Rung::TITLE);
    let run = Run::begin(hubs, work);
    run.load(WARM_UP);
    run
}

fn grow(
    (what, most): (&'static str, f64),
    stage: Stage,
    chats: usize,
    (load, small): (Load, &Rung),
) -> Growth {
    let hubs = Hubs::start(stage);
    let run = begin(&hubs, what, Work::Talk { chats });
    let (large, _) = undisturbed(&hubs, &run, load);
    Growth { what, most, small: small.clone(), large }
}

/// The try that was sustained at the highest rate; none: no rate was.
pub(crate) fn best(rungs: &[Rung]) -> Option<&Rung> {
    rungs.iter().filter(|rung| rung.is_sustained()).max_by_key(|rung| rung.rate)
}

/// 0: none was sustained.
pub(crate) fn highest(rungs: &[Rung]) -> u32 {
    best(rungs).map_or(0, |rung| rung.rate)
}

impl Measured {
    /// All whose messages were counted one by one, but for those while a console stalls.
    fn rungs(&self) -> impl Iterator<Item = &Rung> {
        let grown = self.growth.iter().map(|growth| &growth.large);
        let steady = [&self.steady, &self.half].into_iter().chain(grown);
        self.messages
            .iter()
            .chain(&self.spread)
            .chain(&self.pages)
            .chain(&self.arrivals)
            .chain(steady)
    }

    /// Messages that were lost, came again, or out of order.
    pub(crate) fn wrong(&self) -> u64 {
        let Fanout { lost, duplicated, out_of_order, .. } = &self.fanout;
        let shown = u64::try_from(*lost).unwrap() + duplicated + out_of_order;
        shown + self.rungs().map(Rung::wrong).sum::<u64>()
    }

    /// One JSON object. The latency and what a message costs are those at half of the highest rate.
    pub(crate) fn summary(&self) -> String {
        let all = || self.rungs();
        let limit = limit(&self.messages, self.ground.cores);
        json!({
            "store": self.store.to_string(),
            "cores": self.ground.cores,
            "times_as_slow": self.ground.yardstick.as_ref().map(|yardstick| rounded(yardstick.slower)),
            "rate": highest(&self.messages),
            "rate_of_several_lines": highest(&self.spread),
            "rate_of_pages": highest(&self.pages),
            "full": limit.as_ref().map(|(_, full)| full),
            "redis_full_at": limit.as_ref().and_then(|(rung, _)| redis_full_at(rung)).map(f64::round),
            "half_is_sustained": self.half.is_sustained(),
            "p50_ms": rounded(self.half.delivered.p50),
            "p99_ms": rounded(self.half.delivered.p99),
            "p99_ms_at_2000": rounded(self.steady.delivered.p99),
            "lost": all().map(|rung| rung.lost).sum::<usize>() + self.fanout.lost,
            "duplicated": all().map(|rung| rung.duplicated).sum::<u64>() + self.fanout.duplicated,
            "out_of_order":
                all().map(|rung| rung.out_of_order).sum::<u64>() + self.fanout.out_of_order,
            "hub_cpu_us_per_message": self.half.hub_cpu_us.map(rounded),
            "redis_cpu_us_per_message": self.half.redis_cpu_us.map(rounded),
            "redis_floor_us_per_message":
                self.floor.as_ref().map(|floor| rounded(floor.redis_cpu_us)),
            "messages_in_commit": self.floor.as_ref().map(|floor| floor.messages_in_commit),
            "hub_cpu_us_per_delivery": self.fanout.hub_cpu_us.map(rounded),
            "p99_ms_of_delivery": rounded(self.fanout.delivered.p99),
            "p99_times_with_stalled_reader": rounded(self.stalled.times()),
            "stalled_reader_gone_s": self.stalled.gone_after.map(|gone| rounded(gone.as_secs_f64())),
            "rss_kib_per_idle_socket": self.crowd.kib_per_socket.map(rounded),
            "cpu_us_per_second_and_socket": self.crowd.cpu_us.map(rounded),
            "cpu_us_per_second_of_idle_hub": self.crowd.bare_cpu_us.map(rounded),
            "lists_lag_ms": rounded(self.lists.lag.as_secs_f64() * 1e3),
            "lists_caught_up_ms":
                self.lists.caught_up.map(|took| rounded(took.as_secs_f64() * 1e3)),
            "backlog_served_per_s": rounded(self.backlog.rate()),
            "new_conversations_per_s": highest(&self.arrivals),
            "back_seconds": rounded(self.crowd.back_seconds),
        })
        .to_string()
    }
}

pub(crate) fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
