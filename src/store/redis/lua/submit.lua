#!lua
-- Puts an entry into the inbox of a shard, once. Any node may: it changes nothing but the inbox.
--
-- KEYS[1] meta       hash        inbox_at, inbox_end
-- KEYS[2] inbox      stream      <position>-0: p
-- KEYS[3] seen       sorted set  dedupe key, scored by the microsecond until which it is known
-- KEYS[4] about      hash        store_id
-- KEYS[5] shards     set         numbers of all shards that are in use
-- ARGV[1] key        text        what a repeat is recognised by
-- ARGV[2] now        number      microseconds
-- ARGV[3] until      number      microseconds
-- ARGV[4] inbox_max  number      refuse when so many wait
-- ARGV[5] bytes      bytes
-- ARGV[6] signals    channel
-- ARGV[7] signal     text        that the inbox got an entry
-- ARGV[8] store_id   text        of the store that the caller was started with
-- ARGV[9] shard      number
--
-- Returns {'accepted', position}
--         {'duplicate'} {'full'}  nothing was written
--         {'foreign'}             the store was emptied or replaced; nothing was written

local meta_key, inbox_key, seen_key, about_key, shards_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local key, now, until_us, inbox_max = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local bytes, signals, signal, store_id, shard = ARGV[5], ARGV[6], ARGV[7], ARGV[8], ARGV[9]

if redis.call('HGET', about_key, 'store_id') ~= store_id then return {'foreign'} end
local known_until = redis.call('ZSCORE', seen_key, key)
if known_until and tonumber(known_until) > tonumber(now) then return {'duplicate'} end
local meta = redis.call('HMGET', meta_key, 'inbox_at', 'inbox_end')
local inbox_end = tonumber(meta[2] or '0')
if inbox_end - tonumber(meta[1] or '0') >= tonumber(inbox_max) then return {'full'} end

local position = string.format('%.0f', inbox_end + 1)
redis.call('XADD', inbox_key, position .. '-0', 'p', bytes)
redis.call('HSET', meta_key, 'inbox_end', position)
if inbox_end == 0 then redis.call('SADD', shards_key, shard) end
redis.call('ZADD', seen_key, until_us, key)
redis.call('PUBLISH', signals, signal)
return {'accepted', position}
