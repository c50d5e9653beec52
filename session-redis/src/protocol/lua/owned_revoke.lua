-- KEYS session to keep or the index, index, mark; ARGV digest to keep or empty, how many to end
prune()
local kept, stamp, listed
if ARGV[1] ~= '' then kept, stamp = live(KEYS[1]) end
if kept then listed = redis.call('ZREM', KEYS[2], stamp .. ARGV[1]) == 1 end
local members = redis.call('ZRANGE', KEYS[2], 0, ARGV[2] - 1)
local top = digits(microseconds())
local mark = redis.call('GET', KEYS[3])
if mark and mark > top then top = mark end
for n, member in ipairs(members) do
  local born = string.sub(member, 1, 16)
  if born > top then top = born end
  members[n] = string.sub(member, 17)
end
redis.call('SET', KEYS[3], top, 'PX', MARK_TTL)
if #members > 0 then redis.call('ZREMRANGEBYRANK', KEYS[2], 0, #members - 1) end
if kept then
  local next = digits(tonumber(top) + 1)
  redis.call('SETRANGE', KEYS[1], 16, next)
  if listed then list(next, ARGV[1], redis.call('PTTL', KEYS[1])) end
end
return members
