/**
 * The store's operations as Lua, which Redis runs one at a time: each is atomic over all lines of a reservation.
 * `domain/budget/grant.ts` says the same in TypeScript; one contract suite holds both to it.
 *
 * Keys, all with one hash tag and so in one slot of a cluster: `<p>a:<account>` a hash of counters (`sm`, `st` settled
 * micros and tokens, `om`, `ot` open ones; for a rolling hour `m<minute>`, `t<minute>`), `<p>r:<id>` a reservation,
 * `<p>leases` their ends by the server's clock, `<p>w:<account>` who waits there, since when and seen when.
 */
const PRELUDE = `
local p = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local REMEMBER_MS = 172800000
local MINUTES = 61
local HUGE = 9007199254740991

local function account(key) return p .. 'a:' .. key end

-- Settled micros and tokens, open micros and tokens; minutes that a rolling hour no longer counts are removed.
local function standing(key, window, at)
  if window ~= 'rolling-hour' then
    local v = redis.call('HMGET', account(key), 'sm', 'st', 'om', 'ot')
    return tonumber(v[1] or 0), tonumber(v[2] or 0), tonumber(v[3] or 0), tonumber(v[4] or 0)
  end
  local first = math.floor(at / 60000) - MINUTES + 1
  local all = redis.call('HGETALL', account(key))
  local sm, st, om, ot = 0, 0, 0, 0
  for i = 1, #all, 2 do
    local field, value = all[i], tonumber(all[i + 1])
    local kind = string.sub(field, 1, 1)
    if field == 'om' then om = value
    elseif field == 'ot' then ot = value
    elseif (kind == 'm' or kind == 't') and field ~= 'seeded' then
      if tonumber(string.sub(field, 2)) < first then redis.call('HDEL', account(key), field)
      elseif kind == 'm' then sm = sm + value
      else st = st + value end
    end
  end
  return sm, st, om, ot
end

local function add(key, field, value)
  if value ~= 0 then redis.call('HINCRBY', account(key), field, string.format('%.0f', value)) end
end

local function settleLine(line, at, micros, tokens)
  if line.w == 'rolling-hour' then
    local minute = string.format('%.0f', math.floor(at / 60000))
    add(line.k, 'm' .. minute, micros)
    add(line.k, 't' .. minute, tokens)
  else
    add(line.k, 'sm', micros)
    add(line.k, 'st', tokens)
  end
end

-- Charges what outlived its lease.
local function reap()
  local ended = redis.call('ZRANGEBYSCORE', p .. 'leases', '-inf', string.format('%.0f', now), 'LIMIT', 0, 100)
  for _, id in ipairs(ended) do
    redis.call('ZREM', p .. 'leases', id)
    local v = redis.call('HMGET', p .. 'r:' .. id, 'state', 'lines', 'at', 'm', 't')
    if v[1] == 'open' then
      for _, line in ipairs(cjson.decode(v[2])) do
        add(line.k, 'om', -tonumber(v[4]))
        add(line.k, 'ot', -tonumber(v[5]))
        settleLine(line, tonumber(v[3]), tonumber(v[4]), tonumber(v[5]))
      end
      redis.call('HSET', p .. 'r:' .. id, 'state', 'charged')
      redis.call('PEXPIRE', p .. 'r:' .. id, REMEMBER_MS)
    end
  end
end

local function longest(cost, micros, tokens)
  local n = HUGE
  if tokens then n = math.min(n, tokens - cost.it) end
  if micros then
    if math.ceil(cost.im) > micros then return -1 end
    if cost.om > 0 then
      local money = math.floor((micros - cost.im) / cost.om)
      if math.ceil(cost.im + money * cost.om) > micros then money = money - 1 end
      n = math.min(n, money)
    end
  end
  if n < 0 then return -1 end
  return n
end

-- The longest answer under all lines, and the first line that allows no longer one.
local function tightest(cost, standings, left)
  local fits, key = HUGE, ''
  for _, s in ipairs(standings) do
    local micros = s.line.mm and left(s.line.mm, s.sm, s.om) or nil
    local tokens = s.line.mt and left(s.line.mt, s.st, s.ot) or nil
    local n = longest(cost, micros, tokens)
    if n < fits then fits, key = n, s.line.k end
  end
  return fits, key
end

local function readAll(lines, at)
  local standings = {}
  for i, line in ipairs(lines) do
    local sm, st, om, ot = standing(line.k, line.w, at)
    standings[i] = { line = line, sm = sm, st = st, om = om, ot = ot }
  end
  return standings
end

local function open(max, settled, opened) return max - settled - opened end

local function number(value) return string.format('%.17g', value) end
`;

