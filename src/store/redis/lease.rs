//! Who owns a shard, who asks for it, who is there: on a connection of their own, so that leases never
//! wait behind commits.

use std::time::Duration;

use domain::id::ShardId;
use redis::{FromRedisValue, Pipeline, RedisResult, pipe};

use crate::store::Unavailable;
use crate::store::op::{InstanceId, Lease, Member, Position, Renewed};
use crate::store::redis::door::unavailable;
use crate::store::redis::script::Call;
use crate::store::redis::value::{free_signal, odd, parse};
use crate::store::redis::{Shared, foreign};

const LEASE: [&str; 4] = ["owner", "epoch", "beat", "want"];

impl Shared {
    pub(super) async fn leases(&self) -> Result<Vec<(ShardId, Lease)>, Unavailable> {
        let shards = self.shards().await?;
        let mut commands = pipe();
        for shard in &shards {
            commands.hmget(self.keys.lease(*shard), &LEASE);
        }
        commands.ignore_errors();
        let leases: Vec<RedisResult<Vec<Option<String>>>> = self.ask_many(commands).await?;
        let mut claimed = Vec::new();
        for (shard, read) in shards.into_iter().zip(leases) {
            let read = read.map_err(|error| unavailable(&error)).and_then(|fields| {
                let fields: Option<Vec<String>> = fields.into_iter().collect();
                fields.map(|fields| lease_of(&fields)).transpose()
            });
            match read {
                Ok(Some(lease)) => claimed.push((shard, lease)),
                // The shard was never claimed.
                Ok(None) => {}
                // What is broken stops nobody else's shard.
                Err(error) => tracing::error!(%shard, ?error, "a lease cannot be read"),
            }
        }
        Ok(claimed)
    }

