#!lua flags=allow-oom
-- Shows that the owner lives: raises the beat that candidates watch.
--
-- KEYS[1] lease  hash    owner, epoch, beat, want
-- ARGV[1] me     text    instance of the owner
-- ARGV[2] epoch  number  the one it claimed
--
-- Returns {'ours', want}  still the owner; who asks for the shard, '' if nobody
--         {'lost'}        not the owner any more; nothing was changed

local lease_key = KEYS[1]
local me, epoch = ARGV[1], ARGV[2]

local lease = redis.call('HMGET', lease_key, 'owner', 'epoch', 'want')
if lease[1] ~= me or lease[2] ~= epoch then return {'lost'} end
redis.call('HINCRBY', lease_key, 'beat', 1)
return {'ours', lease[3] or ''}
