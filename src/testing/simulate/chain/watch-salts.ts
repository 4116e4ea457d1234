import { TOMBSTONE } from '../../../core/port/event-document.ts'
import { type ViewDocument, viewId } from '../../../core/port/view-store.ts'
import type { Block } from '../../../integrity/ledger/blocks/block.ts'
import type { World } from '../world/world.ts'

/** What looks at each document that is saved: when a tombstone is sealed, the salt of its stream must be erased. */
export function watchSalts({ db, parts, fail }: World): (saved: ViewDocument) => void {
  const { streams, views } = db.state
  return ({ projection, key, ...document }) => {
    if (projection !== '$chain' || !/^\d+$/.test(key)) return
    const { body } = document.content as unknown as Block
    for (const [streamId, version] of body.places) {
      if (!streams.get(streamId)?.events[version - 1]?.json.includes(TOMBSTONE)) continue
      const stored = views.get(viewId({ projection: '$chain-salt', version: 1, key: streamId }))
      if (stored === undefined) continue
      parts.count('chain', 'saltErased')
      if (stored.json.includes('"salt":')) fail(`chain: ${streamId}@${version} is sealed, and its salt is not erased`)
    }
  }
}
