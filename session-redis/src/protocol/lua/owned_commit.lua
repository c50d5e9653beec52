-- KEYS session, index, mark; ARGV expected, next, record, ttl, digest
local revision, stamp = live(KEYS[1])
if not revision then return 0 end
if revision == ARGV[2] then return 1 end
if revision ~= ARGV[1] then return conflict(KEYS[1]) end
list(stamp, ARGV[5], ARGV[4])
redis.call('SET', KEYS[1], ARGV[2] .. stamp .. ARGV[3], 'PX', ARGV[4])
return 1
