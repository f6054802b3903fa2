#!lua flags=allow-oom
-- Shows that the owner lives: raises the beats that candidates watch.
--
-- KEYS     leases  hashes  owner, epoch, beat, want; of one shard each
-- ARGV[1]  me      text    instance of the owner
-- ARGV[2..] epochs numbers the one at which each was claimed
--
-- Returns for each: want  still the owner; who asks for the shard, '' if nobody
--                   nil   not the owner any more, or no lease; nothing was changed
-- What is broken is the loss of one lease: hence pcall, whose errors are tables.

local me, renewed = ARGV[1], {}
for n, lease_key in ipairs(KEYS) do
  local lease = redis.pcall('HMGET', lease_key, 'owner', 'epoch', 'want')
  local ours = lease[1] == me and lease[2] == ARGV[n + 1]
  local raised = ours and type(redis.pcall('HINCRBY', lease_key, 'beat', 1)) == 'number'
  renewed[n] = raised and (lease[3] or '')
end
return renewed
