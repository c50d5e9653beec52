-- KEYS[2] is the index, KEYS[3] the mark. All that can be of a wrong type is read before anything is written.
--
-- A record is revision (16 bytes), stamp (16 digits), data. The stamp is the microsecond of the session's creation, or one more
-- than the owner's last stamp if the clock has not passed that: a stamp is given once, and a later session has a higher one.
-- A session is revoked if its stamp is not above the mark.
--
-- The index has two entries for each session: 'd' and its digest by deadline, in milliseconds, and 's' and its digest by stamp.
-- All stamps are above FLOOR, and all deadlines below.
--
-- The value of the mark is the mark (16 digits), the last stamp (16 digits), the name of the last revocation (16 digits) and
-- how many sessions that ended. The last two may be absent.
local MARK_TTL = 34646400000 -- 401 days: longer than any session lives
local FLOOR = '0100000000000000' -- the year 1973
local GRACE = 3600000 -- a clock that was an hour ahead makes the index forget no session
local STEP = 1000 -- sessions that one script takes off the index or names, for which all other requests wait

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local owner = redis.call('GET', KEYS[3]) or FLOOR .. FLOOR
local mark, last, told = string.sub(owner, 1, 16), string.sub(owner, 17, 32), string.sub(owner, 33)
if not string.match(owner, '^' .. string.rep('%d', 32)) then
  return redis.error_reply('WRONGTYPE another program wrote the mark of revocations')
end
redis.call('ZCARD', KEYS[2])

local function digits(number)
  return string.format('%016.0f', number)
end

-- The newest stamp that the owner has, or the present microsecond if that is later.
local function latest()
  local newest = redis.call('ZRANGE', KEYS[2], -1, -1, 'WITHSCORES')[2] or 0
  return digits(math.max(time[1] * 1000000 + time[2], tonumber(last), tonumber(newest)))
end

local function after(stamp)
  return digits(tonumber(stamp) + 1)
end

-- Revision and stamp of a live record, or nil.
local function live(key)
  local head = redis.call('GETRANGE', key, 0, 31)
  if head == '' then return nil end
  if #head < 32 then return head, '' end
  local stamp = string.sub(head, 17, 32)
  if stamp <= mark then return nil end
  return string.sub(head, 1, 16), stamp
end

-- How many sessions of the index are above the mark.
local function count()
  return redis.call('ZCOUNT', KEYS[2], '(' .. mark, '+inf')
end

-- Puts a session into the index, or changes its deadline there. Index and mark live longer than the longest session. An
-- error leaves no index without a deadline.
local function list(stamp, digest, ttl)
  redis.call('ZADD', KEYS[2], now + ttl, 'd' .. digest, stamp, 's' .. digest)
  local least = ttl + GRACE
  for n = 2, 3 do
    if redis.call('PTTL', KEYS[n]) < least and type(redis.pcall('PEXPIRE', KEYS[n], least)) == 'table' then
      redis.call('ZREM', KEYS[2], 'd' .. digest, 's' .. digest)
      redis.call('PEXPIRE', KEYS[n], least)
    end
  end
end

local function unlist(digest)
  return redis.call('ZREM', KEYS[2], 'd' .. digest, 's' .. digest)
end

-- Sets mark and last stamp. Without a mark they live as long as the index.
local function raise(to, stamp, rest)
  mark, last, told = to, stamp, rest
  local ttl = mark > FLOOR and MARK_TTL or redis.call('PTTL', KEYS[2])
  redis.call('SET', KEYS[3], mark .. last .. told, 'PX', ttl)
end

-- The index entries of sessions whose deadline is before this, at most STEP of them.
local function expired(before)
  return redis.call('ZRANGE', KEYS[2], '-inf', '(' .. digits(before), 'BYSCORE', 'LIMIT', 0, STEP)
end

-- Takes these off the index, but not the session that was just put there in the place of one that has expired.
local function forget(entries, new)
  for _, entry in ipairs(entries) do
    local digest = string.sub(entry, 2)
    if digest ~= new then unlist(digest) end
  end
end

-- What a script tells of the sessions that it ended: how many, above which stamp and up to which, and the oldest of them.
local function ended(number, low)
  local reply = { number, low, mark }
  for _, entry in ipairs(redis.call('ZRANGE', KEYS[2], '(' .. low, mark, 'BYSCORE', 'LIMIT', 0, STEP)) do
    reply[#reply + 1] = string.sub(entry, 2)
  end
  return reply
end