/** KEYS[1] prefix; ARGV[1] JSON of the ask. Answers {state, …}. */
export const RESERVE = `${PRELUDE}
local ask = cjson.decode(ARGV[1])
reap()
local known = redis.call('HMGET', p .. 'r:' .. ask.id, 'n', 'm', 't')
if known[1] then return {'granted', known[1], known[2], known[3]} end
local unseeded = {'unseeded'}
for _, line in ipairs(ask.lines) do
  if redis.call('EXISTS', account(line.k)) == 0 then unseeded[#unseeded + 1] = line.k end
end
if #unseeded > 1 then return unseeded end

local function places(line) return p .. 'w:' .. line.k end
local function leave()
  if not ask.place then return end
  for _, line in ipairs(ask.lines) do redis.call('HDEL', places(line), ask.place) end
end
-- Somebody else who came earlier, and asked again of late, goes first.
local function earlier(line)
  if redis.call('EXISTS', places(line)) == 0 then return false end
  local all = redis.call('HGETALL', places(line))
  local own = nil
  local others = {}
  for i = 1, #all, 2 do
    local since, seen = string.match(all[i + 1], '^(%d+):(%d+)$')
    if all[i] == ask.place then own = tonumber(since)
    elseif now - tonumber(seen) > 1000 then redis.call('HDEL', places(line), all[i])
    else others[#others + 1] = { since = tonumber(since), place = all[i] } end
  end
  for _, other in ipairs(others) do
    if not own or other.since < own or (other.since == own and other.place < ask.place) then return true end
  end
  return false
end
local function stand(key)
  if ask.place then
    local since = redis.call('HGET', p .. 'w:' .. key, ask.place)
    since = since and string.match(since, '^(%d+):') or string.format('%.0f', now)
    redis.call('HSET', p .. 'w:' .. key, ask.place, since .. ':' .. string.format('%.0f', now))
    redis.call('PEXPIRE', p .. 'w:' .. key, 60000)
  end
  return {'busy', key}
end

local standings = readAll(ask.lines, ask.at)
local fits, key = tightest(ask.cost, standings, function(max, settled) return max - settled end)
if fits < ask.least then
  leave()
  return {'exhausted', key, string.format('%.0f', fits)}
end
for _, line in ipairs(ask.lines) do
  if (line.mm or line.mt) and earlier(line) then return stand(line.k) end
end
local free, tight = tightest(ask.cost, standings, open)
local n
if free >= ask.usual then
  local ample = tightest(ask.cost, standings, function(max, settled, opened)
    return math.floor((max - settled - opened) / ask.part)
  end)
  n = ample >= ask.most and ask.most or ask.usual
elseif fits < ask.usual and free == fits then
  n = fits
else
  return stand(tight)
end
leave()
local micros = math.ceil(ask.cost.im + n * ask.cost.om)
local tokens = ask.cost.it + n
for _, line in ipairs(ask.lines) do
  add(line.k, 'om', micros)
  add(line.k, 'ot', tokens)
  if line.f then redis.call('PEXPIREAT', account(line.k), string.format('%.0f', line.f)) end
end
local ends = string.format('%.0f', now + ask.lease)
redis.call('HSET', p .. 'r:' .. ask.id, 'state', 'open', 'lines', cjson.encode(ask.lines), 'at', string.format('%.0f', ask.at),
  'n', string.format('%.0f', n), 'm', string.format('%.0f', micros), 't', string.format('%.0f', tokens),
  'im', number(ask.cost.im), 'it', number(ask.cost.it), 'oc', number(ask.cost.om))
redis.call('ZADD', p .. 'leases', ends, ask.id)
return {'granted', string.format('%.0f', n), string.format('%.0f', micros), string.format('%.0f', tokens)}
`;

