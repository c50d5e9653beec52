-- KEYS session, index, mark; ARGV next, record, ttl, digest, cap or empty, '1' to evict
local revision = live(KEYS[1])
if revision == ARGV[1] then return { 0, mark, mark } end
if revision then return 2 end
local cap = tonumber(ARGV[5])
local is_close = cap and count() >= cap
local over = expired(is_close and now or now - GRACE)
local excess = 0
if is_close then
  if #over == STEP then
    forget(over)
    return 4
  end
  local counted = 0
  for _, entry in ipairs(over) do
    local stamp = redis.call('ZSCORE', KEYS[2], 's' .. string.sub(entry, 2))
    if stamp and tonumber(stamp) > tonumber(mark) then counted = counted + 1 end
  end
  excess = math.max(count() - counted + 1 - cap, 0)
  if excess > 0 and ARGV[6] ~= '1' then return 3 end
end
-- A full server refuses the first command that needs memory, so this must be the first write.
local stamp, low = after(latest()), mark
list(stamp, ARGV[4], ARGV[3])
forget(over, ARGV[4])
local to = mark
if excess > 0 then
  -- The oldest sessions have the lowest stamps, so the mark ends exactly these.
  local rank = redis.call('ZCOUNT', KEYS[2], '-inf', mark) + excess - 1
  to = digits(tonumber(redis.call('ZRANGE', KEYS[2], rank, rank, 'WITHSCORES')[2]))
end
raise(to, stamp, told)
redis.call('SET', KEYS[1], ARGV[1] .. stamp .. ARGV[2], 'PX', ARGV[3])
return ended(excess, low)
