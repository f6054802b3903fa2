//! A script of ours, called by its digest and loaded when the server does not know it.

use redis::aio::MultiplexedConnection;
use redis::{
    Arg, Cmd, ErrorKind, FromRedisValue, RedisResult, RedisWrite as _, Script, ServerErrorKind,
    ToRedisArgs, cmd,
};

/// The texts of all steps, compiled into the program.
#[derive(Debug)]
pub(super) struct Scripts {
    pub(super) claim: Script,
    pub(super) renew: Script,
    pub(super) release: Script,
    pub(super) ask: Script,
    pub(super) announce: Script,
    pub(super) submit: Script,
    pub(super) commit: Script,
    pub(super) tidy: Script,
    pub(super) trim: Script,
}

impl Scripts {
    pub(super) fn new() -> Self {
        Self {
            claim: Script::new(include_str!("lua/claim.lua")),
            renew: Script::new(include_str!("lua/renew.lua")),
            release: Script::new(include_str!("lua/release.lua")),
            ask: Script::new(include_str!("lua/ask.lua")),
            announce: Script::new(include_str!("lua/announce.lua")),
            submit: Script::new(include_str!("lua/submit.lua")),
            commit: Script::new(include_str!("lua/commit.lua")),
            tidy: Script::new(include_str!("lua/tidy.lua")),
            trim: Script::new(include_str!("lua/trim.lua")),
        }
    }

    /// Makes all of them known to the server.
    pub(super) async fn load(&self, connection: &mut MultiplexedConnection) -> RedisResult<()> {
        let Self { claim, renew, release, ask, announce, submit, commit, tidy, trim } = self;
        for script in [claim, renew, release, ask, announce, submit, commit, tidy, trim] {
            script.load_async(connection).await?;
        }
        Ok(())
    }
}

/// One call of a script, on any connection.
pub(super) struct Call<'a> {
    script: &'a Script,
    cmd: Cmd,
}

impl<'a> Call<'a> {
    pub(super) fn new<'k, K: IntoIterator<Item = &'k String>>(script: &'a Script, keys: K) -> Self
    where
        K::IntoIter: ExactSizeIterator,
    {
        let keys = keys.into_iter();
        let mut cmd = cmd("EVALSHA");
        cmd.arg(script.get_hash()).arg(keys.len());
        for key in keys {
            cmd.arg(key);
        }
        Self { script, cmd }
    }

    pub(super) fn arg(mut self, arg: impl ToRedisArgs) -> Self {
        self.cmd.arg(arg);
        self
    }

    /// All arguments of a command that has no name.
    pub(super) fn args_of(mut self, args: &Cmd) -> Self {
        let simple = |arg| if let Arg::Simple(arg) = arg { Some(arg) } else { None };
        let args = args.args_iter().filter_map(simple);
        self.cmd.reserve_space_for_args(args.clone().map(<[u8]>::len));
        for arg in args {
            self.cmd.write_arg(arg);
        }
        self
    }

    /// A server that was started anew has forgotten the script; then nothing of it ran.
    pub(super) async fn on<T: FromRedisValue>(
        &self,
        mut connection: MultiplexedConnection,
    ) -> RedisResult<T> {
        match self.cmd.query_async(&mut connection).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                self.script.load_async(&mut connection).await?;
                self.cmd.query_async(&mut connection).await
            }
            answer => answer,
        }
    }
}
