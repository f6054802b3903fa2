#!lua flags=allow-oom
-- Drops some of the old events of a feed: a call is short, whatever there is, as long as a
-- node of a stream holds no more than entries_max.
--
-- KEYS[1] meta         hash    feed_epoch, feed_n
-- KEYS[2] feed         stream  what was written together, <epoch>-<n> of the newest
-- ARGV[1] end_epoch    number  where the feed ended: what came later stays, and all of it if that was
-- ARGV[2] end_n        number  under another claim
-- ARGV[3] keep         number  of events up to there
-- ARGV[4] entries_max  number  of the stream, each of one event or more
--
-- Returns 1  there may be more
--         0  all are dropped, but for what was written together with one that is kept, or under an
--            earlier claim

local meta_key, feed_key = KEYS[1], KEYS[2]
local end_epoch, end_n, keep, entries_max = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]

local meta = redis.call('HMGET', meta_key, 'feed_epoch', 'feed_n')
if meta[1] ~= end_epoch then return 0 end
local first_kept = end_n - keep + 1
local oldest = first_kept > 1 and string.format('%s-%.0f', end_epoch, first_kept)
local newest = string.format('%.0f', math.min(keep + tonumber(meta[2]) - end_n, 2 ^ 53))
-- Whole nodes first, of which each is freed at once.
local dropped = redis.call('XTRIM', feed_key, 'MAXLEN', '~', newest, 'LIMIT', entries_max)
if oldest and dropped == 0 then
  dropped = redis.call('XTRIM', feed_key, 'MINID', '~', oldest, 'LIMIT', entries_max)
end
if dropped > 0 then return 1 end
redis.call('XTRIM', feed_key, 'MAXLEN', newest)
if oldest then redis.call('XTRIM', feed_key, 'MINID', oldest) end
return 0
