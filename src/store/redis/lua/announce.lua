#!lua flags=allow-oom
-- A process says that it is there, for a while, or that it is gone.
-- allow-oom: a full Redis must not make the nodes invisible; what they say replaces itself.
--
-- KEYS[1] node     bytes   what it says of itself
-- KEYS[2] nodes    set     instances of all that have announced themselves
-- ARGV[1] me       text    its instance
-- ARGV[2] bytes    bytes
-- ARGV[3] ttl      number  milliseconds; '0' when it is gone
--
-- Returns 1

local node_key, nodes_key = KEYS[1], KEYS[2]
local me, bytes, ttl = ARGV[1], ARGV[2], ARGV[3]

if ttl == '0' then
  redis.call('DEL', node_key)
  redis.call('SREM', nodes_key, me)
else
  redis.call('SET', node_key, bytes, 'PX', ttl)
  redis.call('SADD', nodes_key, me)
end
return 1
