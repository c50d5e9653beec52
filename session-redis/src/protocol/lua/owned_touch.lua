-- KEYS session, index, mark; ARGV expected, ttl, digest
local revision, stamp = live(KEYS[1])
if revision ~= ARGV[1] then return 0 end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
list(stamp, ARGV[3], ARGV[2])
return 1
