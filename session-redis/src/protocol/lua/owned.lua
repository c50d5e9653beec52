-- KEYS[2] is the index, KEYS[3] the mark. A record is revision (16 bytes), stamp (16 digits), data. The stamp is the
-- microsecond of the session's creation. A session is revoked if its stamp is not above the mark.
local MARK_TTL = 34646400000 -- 401 days: longer than any session lives

local function microseconds()
  local time = redis.call('TIME')
  return time[1] * 1000000 + time[2]
end

local function digits(number)
  return string.format('%016.0f', number)
end

-- Revision and stamp of a live record, or nil.
local function live(key)
  local head = redis.call('GETRANGE', key, 0, 31)
  if head == '' then return nil end
  if #head < 32 then return head, '' end
  local stamp = string.sub(head, 17, 32)
  local mark = redis.call('GET', KEYS[3])
  if mark and stamp <= mark then return nil end
  return string.sub(head, 1, 16), stamp
end

-- Puts a session into the index, or changes its deadline there. The index lives as long as its longest member.
local function list(stamp, digest, ttl)
  redis.call('ZADD', KEYS[2], math.floor(microseconds() / 1000) + ttl, stamp .. digest)
  if redis.call('PTTL', KEYS[2]) < tonumber(ttl) then redis.call('PEXPIRE', KEYS[2], ttl) end
end

local function prune()
  redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', '(' .. math.floor(microseconds() / 1000))
end
