-- KEYS session, index, mark; ARGV next, record, ttl, digest, cap or empty, '1' to evict
local revision = live(KEYS[1])
if revision == ARGV[1] then return {} end
if revision then return 2 end
prune()
local evicted = {}
if ARGV[5] ~= '' then
  local members = {}
  local revoked = redis.call('GET', KEYS[3]) or ''
  if redis.call('ZCARD', KEYS[2]) >= tonumber(ARGV[5]) then
    for _, member in ipairs(redis.call('ZRANGE', KEYS[2], 0, -1)) do
      -- Sessions that a revocation has ended do not count, although they may still be in the index.
      if string.sub(member, 1, 16) > revoked then members[#members + 1] = member end
    end
  end
  local excess = #members + 1 - tonumber(ARGV[5])
  if excess > 0 then
    if ARGV[6] ~= '1' then return 3 end
    table.sort(members)
    for n = 1, excess do
      evicted[n] = string.sub(members[n], 17)
      redis.call('ZREM', KEYS[2], members[n])
    end
    -- The oldest sessions have the lowest stamps, so the mark ends exactly these.
    redis.call('SET', KEYS[3], string.sub(members[excess], 1, 16), 'PX', MARK_TTL)
  end
end
local stamp = microseconds()
local mark = redis.call('GET', KEYS[3])
if mark and stamp <= tonumber(mark) then stamp = tonumber(mark) + 1 end
redis.call('SET', KEYS[1], ARGV[1] .. digits(stamp) .. ARGV[2], 'PX', ARGV[3])
list(digits(stamp), ARGV[4], ARGV[3])
return evicted
