-- KEYS session to keep or the index, index, mark; ARGV digest to keep or nothing
prune()
local members = redis.call('ZRANGE', KEYS[2], 0, -1)
local top = microseconds()
local mark = redis.call('GET', KEYS[3])
if mark and tonumber(mark) > top then top = tonumber(mark) end
local ended, listed = {}, false
for _, member in ipairs(members) do
  if tonumber(string.sub(member, 1, 16)) > top then top = tonumber(string.sub(member, 1, 16)) end
  if string.sub(member, 17) == ARGV[1] then
    listed = true
  else
    ended[#ended + 1] = string.sub(member, 17)
  end
end
local kept = ARGV[1] ~= '' and live(KEYS[1])
redis.call('SET', KEYS[3], digits(top), 'PX', MARK_TTL)
redis.call('DEL', KEYS[2])
if kept then
  redis.call('SETRANGE', KEYS[1], 16, digits(top + 1))
  if listed then list(digits(top + 1), ARGV[1], redis.call('PTTL', KEYS[1])) end
end
return ended
