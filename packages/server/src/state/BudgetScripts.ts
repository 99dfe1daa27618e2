/**
 * What budgets do in Redis, each in one step that nobody can come between.
 *
 * An account is what was spent and what is set aside in a period. What is set aside is a lease: of a process that died it comes back
 * within `leaseMs`. Keys of all: account, leases, amounts.
 */
import { script } from "./Changes.ts"

/** How long money is set aside for a call that is not settled; milliseconds. @stability experimental @category constants @since 0.1.0 */
export const leaseMs = 15 * 60_000

const give = `
local function give(id)
  local amount = redis.call('HGET', KEYS[3], id)
  if amount then redis.call('HINCRBYFLOAT', KEYS[1], 'reserved', -tonumber(amount)) end
  redis.call('HDEL', KEYS[3], id)
  redis.call('ZREM', KEYS[2], id)
end
`

/**
 * Sets money aside. Arguments: the budget, the estimate, an id, milliseconds that the account is kept, and what was spent before the
 * account was opened, or while it was lifted (empty where that is not known yet). Answers `taken`, `spent`, `busy` (what is left may yet be spent), or
 * `unopened`.
 *
 * @stability experimental
 * @category scripts
 * @since 0.1.0
 */
export const take = script(`${give}
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
if redis.call('HEXISTS', KEYS[1], 'spent') == 0 or redis.call('HEXISTS', KEYS[1], 'lifted') == 1 then
  if ARGV[5] == '' then return 'unopened' end
  local known = redis.call('HGET', KEYS[1], 'spent')
  if not known or tonumber(known) < tonumber(ARGV[5]) then redis.call('HSET', KEYS[1], 'spent', ARGV[5]) end
  redis.call('HDEL', KEYS[1], 'lifted')
  redis.call('PEXPIRE', KEYS[1], ARGV[4])
end
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', now)) do give(id) end
local budget = tonumber(ARGV[1])
local spent = tonumber(redis.call('HGET', KEYS[1], 'spent'))
local reserved = math.max(0, tonumber(redis.call('HGET', KEYS[1], 'reserved') or '0'))
if spent >= budget then return 'spent' end
if spent + reserved >= budget then return 'busy' end
redis.call('HINCRBYFLOAT', KEYS[1], 'reserved', ARGV[2])
redis.call('ZADD', KEYS[2], now + ${leaseMs}, ARGV[3])
redis.call('HSET', KEYS[3], ARGV[3], ARGV[2])
redis.call('PEXPIRE', KEYS[2], ARGV[4])
redis.call('PEXPIRE', KEYS[3], ARGV[4])
return 'taken'
`)

/**
 * Books what was spent, and gives back what was set aside. Arguments: the cost, the ids of what is given back. An account that is not
 * open (Redis was emptied) is left so: it will be opened with what the ledger has.
 *
 * @stability experimental
 * @category scripts
 * @since 0.1.0
 */
export const settle = script(`${give}
for at = 2, #ARGV do give(ARGV[at]) end
if redis.call('HEXISTS', KEYS[1], 'spent') == 1 then redis.call('HINCRBYFLOAT', KEYS[1], 'spent', ARGV[1]) end
return 1
`)

/**
 * The account is not told any more what its caller spends: before it is used again, the ledger is asked. One that is not open is left so.
 *
 * @stability experimental
 * @category scripts
 * @since 0.1.0
 */
export const lift = script(`
if redis.call('HEXISTS', KEYS[1], 'spent') == 1 then redis.call('HSET', KEYS[1], 'lifted', 1) end
return 1
`)
