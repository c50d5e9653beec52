-- KEYS session; ARGV expected, next, record, ttl
local revision = redis.call('GETRANGE', KEYS[1], 0, 15)
if revision == '' then return 0 end
if revision == ARGV[2] then return 1 end
if revision ~= ARGV[1] then return conflict(KEYS[1]) end
redis.call('SET', KEYS[1], ARGV[2] .. ARGV[3], 'PX', ARGV[4])
return 1
