-- Scripts return 0 gone, 1 done, 2 exists, 3 full, 4 call again, {value, milliseconds} conflict.
local function conflict(key)
  return { redis.call('GET', key), redis.call('PTTL', key) }
end
