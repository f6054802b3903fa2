#!lua flags=allow-oom
-- Shows that the owner lives: raises the beat that candidates watch.
--
-- KEYS[1] lease  hash    owner, epoch, beat
-- ARGV[1] me     text    instance of the owner
-- ARGV[2] epoch  number  the one it claimed
--
-- Returns 1  still the owner
--         0  not the owner any more; nothing was changed

local lease_key = KEYS[1]
local me, epoch = ARGV[1], ARGV[2]

local lease = redis.call('HMGET', lease_key, 'owner', 'epoch')
if lease[1] ~= me or lease[2] ~= epoch then return 0 end
redis.call('HINCRBY', lease_key, 'beat', 1)
return 1
