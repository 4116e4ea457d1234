import { SEALING } from '../../../integrity/chain/sealing/sealing.ts'
import type { World } from '../world/world.ts'

/** An attacker who wants events to stay unsealed moves the leases of sealing to the end of the feed. */
export function moveLeases({ db, parts, trace, fail }: World): void {
  const move = async () => {
    for (const { document, etag } of await db.leases.list({ projection: SEALING })) {
      // One whose range was split has no successor of its own.
      if (!db.state.ranges.some(({ min, max }) => min === document.range.min && max === document.range.max)) continue
      const { continuation } = await db.feed.read(document.range, 'now')
      await db.leases.save({ ...document, continuation }, { ifMatch: etag })
      trace.note(`lease ${document.id} is moved`)
      parts.count('chain', 'leaseMoved')
    }
  }
  move().catch((error) => fail(`no lease was moved: ${error}`))
}
