-- KEYS session; ARGV expected or empty, tombstone's revision or empty, its record, its ttl
local revision = redis.call('GETRANGE', KEYS[1], 0, 15)
if revision == '' then return 0 end
if ARGV[2] ~= '' and revision == ARGV[2] then return 1 end
if ARGV[1] ~= '' and revision ~= ARGV[1] then return conflict(KEYS[1]) end
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  -- After a write that needs no memory, a full server refuses none.
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
  redis.call('SET', KEYS[1], ARGV[2] .. ARGV[3], 'PX', ARGV[4])
end
return 1
