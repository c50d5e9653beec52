-- KEYS session to keep or the index, index, mark; ARGV digest to keep or empty, name of this revocation
if string.sub(told, 1, 16) == ARGV[2] then return ended(tonumber(string.sub(told, 17)), FLOOR) end
local keeps, listed
if ARGV[1] ~= '' then keeps = live(KEYS[1]) end
-- After a write that needs no memory, a full server refuses none.
redis.call('PEXPIRE', KEYS[3], MARK_TTL)
local over = expired(now)
forget(over)
local number = count()
if #over == STEP then
  -- Either figure may be too high, but an owner has to leave a revocation undone and thousands of sessions unused for that.
  number = math.min(number, redis.call('ZCOUNT', KEYS[2], now, '(' .. FLOOR))
end
local top = latest()
if keeps then
  listed = redis.call('ZSCORE', KEYS[2], 's' .. ARGV[1])
  redis.call('SETRANGE', KEYS[1], 16, after(top))
  if listed then
    number = number - 1
    list(after(top), ARGV[1], redis.call('PTTL', KEYS[1]))
  end
end
raise(top, after(top), ARGV[2] .. number)
return ended(number, FLOOR)
