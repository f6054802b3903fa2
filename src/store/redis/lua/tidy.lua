#!lua flags=allow-oom
-- Drops some of the dedupe keys of a shard that have run out: a call is short, whatever there is.
--
-- KEYS[1] seen      sorted set  dedupe key, scored by the microsecond until which it is known
-- ARGV[1] now       number      microseconds
-- ARGV[2] keys_max  number
--
-- Returns 1  there may be more
--         0  all are dropped

local seen_key = KEYS[1]
local now, keys_max = ARGV[1], ARGV[2]

local gone = redis.call('ZRANGEBYSCORE', seen_key, '-inf', now, 'LIMIT', '0', keys_max)
if #gone > 0 then redis.call('ZREM', seen_key, unpack(gone)) end
return #gone == tonumber(keys_max) and 1 or 0
