#!lua flags=allow-oom
-- Asks the owner of a shard for it; the owner learns it when it renews. No claim looks at it.
--
-- KEYS[1] lease   hash    owner, epoch, want
-- ARGV[1] me      text    instance that asks
-- ARGV[2] owner   text
-- ARGV[3] epoch   number
-- ARGV[4] before  text    who asked before, '' if nobody
--
-- Returns 1  asked
--         0  it is owned otherwise, or somebody else asks; nothing was changed

local lease_key = KEYS[1]
local me, owner, epoch, before = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local lease = redis.call('HMGET', lease_key, 'owner', 'epoch', 'want')
if lease[1] ~= owner or lease[2] ~= epoch or (lease[3] or '') ~= before then return 0 end
redis.call('HSET', lease_key, 'want', me)
return 1
