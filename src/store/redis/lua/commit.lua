#!lua
-- The only way the owner of a shard writes: every op of the commit, or none. A script is atomic but
-- has no rollback, so all that can fail is judged before the first write; its one caller, commit.rs,
-- answers for the form of the arguments.
--
-- KEYS[1..10]  hashes lease (owner, epoch) and meta (commits, inbox_at, inbox_end, feed_epoch, feed_n);
--              streams inbox (<position>-0: p) and feed (what is written together, <epoch>-<n> of the
--              newest: p position before them, b by, d data of each); sorted sets seen (key, until us) and
--              loads (slot \0 operator \0 conversation); hashes timers and jobs; list dead; set shards
--              (numbers of all that are in use)
-- KEYS[11..]   what ops name by its number
-- ARGV[1..4]   me, epoch, commits before this one, now (us)
-- ARGV[5..7]   inbox cursor from, to, and the first position that is kept; '' when it does not move
-- ARGV[8..10]  '' or what is wrong with the commit's form, channel of signals or '' if nobody is to be
--              told, signal of the feed
-- ARGV[11..]   the ops, flat: the name, then
--   dedupe key until           drained                     require key expected
--   forget key                                             new key index id value
--   put key expected value
--   post shard meta inbox signal inbox_max bytes
--   delete key index id expected                           history key n record
--   pack records packed through value                      unhistory records packed
--   feed bytes                 timer name at               clear name must_exist
--   job id value               rejob id value              unjob id
--   dead bytes                 reserve member low high limit
--   release member low high    count key operator by last
--
-- Returns {'made', commits, feed_epoch, feed_n, n}  end of the feed before it; newest event after it
--         {'fenced', owner, epoch}
--         {'back', what}         memory and store differ
--         {'malformed', what}    a bug of the caller
--         {'refused', op, found, ...}  every refused op by its number, with what was found

local call, format, KEYS, ARGV = redis.call, string.format, KEYS, ARGV
local lease_key, meta_key, inbox_key, feed_key, seen_key = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local loads_key, timers_key, jobs_key, dead_key, shards_key = KEYS[6], KEYS[7], KEYS[8], KEYS[9], KEYS[10]
local me, epoch, commits, now = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4])
local from, to, kept_from, malformed = ARGV[5], ARGV[6], ARGV[7], ARGV[8]
local signals, feed_signal = ARGV[9], ARGV[10]
local FIRST = 11
local TOGETHER = 1000 -- arguments of a command that is put together; Lua spreads no more than 8,000
local ARGS = {
  dedupe = 2, drained = 0, require = 2, forget = 1, post = 6, new = 4, put = 3, delete = 4, history = 3,
  pack = 4, unhistory = 2, feed = 1, timer = 2,
  clear = 2, job = 2, rejob = 2, unjob = 1, dead = 1, reserve = 4, release = 3, count = 4,
}
local function key(at) return KEYS[tonumber(ARGV[at])] end
-- many arguments in as few commands as can be: each costs more than what it reads or writes
local function together(args, command)
  for first = 1, #args, TOGETHER do command(unpack(args, first, math.min(first + TOGETHER - 1, #args))) end
end
-- members of a sorted set with their scores
local function scores(of, members)
  local found = {}
  together(members, function(...)
    local asked = {...}
    for n, score in ipairs(call('ZMSCORE', of, ...)) do found[asked[n]] = score end
  end)
  return found
end

-- whether the owner owns the shard and remembers what is stored
local lease = call('HMGET', lease_key, 'owner', 'epoch')
local meta = call('HMGET', meta_key, 'commits', 'inbox_at', 'inbox_end', 'feed_epoch', 'feed_n')
local inbox_at, inbox_end = meta[2] or '0', tonumber(meta[3] or '0')
local feed_epoch, feed_n = meta[4] or '0', meta[5] or '0'
if lease[1] ~= me or lease[2] ~= epoch then return {'fenced', lease[1] or '', lease[2] or '0'} end
if (meta[1] or '0') ~= commits then return {'back', 'commits'} end
if from ~= '' and from ~= inbox_at then return {'back', 'inbox'} end
if tonumber(feed_epoch) > tonumber(epoch) then return {'back', 'feed'} end
if malformed ~= '' then return {'malformed', malformed} end
if to ~= '' and tonumber(to) > inbox_end then return {'malformed', 'inbox cursor out of place'} end

