#!lua flags=allow-oom
-- Takes a shard, if its lease still stands exactly as the candidate saw it. Safety is this
-- comparison; no clock is read and a lease never expires. When to try is the candidate's business.
-- allow-oom: a full Redis must not cost the leases, which do not grow.
--
-- KEYS[1] lease       hash  owner, epoch, beat, want; absent before the first claim
-- KEYS[2] shards      set   numbers of all shards that are in use
-- KEYS[3] about       hash  store_id
-- ARGV[1] me          text  instance of the candidate
-- ARGV[2] seen_owner  text  '' when the shard was free
-- ARGV[3] seen_epoch  number
-- ARGV[4] seen_beat   number
-- ARGV[5] floor       number  the highest epoch that the candidate ever saw
-- ARGV[6] shard       number
-- ARGV[7] store_id    text  of the store that the candidate was started with
--
-- Returns {'taken', epoch}                    and nobody asks for it any more
--         {'moved', owner, epoch, beat, want}  as the lease stands
--         {'foreign'}                         the store was emptied or replaced

local lease_key, shards_key, about_key = KEYS[1], KEYS[2], KEYS[3]
local me, seen_owner, seen_epoch, seen_beat = ARGV[1], ARGV[2], ARGV[3], ARGV[4]
local floor, shard, store_id = ARGV[5], ARGV[6], ARGV[7]

if redis.call('HGET', about_key, 'store_id') ~= store_id then return {'foreign'} end
local lease = redis.call('HMGET', lease_key, 'owner', 'epoch', 'beat', 'want')
local owner, epoch, beat = lease[1] or '', lease[2] or '0', lease[3] or '0'
if owner ~= seen_owner or epoch ~= seen_epoch or beat ~= seen_beat then
  return {'moved', owner, epoch, beat, lease[4] or ''}
end

-- tostring() keeps only 14 digits
local next_epoch = string.format('%.0f', math.max(tonumber(epoch), tonumber(floor)) + 1)
redis.call('HSET', lease_key, 'owner', me, 'epoch', next_epoch, 'beat', '0', 'want', '')
redis.call('SADD', shards_key, shard)
return {'taken', next_epoch}
