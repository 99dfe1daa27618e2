/**
 * What limits do in Redis, each in one step that nobody can come between.
 *
 * Windows are counters that Redis forgets at their end. A place (a call at once) is a lease, so that a process that died gives its
 * places back within `leaseMs`. Time is Redis's own: clocks of machines differ.
 */
import { script } from "./Changes.ts"
import * as Script from "./Script.ts"

/** How long a place is held without being renewed; milliseconds. @stability experimental @category constants @since 0.1.0 */
export const leaseMs = 30_000

const now = `
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
`

const window = `
local function used(key) return tonumber(redis.call('GET', key) or '0') end
local function left(key) return math.max(0, redis.call('PTTL', key)) end
`

/**
 * Takes a request, tokens and a place, or nothing. Keys: requests, tokens, places. Arguments: most requests, their window in
 * milliseconds, most tokens, their window, tokens, most places, id of the place; -1 where there is no such limit. Answers what said
 * no (0 nothing, 1 places, 2 requests, 3 tokens), and of requests and tokens what is used and when that ends.
 *
 * @stability experimental
 * @category scripts
 * @since 0.1.0
 */
export const acquire = script(`${now}${window}
local mostRequests, mostTokens = tonumber(ARGV[1]), tonumber(ARGV[3])
local tokens, mostPlaces = tonumber(ARGV[5]), tonumber(ARGV[6])
local function answer(no)
  return { no, used(KEYS[1]), left(KEYS[1]), used(KEYS[2]), left(KEYS[2]) }
end
if mostPlaces >= 0 then
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
  if redis.call('ZCARD', KEYS[3]) >= mostPlaces then return answer(1) end
end
if mostRequests >= 0 and used(KEYS[1]) + 1 > mostRequests then return answer(2) end
if mostTokens >= 0 and used(KEYS[2]) + tokens > mostTokens then return answer(3) end
local function take(key, amount, windowMs)
  if redis.call('EXISTS', key) == 0 then redis.call('SET', key, amount, 'PX', windowMs)
  else redis.call('INCRBY', key, amount) end
end
if mostRequests >= 0 then take(KEYS[1], 1, ARGV[2]) end
if mostTokens >= 0 then take(KEYS[2], ARGV[5], ARGV[4]) end
if mostPlaces >= 0 then
  redis.call('ZADD', KEYS[3], now + ${leaseMs}, ARGV[7])
  redis.call('PEXPIRE', KEYS[3], ${2 * leaseMs})
end
return answer(0)
`)

/** What is used and when that ends. Keys: requests, tokens. @stability experimental @category scripts @since 0.1.0 */
export const standing = Script.make(`${window}
return { 0, used(KEYS[1]), left(KEYS[1]), used(KEYS[2]), left(KEYS[2]) }
`)

/**
 * Adds to a window that is open, never below 0. Key: the window. Arguments: amount, and how long the window lasts where there is none;
 * 0 adds nothing then.
 *
 * @stability experimental
 * @category scripts
 * @since 0.1.0
 */
export const add = script(`
if redis.call('EXISTS', KEYS[1]) == 1 then
  local sum = redis.call('INCRBY', KEYS[1], ARGV[1])
  if sum < 0 then redis.call('DECRBY', KEYS[1], sum) end
elseif tonumber(ARGV[2]) > 0 and tonumber(ARGV[1]) > 0 then
  redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
end
return 1
`)

/** Holds places on. Key: places. Arguments: their ids. @stability experimental @category scripts @since 0.1.0 */
export const renew = script(`${now}
for _, id in ipairs(ARGV) do redis.call('ZADD', KEYS[1], now + ${leaseMs}, id) end
redis.call('PEXPIRE', KEYS[1], ${2 * leaseMs})
return #ARGV
`)

/** Gives places back. Key: places. Arguments: their ids. @stability experimental @category scripts @since 0.1.0 */
export const leave = script(`
for _, id in ipairs(ARGV) do redis.call('ZREM', KEYS[1], id) end
return #ARGV
`)