/** KEYS[1] prefix; ARGV[1] JSON of seeds. */
export const SEED = `${PRELUDE}
for _, seed in ipairs(cjson.decode(ARGV[1])) do
  if redis.call('EXISTS', account(seed.k)) == 0 then
    redis.call('HSET', account(seed.k), 'seeded', 1)
    if seed.w ~= 'rolling-hour' then
      add(seed.k, 'sm', seed.m)
      add(seed.k, 'st', seed.t)
    end
    for _, one in ipairs(seed.minutes) do
      add(seed.k, 'm' .. string.format('%.0f', one.minute), one.m)
      add(seed.k, 't' .. string.format('%.0f', one.minute), one.t)
    end
    if seed.forget then redis.call('PEXPIREAT', account(seed.k), string.format('%.0f', seed.forget)) end
  end
end
return 1
`;

/** KEYS[1] prefix; ARGV[1] JSON {id, lines, wanted, lease}. Answers how much output is held. */
export const EXTEND = `${PRELUDE}
local ask = cjson.decode(ARGV[1])
reap()
local r = p .. 'r:' .. ask.id
local v = redis.call('HMGET', r, 'state', 'n', 'm', 't', 'im', 'it', 'oc', 'lines', 'at')
if not v[1] then return '0' end
if v[1] ~= 'open' then return v[2] end
local cost = { im = tonumber(v[5]), it = tonumber(v[6]), om = tonumber(v[7]) }
local held, m, t = tonumber(v[2]), tonumber(v[3]), tonumber(v[4])
local own = {}
local lines = cjson.decode(v[8])
for _, line in ipairs(lines) do own[line.k] = true end
local asked = {}
for _, line in ipairs(ask.lines) do if own[line.k] then asked[#asked + 1] = line end end
local standings = readAll(asked, tonumber(v[9]))
for _, s in ipairs(standings) do s.om, s.ot = s.om - m, s.ot - t end
local free = tightest(cost, standings, open)
local n = math.max(held, math.min(free, ask.wanted))
if n > held then
  local micros, tokens = math.ceil(cost.im + n * cost.om), cost.it + n
  for _, line in ipairs(lines) do
    add(line.k, 'om', micros - m)
    add(line.k, 'ot', tokens - t)
  end
  redis.call('HSET', r, 'n', string.format('%.0f', n), 'm', string.format('%.0f', micros), 't', string.format('%.0f', tokens))
end
redis.call('ZADD', p .. 'leases', string.format('%.0f', now + ask.lease), ask.id)
return string.format('%.0f', n)
`;

/** KEYS[1] prefix; ARGV id, micros, tokens. Answers {state, key, sm, st, om, ot, …}. */
export const SETTLE = `${PRELUDE}
reap()
local r = p .. 'r:' .. ARGV[1]
local v = redis.call('HMGET', r, 'state', 'lines', 'at', 'm', 't')
if not v[1] then return {'unknown'} end
if v[1] == 'settled' then return {'already'} end
local at, m, t = tonumber(v[3]), tonumber(v[4]), tonumber(v[5])
local usedMicros, usedTokens = tonumber(ARGV[2]), tonumber(ARGV[3])
local answer = {'settled'}
for _, line in ipairs(cjson.decode(v[2])) do
  if v[1] == 'open' then
    add(line.k, 'om', -m)
    add(line.k, 'ot', -t)
    settleLine(line, at, usedMicros, usedTokens)
  else
    settleLine(line, at, usedMicros - m, usedTokens - t)
  end
  local sm, st, om, ot = standing(line.k, line.w, at)
  for _, value in ipairs({ line.k, sm, st, om, ot }) do
    answer[#answer + 1] = type(value) == 'number' and string.format('%.0f', value) or value
  end
end
redis.call('ZREM', p .. 'leases', ARGV[1])
redis.call('HSET', r, 'state', 'settled')
redis.call('HDEL', r, 'lines')
redis.call('PEXPIRE', r, 3600000)
return answer
`;

/** KEYS[1] prefix; ARGV[1] place, then accounts. */
export const LEAVE = `${PRELUDE}
for i = 2, #ARGV do redis.call('HDEL', p .. 'w:' .. ARGV[i], ARGV[1]) end
return 1
`;

/** KEYS[1] prefix; ARGV[1] at, ARGV[2] JSON of lines. Answers sm, st, om, ot of each. */
export const BALANCES = `${PRELUDE}
reap()
local answer = {}
for _, line in ipairs(cjson.decode(ARGV[2])) do
  for _, value in ipairs({ standing(line.k, line.w, tonumber(ARGV[1])) }) do
    answer[#answer + 1] = string.format('%.0f', value)
  end
end
return answer
`;