    pub(super) async fn claim(
        &self,
        shard: ShardId,
        me: InstanceId,
        seen: Lease,
        floor: u64,
    ) -> Result<Result<Lease, Lease>, Unavailable> {
        let keys = [self.keys.lease(shard), self.keys.shards(), self.keys.about()];
        let call = Call::new(&self.scripts.claim, &keys)
            .arg(&*me.0)
            .arg(text_of(seen.owner.as_ref()))
            .arg(seen.epoch)
            .arg(seen.beat)
            .arg(floor)
            .arg(shard.0)
            .arg(&self.store_id);
        let answer: Vec<String> = self.leases.with(|on| call.on(on)).await?;
        match answer.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["taken", epoch] => {
                let epoch = parse(epoch)?;
                Ok(Ok(Lease { owner: Some(me), epoch, ..Lease::default() }))
            }
            ["moved", ..] => Ok(Err(lease_of(&answer[1..])?)),
            ["foreign"] => Err(foreign()),
            _ => Err(odd(answer)),
        }
    }

    pub(super) async fn renew(
        &self,
        me: &InstanceId,
        held: &[(ShardId, u64)],
    ) -> Result<Vec<Renewed>, Unavailable> {
        let keys: Vec<String> = held.iter().map(|(shard, _)| self.keys.lease(*shard)).collect();
        let epochs: Vec<u64> = held.iter().map(|(_, epoch)| *epoch).collect();
        let call = Call::new(&self.scripts.renew, &keys).arg(&*me.0).arg(epochs);
        let answer: Vec<Option<String>> = self.leases.with(|on| call.on(on)).await?;
        if answer.len() != held.len() {
            return Err(odd(answer));
        }
        let renewed = answer.into_iter().map(|want| {
            want.map_or(Renewed::Lost, |want| Renewed::Ours { want: instance_of(&want) })
        });
        Ok(renewed.collect())
    }

    pub(super) async fn release(
        &self,
        shard: ShardId,
        me: InstanceId,
        epoch: u64,
    ) -> Result<bool, Unavailable> {
        let call = Call::new(&self.scripts.release, &[self.keys.lease(shard)])
            .arg(&*me.0)
            .arg(epoch)
            .arg(self.keys.signals())
            .arg(free_signal(shard));
        self.leases.with(|on| call.on(on)).await
    }

    pub(super) async fn ask(
        &self,
        shard: ShardId,
        me: &InstanceId,
        (owner, epoch): (&InstanceId, u64),
        before: Option<InstanceId>,
    ) -> Result<bool, Unavailable> {
        let call = Call::new(&self.scripts.ask, &[self.keys.lease(shard)])
            .arg(&*me.0)
            .arg(&*owner.0)
            .arg(epoch)
            .arg(text_of(before.as_ref()));
        self.leases.with(|on| call.on(on)).await
    }

    pub(super) async fn announce(
        &self,
        me: &InstanceId,
        bytes: &[u8],
        ttl: Duration,
    ) -> Result<(), Unavailable> {
        let call = Call::new(&self.scripts.announce, &[self.keys.node(&me.0), self.keys.nodes()])
            .arg(&*me.0)
            .arg(bytes)
            .arg(u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX));
        self.leases.with(|on| call.on(on)).await
    }

    pub(super) async fn members(&self) -> Result<Vec<Member>, Unavailable> {
        let mut names: Vec<String> = self.ask_one(pipe().smembers(self.keys.nodes())).await?;
        *self.alone() = None;
        if names.is_empty() {
            return Ok(Vec::new());
        }
        names.sort_unstable();
        let keys: Vec<String> = names.iter().map(|name| self.keys.node(name)).collect();
        let said: Vec<Option<Vec<u8>>> = self.ask_one(pipe().mget(keys)).await?;
        let (there, gone): (Vec<_>, Vec<_>) =
            names.into_iter().zip(said).partition(|(_, said)| said.is_some());
        if !gone.is_empty() {
            let gone: Vec<String> = gone.into_iter().map(|(name, _)| name).collect();
            self.ask_one::<usize>(pipe().srem(self.keys.nodes(), gone)).await?;
        }
        let member = |(name, said): (String, Option<Vec<u8>>)| Member {
            instance: InstanceId(name.into()),
            bytes: said.unwrap_or_default(),
        };
        let members: Vec<Member> = there.into_iter().map(member).collect();
        if let [only] = &members[..] {
            *self.alone() = Some(only.instance.clone());
        }
        Ok(members)
    }

    pub(super) async fn feed_ends(&self) -> Result<Vec<(ShardId, Position)>, Unavailable> {
        let shards = self.shards().await?;
        let mut commands = pipe();
        for shard in &shards {
            commands.hmget(self.keys.meta(*shard), &["feed_epoch", "feed_n"]);
        }
        let ends: Vec<(Option<u64>, Option<u64>)> = self.ask_many(commands).await?;
        let end = |(epoch, n): (Option<u64>, Option<u64>)| Position {
            epoch: epoch.unwrap_or_default(),
            n: n.unwrap_or_default(),
        };
        let ends = shards.into_iter().zip(ends.into_iter().map(end));
        Ok(ends.filter(|(_, end)| *end != Position::default()).collect())
    }

    pub(super) async fn inboxes(&self) -> Result<Vec<ShardId>, Unavailable> {
        let shards = self.shards().await?;
        let mut commands = pipe();
        for shard in &shards {
            commands.hmget(self.keys.meta(*shard), &["inbox_at", "inbox_end"]);
        }
        let found: Vec<(Option<u64>, Option<u64>)> = self.ask_many(commands).await?;
        let waits = shards.into_iter().zip(found).filter(|(_, (at, end))| end > at);
        Ok(waits.map(|(shard, _)| shard).collect())
    }

    /// Shards that were ever claimed or got an inbox entry, in order.
    async fn shards(&self) -> Result<Vec<ShardId>, Unavailable> {
        let mut shards: Vec<u16> = self.ask_one(pipe().smembers(self.keys.shards())).await?;
        shards.sort_unstable();
        Ok(shards.into_iter().map(ShardId).collect())
    }

    async fn ask_one<T: FromRedisValue>(&self, command: &Pipeline) -> Result<T, Unavailable> {
        let ask = |mut on| async move { command.query_async(&mut on).await };
        let (answer,) = self.leases.with(ask).await?;
        Ok(answer)
    }

    /// Of no command there is no answer.
    async fn ask_many<T: FromRedisValue>(&self, commands: Pipeline) -> Result<Vec<T>, Unavailable> {
        if commands.is_empty() {
            return Ok(Vec::new());
        }
        let commands = &commands;
        self.leases.with(|mut on| async move { commands.query_async(&mut on).await }).await
    }
}

fn lease_of(fields: &[String]) -> Result<Lease, Unavailable> {
    let [owner, epoch, beat, want] = fields else { return Err(odd(fields)) };
    Ok(Lease {
        owner: instance_of(owner),
        epoch: parse(epoch)?,
        beat: parse(beat)?,
        want: instance_of(want),
    })
}

/// Nobody is written as an empty text.
fn instance_of(text: &str) -> Option<InstanceId> {
    (!text.is_empty()).then(|| InstanceId(text.into()))
}

fn text_of(instance: Option<&InstanceId>) -> &str {
    instance.map_or("", |instance| &instance.0)
}
