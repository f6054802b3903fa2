#!lua flags=allow-oom
-- Gives a shard back. The epoch stays: the next claim takes a higher one.
--
-- KEYS[1] lease    hash     owner, epoch
-- ARGV[1] me       text     instance of the owner
-- ARGV[2] epoch    number   the one it claimed
-- ARGV[3] signals  channel
-- ARGV[4] signal   text     that the shard is free
--
-- Returns 1  released
--         0  it was not ours any more; nothing was changed

local lease_key = KEYS[1]
local me, epoch, signals, signal = ARGV[1], ARGV[2], ARGV[3], ARGV[4]

local lease = redis.call('HMGET', lease_key, 'owner', 'epoch')
if lease[1] ~= me or lease[2] ~= epoch then return 0 end
redis.call('HSET', lease_key, 'owner', '')
redis.call('PUBLISH', signals, signal)
return 1
