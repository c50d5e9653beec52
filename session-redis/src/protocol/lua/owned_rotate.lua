-- KEYS from, index, mark, to; ARGV expected, next, record, ttl, digest of from, digest of to,
-- tombstone's revision or empty, its record, its ttl
local target = live(KEYS[4])
if target == ARGV[2] then return 1 end
local revision, stamp = live(KEYS[1])
if not revision then return 0 end
if revision ~= ARGV[1] then return conflict(KEYS[1]) end
if target then return 2 end
list(stamp, ARGV[6], ARGV[4])
unlist(ARGV[5])
redis.call('SET', KEYS[4], ARGV[2] .. stamp .. ARGV[3], 'PX', ARGV[4])
if ARGV[7] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[7] .. stamp .. ARGV[8], 'PX', ARGV[9])
end
return 1
