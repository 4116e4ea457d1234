import type { Clock } from '../../core/clock.ts'
import { environmentOf } from '../../core/environment.ts'
import { GroupMismatch } from '../../core/errors/messaging.ts'
import { type GroupCode, isSameCode, readGroup, saveGroup } from '../../core/leases/groups.ts'
import { WORKERS } from '../../core/leases/lease-owner.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import type { Reaction } from '../../reactions/reaction.ts'
import { versionKey } from '../leases/worker-registry.ts'
import type { VersionNotice } from '../versions/version-notice.ts'

type Context = {
  readonly storage: StoragePort
  readonly clock: Clock
  readonly workerId: string
  onNotice(notice: VersionNotice): void
}

/**
 * Makes sure that each group of these reactions runs this process's code, before anything is read: code with a higher
 * version replaces the former, and other code does once no worker is left that has the group. Functions that changed
 * without a new version are reported.
 *
 * @throws GroupMismatch if other workers run other code; EnvironmentMismatch if the log belongs to an environment that
 *   the storage was not opened for, and there is a group or a publication to a bus
 */
export async function startGroups(context: Context, reactions: readonly Reaction[]): Promise<void> {
  const groups = reactions.filter(({ group }) => group !== undefined)
  if (groups.length > 0 || reactions.some(({ usesBus }) => usesBus)) await environmentOf(context.storage)
  for (const reaction of groups) await claimGroup(context, reaction, reaction.group as GroupCode)
}

async function claimGroup(context: Context, reaction: Reaction, code: GroupCode): Promise<void> {
  const { storage } = context
  const { name } = reaction
  for (;;) {
    const { code: running, condition } = await readGroup(storage.leases, name)
    const isSame = running !== undefined && isSameCode(running, code)
    if (isSame && running.fingerprint === code.fingerprint) return
    if (running && !isSame && code.version <= running.version && (await isRunByOthers(context, reaction))) {
      throw new GroupMismatch(name, running, code)
    }
    const since = new Date(context.clock.now()).toISOString()
    if (!(await saveGroup(storage, { name, code: { ...code, since } }, condition))) continue
    if (isSame && running.since !== undefined) {
      context.onNotice({ kind: 'codeChanged', projection: name, version: code.version, since: running.since })
    }
    return
  }
}

async function isRunByOthers({ storage, clock, workerId }: Context, reaction: Reaction): Promise<boolean> {
  const workers = await storage.leases.list({ projection: WORKERS })
  return workers.some(({ document: { owner, expiresAt, projections } }) => {
    const isOther = owner !== workerId && expiresAt > clock.now()
    return isOther && Array.isArray(projections) && projections.includes(versionKey(reaction))
  })
}
