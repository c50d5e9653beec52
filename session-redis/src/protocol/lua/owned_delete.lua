-- KEYS session, index, mark; ARGV expected or empty, tombstone's revision or empty, its record, its ttl, digest
local revision, stamp = live(KEYS[1])
if not revision then return 0 end
if ARGV[2] ~= '' and revision == ARGV[2] then return 1 end
if ARGV[1] ~= '' and revision ~= ARGV[1] then return conflict(KEYS[1]) end
-- After a write that needs no memory, a full server refuses none.
unlist(ARGV[5])
if ARGV[2] == '' then
  redis.call('DEL', KEYS[1])
else
  redis.call('SET', KEYS[1], ARGV[2] .. stamp .. ARGV[3], 'PX', ARGV[4])
end
return 1
