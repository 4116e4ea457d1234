import { join } from 'node:path'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { eventStore } from '../../../src/core/events/event-store.ts'
import { openEmbedded } from '../../../src/embedded.ts'
import { startProcessor } from '../../../src/processor/processor.ts'
import { defineProjection } from '../../../src/projections/define-projection.ts'
import { loseTail } from '../../support/embedded/lose-tail.ts'
import { newSigner } from '../../support/integrity/signers.ts'
import { workshop } from './run-cli.ts'

const events = defineEvents({ Counted: z.object({ by: z.number() }) })
const counts = defineProjection('counts', {
  events,
  key: ({ streamId }) => streamId,
  initial: () => ({ sum: 0 }),
  on: { Counted: ({ sum }, { data }) => ({ sum: sum + data.by }) },
})

test('a log that lost its end is called tampered by a verification, although it cannot be opened', {
  timeout: 60_000,
}, async () => {
  await using shop = await workshop()
  const folder = join(shop.folder, 'data')
  {
    await using storage = await openEmbedded(folder)
    await using _ = await startProcessor(storage, [counts])
    const appended = [events.create('Counted', { by: 1 })]
    const { position } = await eventStore(storage, events).append('counter:1', appended, {
      expectedVersion: 'noStream',
    })
    await storage.views.waitFor(counts, 'counter:1', position)
  }
  loseTail(folder, 'counter:1', 1)
  const key = newSigner('acme/counters').verifierKey
  expect(await shop.run(['chain', 'verify', '--key', key])).toMatchObject({
    code: 6,
    stderr: expect.stringMatching(/^ChainDiverged: The log lost events, or was replaced/),
  })
})
