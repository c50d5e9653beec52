-- KEYS from, to; ARGV expected, next, record, ttl, tombstone's revision or empty, its record, its ttl
local target = redis.call('GETRANGE', KEYS[2], 0, 15)
if target == ARGV[2] then return 1 end
local revision = redis.call('GETRANGE', KEYS[1], 0, 15)
if revision == '' then return 0 end
if revision ~= ARGV[1] then return conflict(KEYS[1]) end
if redis.call('EXISTS', KEYS[2]) == 1 then return 2 end
redis.call('SET', KEYS[2], ARGV[2] .. ARGV[3], 'PX', ARGV[4])
if ARGV[5] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[5] .. ARGV[6], 'PX', ARGV[7])
end
return 1
