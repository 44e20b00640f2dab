/**
 * One script an operation. Rates are one string a key, the instant (by the server's clock, ms) at which all that was
 * taken is paid back; slots are a sorted set a key, attempt by the end of its lease.
 */
const NOW = `
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
`;

/** KEYS[1]: prefix. ARGV[1]: { id, rates: [{ key, perMinute, cost }], slots: [{ key, max }], leaseMs } */
export const TAKE = `${NOW}
local prefix = KEYS[1]
local ask = cjson.decode(ARGV[1])
for _, slot in ipairs(ask.slots) do
  local key = prefix .. 's:' .. slot.key
  redis.call('ZREMRANGEBYSCORE', key, '-inf', now)
  if redis.call('ZCARD', key) >= slot.max then return { 'refused', slot.key, -1 } end
end
local kept = {}
for i, rate in ipairs(ask.rates) do
  local at = tonumber(redis.call('GET', prefix .. 'r:' .. rate.key) or now)
  if at < now then at = now end
  at = at + math.min(rate.cost, rate.perMinute) * 60000 / rate.perMinute
  local wait = at - now - 60000
  if wait > 0 then return { 'refused', rate.key, math.ceil(wait) } end
  kept[i] = at
end
for i, rate in ipairs(ask.rates) do
  redis.call('SET', prefix .. 'r:' .. rate.key, string.format('%.3f', kept[i]), 'PX', 130000)
end
for _, slot in ipairs(ask.slots) do
  local key = prefix .. 's:' .. slot.key
  redis.call('ZADD', key, now + ask.leaseMs, ask.id)
  redis.call('PEXPIRE', key, ask.leaseMs + 1000)
end
return { 'taken' }
`;

/** ARGV[1]: { id, slots: [{ key }], back: [{ key, perMinute, cost }] } */
export const LEAVE = `
local prefix = KEYS[1]
local ask = cjson.decode(ARGV[1])
for _, slot in ipairs(ask.slots) do redis.call('ZREM', prefix .. 's:' .. slot.key, ask.id) end
for _, rate in ipairs(ask.back) do
  local key = prefix .. 'r:' .. rate.key
  local at = redis.call('GET', key)
  if at then
    local moved = tonumber(at) - rate.cost * 60000 / rate.perMinute
    redis.call('SET', key, string.format('%.3f', moved), 'PX', 130000)
  end
end
return 1
`;
