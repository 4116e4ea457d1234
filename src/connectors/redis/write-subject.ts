import { scriptOf } from './run-script.ts'

/**
 * Writes the state of a subject and publishes it, in one atomic step, only if its version is higher than that of what is
 * there. What is there and is no state of this log is replaced. It touches one key, so it runs on any node of a cluster.
 *
 * KEYS: the entry. ARGV: the version; the incarnation of the log; the state as text; milliseconds until the entry
 * expires, or 0 for never; the channel, or '' to publish nothing.
 *
 * Returns 1 if it was written, 0 if not.
 */
export const WRITE_SUBJECT = scriptOf(`
local stored = redis.call('GET', KEYS[1])
if stored then
  local isJson, old = pcall(cjson.decode, stored)
  if isJson and type(old) == 'table' and old.incarnation == ARGV[2] and type(old.version) == 'number'
    and old.version >= tonumber(ARGV[1]) then return 0 end
end
if ARGV[4] == '0' then redis.call('SET', KEYS[1], ARGV[3])
else redis.call('SET', KEYS[1], ARGV[3], 'PX', ARGV[4]) end
if ARGV[5] ~= '' then redis.call('PUBLISH', ARGV[5], ARGV[3]) end
return 1
`)
