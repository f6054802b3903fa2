#!lua flags=allow-oom
-- Drops some of the events of a feed beyond its newest: a call is short, whatever there is, as long as a
-- node of a stream holds no more than entries_max.
--
-- KEYS[1] meta         hash    feed_epoch, feed_n
-- KEYS[2] feed         stream  what was written together, <epoch>-<n> of the newest
-- ARGV[1] keep         number  of events
-- ARGV[2] entries_max  number  of the stream, each of one event or more
--
-- Returns 1  there may be more
--         0  all are dropped, but for what was written together with one that is kept, or under an
--            earlier claim

local meta_key, feed_key = KEYS[1], KEYS[2]
local keep, entries_max = ARGV[1], ARGV[2]

local meta = redis.call('HMGET', meta_key, 'feed_epoch', 'feed_n')
local first_kept = tonumber(meta[2] or '0') - tonumber(keep) + 1
local oldest = first_kept > 1 and string.format('%s-%.0f', meta[1], first_kept)
-- Whole nodes first, of which each is freed at once.
local dropped = redis.call('XTRIM', feed_key, 'MAXLEN', '~', keep, 'LIMIT', entries_max)
if oldest and dropped == 0 then
  dropped = redis.call('XTRIM', feed_key, 'MINID', '~', oldest, 'LIMIT', entries_max)
end
if dropped > 0 then return 1 end
redis.call('XTRIM', feed_key, 'MAXLEN', keep)
if oldest then redis.call('XTRIM', feed_key, 'MINID', oldest) end
return 0