-- the preconditions; what ops want of an inbox or a load adds up, also in refused groups
local cursor = tonumber(to == '' and inbox_at or to)
local waiting, loads, refusals = {}, {}, {}
local function version(of) return string.match(call('GETRANGE', of, 0, 20), '^%d+') or '0' end
local function another_version(of, expected) -- the one that is stored, if it is not the expected one
  if call('GETRANGE', of, 0, #expected) == expected .. ' ' then return false end
  local stored = version(of)
  return stored ~= expected and stored
end
local function post(of, inbox_max)
  local n = waiting[of] or (of == meta_key and inbox_end - cursor)
  if not n then
    local other = call('HMGET', of, 'inbox_at', 'inbox_end')
    n = tonumber(other[2] or '0') - tonumber(other[1] or '0')
  end
  waiting[of] = n < inbox_max and n + 1 or n
  return n >= inbox_max and '0'
end
local reserved -- members of loads, as stored
local function load_of(at)
  local low, high = ARGV[at + 2], ARGV[at + 3]
  loads[low] = loads[low] or {low = low, high = high, more = 0, has = {}}
  return loads[low]
end
local function count(load) -- which most need not know: they have no limit, or release
  load.stored = load.stored or call('ZLEXCOUNT', loads_key, load.low, load.high)
  return load.stored + load.more
end
local function has(load, member)
  if load.has[member] == nil then load.has[member] = reserved[member] and true or false end
  return load.has[member]
end
local function reserve(member, load, limit)
  if has(load, member) then return end
  if limit > 0 and count(load) >= limit then return format('%.0f', count(load)) end
  load.more, load.has[member] = load.more + 1, true
end
local function release(member, load)
  if has(load, member) then load.more, load.has[member] = load.more - 1, false end
end
-- what is looked for together: documents that are not to be there yet, dedupe keys, members of loads;
-- beside each in 'of', the number of its op and where that stands
local fresh, keys, members = {of = {}}, {of = {}}, {of = {}}
local function ask(what, name, op, at) what[#what + 1], what.of[#what + 1] = name, {op, at} end
local op, at = 0, FIRST
while at <= #ARGV do
  local name, found = ARGV[at], false
  if name == 'new' then ask(fresh, key(at + 1), op)
  elseif name == 'put' or name == 'require' then found = another_version(key(at + 1), ARGV[at + 2])
  elseif name == 'delete' then found = another_version(key(at + 1), ARGV[at + 4])
  elseif name == 'dedupe' then ask(keys, ARGV[at + 1], op)
  elseif name == 'drained' then found = inbox_end > cursor and '0'
  elseif name == 'post' then found = post(key(at + 2), tonumber(ARGV[at + 5]))
  elseif name == 'clear' then
    found = ARGV[at + 2] == '1' and call('HEXISTS', timers_key, ARGV[at + 1]) == 0 and '0'
  elseif name == 'rejob' or name == 'unjob' then
    found = call('HEXISTS', jobs_key, ARGV[at + 1]) == 0 and '0'
  elseif name == 'reserve' or name == 'release' then ask(members, ARGV[at + 1], op, at)
  end
  if found then refusals[op] = found end
  op, at = op + 1, at + 1 + ARGS[name]
end
local looked = 0
together(fresh, function(...)
  local first = looked + 1
  looked = looked + select('#', ...)
  if call('EXISTS', ...) == 0 then return end
  for n = first, looked do
    local stored = version(fresh[n])
    if stored ~= '0' then refusals[fresh.of[n][1]] = stored end
  end
end)
local known = scores(seen_key, keys)
for n, name in ipairs(keys) do
  local known_until = known[name]
  if known_until and tonumber(known_until) > now then refusals[keys.of[n][1]] = '0' end
end
reserved = scores(loads_key, members)
for n, member in ipairs(members) do
  local op, at = members.of[n][1], members.of[n][2]
  if ARGV[at] == 'reserve' then refusals[op] = reserve(member, load_of(at), tonumber(ARGV[at + 4]))
  else release(member, load_of(at)) end
end
if next(refusals) then
  local refused = {'refused'}
  for n = 0, op - 1 do
    if refusals[n] then refused[#refused + 1], refused[#refused + 2] = format('%.0f', n), refusals[n] end
  end
  return refused
end

-- the writes; nothing here can fail. What can be is written together at the end
local before_epoch, before_n, rung, events, joins = feed_epoch, feed_n, {}, {}, nil
local documents, seen, timers, ids, lasts = {}, {}, {}, {}, {}
local records, records_of = {}, nil -- of one history, one after another
local function add_events()
  if joins then call('XADD', feed_key, epoch .. '-' .. feed_n, 'p', joins, 'b', me, unpack(events)) end
  events, joins = {}, nil
end
local function add_timers()
  together(timers, function(...) call('HSET', timers_key, ...) end)
  timers = {}
end
local function add_records()
  if records_of then call('HSET', records_of, unpack(records)) end
  records, records_of = {}, nil
end
-- two more arguments for a command about that key
local function add(to, of, one, other)
  to[of] = to[of] or {}
  local args = to[of]
  args[#args + 1], args[#args + 2] = one, other
end
if to ~= '' then
  inbox_at = to
  call('XTRIM', inbox_key, 'MINID', kept_from)
end
at = FIRST
while at <= #ARGV do
  local name, a, b = ARGV[at], ARGV[at + 1], ARGV[at + 2]
  if name == 'put' then
    documents[#documents + 1], documents[#documents + 2] = key(at + 1), ARGV[at + 3]
  elseif name == 'new' then
    documents[#documents + 1], documents[#documents + 2] = key(at + 1), ARGV[at + 4]
    add(ids, key(at + 2), '0', ARGV[at + 3])
  elseif name == 'delete' then
    call('DEL', key(at + 1))
    call('ZREM', key(at + 2), ARGV[at + 3])
  elseif name == 'history' then
    local of = key(at + 1)
    if of ~= records_of or #records >= TOGETHER then add_records() end
    records_of = of
    records[#records + 1], records[#records + 2] = b, ARGV[at + 3]
  elseif name == 'pack' then
    add_records() -- before it is packed
    if tonumber(version(key(at + 2))) <= tonumber(ARGV[at + 3]) then
      call('SET', key(at + 2), ARGV[at + 4])
      for _, n in ipairs(call('HKEYS', key(at + 1))) do
        if tonumber(n) <= tonumber(ARGV[at + 3]) then call('HDEL', key(at + 1), n) end
      end
    end
  elseif name == 'unhistory' then
    add_records() -- before it goes
    call('DEL', key(at + 1), key(at + 2))
  elseif name == 'feed' then
    joins = joins or feed_epoch .. '-' .. feed_n
    feed_n = feed_epoch == epoch and format('%.0f', tonumber(feed_n) + 1) or '1'
    feed_epoch = epoch
    events[#events + 1], events[#events + 2] = 'd', a
    if #events >= TOGETHER then add_events() end
  elseif name == 'dedupe' then
    seen[#seen + 1], seen[#seen + 2] = b, a
  elseif name == 'forget' then call('ZREM', seen_key, a)
  elseif name == 'post' then
    local position
    if key(at + 2) == meta_key then
      inbox_end = inbox_end + 1
      position = inbox_end
    else
      position = call('HINCRBY', key(at + 2), 'inbox_end', 1)
    end
    if position == 1 then call('SADD', shards_key, a) end
    call('XADD', key(at + 3), format('%.0f-0', position), 'p', ARGV[at + 6])
    rung[ARGV[at + 4]] = true
  elseif name == 'timer' then timers[#timers + 1], timers[#timers + 2] = a, b
  elseif name == 'clear' then
    add_timers()
    call('HDEL', timers_key, a)
  elseif name == 'job' or name == 'rejob' then call('HSET', jobs_key, a, b)
  elseif name == 'unjob' then call('HDEL', jobs_key, a)
  elseif name == 'dead' then call('RPUSH', dead_key, a)
  elseif name == 'count' then
    local sum = redis.pcall('HINCRBY', key(at + 1), 'received ' .. b, ARGV[at + 3])
    if type(sum) == 'table' then -- it would leave 64 bits
      local most = ARGV[at + 3]:sub(1, 1) == '-' and '-9223372036854775808' or '9223372036854775807'
      call('HSET', key(at + 1), 'received ' .. b, most)
    end
    if ARGV[at + 4] ~= '' then add(lasts, key(at + 1), 'last ' .. b, ARGV[at + 4]) end
  end
  at = at + 1 + ARGS[name]
end
add_events()
add_timers()
add_records()
together(documents, function(...) call('MSET', ...) end)
together(seen, function(...) call('ZADD', seen_key, ...) end)
for of, args in pairs(ids) do together(args, function(...) call('ZADD', of, ...) end) end
for of, args in pairs(lasts) do together(args, function(...) call('HSET', of, ...) end) end
local taken, free = {}, {}
for _, load in pairs(loads) do
  for member, is in pairs(load.has) do
    if is then taken[#taken + 1], taken[#taken + 2] = '0', member else free[#free + 1] = member end
  end
end
together(taken, function(...) call('ZADD', loads_key, ...) end)
together(free, function(...) call('ZREM', loads_key, ...) end)
commits = format('%.0f', tonumber(commits) + 1)
call('HSET', meta_key, 'commits', commits, 'inbox_at', inbox_at, 'inbox_end', format('%.0f', inbox_end),
  'feed_epoch', feed_epoch, 'feed_n', feed_n)
if signals ~= '' then
  if feed_n ~= before_n or feed_epoch ~= before_epoch then call('PUBLISH', signals, feed_signal) end
  for signal in pairs(rung) do call('PUBLISH', signals, signal) end
end
return {'made', commits, before_epoch, before_n, feed_n}
