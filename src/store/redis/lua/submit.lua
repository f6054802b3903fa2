#!lua
-- Puts entries into the inbox of a shard, one after the other, each once. Any node may: it changes
-- nothing but the inbox.
--
-- KEYS[1] meta       hash        inbox_at, inbox_end
-- KEYS[2] inbox      stream      <position>-0: p
-- KEYS[3] seen       sorted set  dedupe key, scored by the microsecond until which it is known
-- KEYS[4] about      hash        store_id
-- KEYS[5] shards     set         numbers of all shards that are in use
-- ARGV[1] store_id   text        of the store that the caller was started with
-- ARGV[2] shard      number
-- ARGV[3] inbox_max  number      refuse when so many wait
-- ARGV[4] signals    channel
-- ARGV[5] signal     text        that the inbox got something
-- ARGV[6] and so on              of each entry:
--         key        text        what a repeat is recognised by
--         now        number      microseconds
--         until      number      microseconds
--         bytes      bytes
--
-- Returns for each entry its position, 'duplicate' or 'full'; what got no position was not written
--         {'foreign'}  the store was emptied or replaced; nothing was written

local meta_key, inbox_key, seen_key, about_key, shards_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local store_id, shard, inbox_max, signals, signal = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[4], ARGV[5]

if redis.call('HGET', about_key, 'store_id') ~= store_id then return {'foreign'} end
local meta = redis.call('HMGET', meta_key, 'inbox_at', 'inbox_end')
local inbox_at, stored_end = tonumber(meta[1] or '0'), tonumber(meta[2] or '0')
local inbox_end = stored_end

local answers = {}
for n = 6, #ARGV, 4 do
    local key, now, until_us, bytes = ARGV[n], ARGV[n + 1], ARGV[n + 2], ARGV[n + 3]
    local known_until = redis.call('ZSCORE', seen_key, key)
    if known_until and tonumber(known_until) > tonumber(now) then
        answers[#answers + 1] = 'duplicate'
    elseif inbox_end - inbox_at >= inbox_max then
        answers[#answers + 1] = 'full'
    else
        inbox_end = inbox_end + 1
        local position = string.format('%.0f', inbox_end)
        redis.call('XADD', inbox_key, position .. '-0', 'p', bytes)
        redis.call('ZADD', seen_key, until_us, key)
        answers[#answers + 1] = position
    end
end
if inbox_end > stored_end then
    redis.call('HSET', meta_key, 'inbox_end', string.format('%.0f', inbox_end))
    if stored_end == 0 then redis.call('SADD', shards_key, shard) end
    redis.call('PUBLISH', signals, signal)
end
return answers
