import { scriptOf } from './run-script.ts'

/**
 * Writes a state and publishes it, in one atomic step, only if it is newer than what is there. The version vectors are
 * compared as `compareVectors` does. It touches one key, so it runs on any node of a cluster.
 *
 * KEYS: the entry. ARGV: the state's version vector; the state as text, or '' if it is unknown; milliseconds until the
 * entry expires; the channel, or '' to publish nothing.
 *
 * Returns 1 if it was written, 0 if it is not newer, 2 if neither contains the other.
 */
export const WRITE_STATE = scriptOf(`
local function reader(vector)
  local parts = string.gmatch(vector, '([^=;]*)=([^;]*)')
  local _, position = parts()
  local min, following = parts()
  return function() return position, min end, function()
    position = following
    min, following = parts()
  end
end

local stored = redis.call('HGET', KEYS[1], 'v')
local ahead, behind = not stored, false
if stored and stored ~= ARGV[1] then
  local mine, skipMine = reader(ARGV[1])
  local other, skipOther = reader(stored)
  while true do
    local position, min = mine()
    local otherPosition, otherMin = other()
    if not otherPosition then ahead, behind = true, false; break end
    if position > otherPosition then ahead = true end
    if position < otherPosition then behind = true end
    if not min and not otherMin then break end
    if min and (not otherMin or min <= otherMin) then skipMine() end
    if otherMin and (not min or otherMin <= min) then skipOther() end
  end
end
if ahead and behind then return 2 end
if behind then return 0 end
if not ahead and (ARGV[2] ~= '' or redis.call('HSTRLEN', KEYS[1], 's') == 0) then return 0 end
redis.call('HSET', KEYS[1], 'v', ARGV[1], 's', ARGV[2])
redis.call('PEXPIRE', KEYS[1], ARGV[3])
if ARGV[4] ~= '' then redis.call('PUBLISH', ARGV[4], ARGV[2]) end
return 1
`)
