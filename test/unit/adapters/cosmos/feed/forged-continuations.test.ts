import { CosmosClient } from '@azure/cosmos'
import { expect, onTestFinished, test } from 'vitest'
import { encodeContinuation } from '../../../../../src/adapters/cosmos/feed/continuation.ts'
import { openCosmosPort } from '../../../../../src/adapters/cosmos/index.ts'
import type { LastEvent } from '../../../../../src/core/adapters/continuation.ts'
import { cosmosEmulator } from '../../../../../src/cosmos-emulator/index.ts'

const WHOLE = { min: '', max: 'FF' }

async function start() {
  let requests = 0
  const emulator = cosmosEmulator({
    faults: (_, response) => {
      if (response === undefined) requests++
      return undefined
    },
  })
  const client = new CosmosClient(emulator)
  onTestFinished(() => client.dispose())
  const port = await openCosmosPort(client, { database: 'd', setup: true, deadline: 2_000 })
  onTestFinished(() => port.close())
  await port.events.append('a:1', [{ eventType: 'E', eventData: {}, metadata: { eventId: 'e1' } }], {
    expectedVersion: 0,
  })
  await port.feed.ranges()
  const requestsOf = async (work: () => Promise<unknown>) => {
    requests = 0
    await work()
    return requests
  }
  return { port, requestsOf }
}

const older = (incarnation: string, etag: unknown) =>
  Buffer.from(JSON.stringify([incarnation, '', 'FF', etag, 1])).toString('base64url')

const last = (event: Partial<LastEvent>): LastEvent => ({ streamId: 'a:1', version: 1, eventId: 'e1', ...event })

test('what nobody gave out is InvalidContinuation at once, and takes one request at most', async () => {
  const { port, requestsOf } = await start()
  const { incarnation } = port
  const forged = (etag: string, event: LastEvent | null = null) =>
    encodeContinuation(incarnation, WHOLE, { etag, readTo: 1, last: event })
  const asked: Readonly<Record<string, readonly [continuation: string, requests: number]>> = {
    'an ETag that no service gives': [forged('abc'), 1],
    'an ETag with a line break': [forged('"1"\r\nx-evil: 1'), 0],
    'an ETag that is no ASCII': [forged('"😀"'), 0],
    'an ETag without end': [forged('1'.repeat(3_000)), 0],
    'an older one with a line break': [older(incarnation, '"1"\r\nx-evil: 1'), 0],
    'an older one with an ETag without end': [older(incarnation, '1'.repeat(3_000)), 0],
    'a stream id without end': [forged('"1"', last({ streamId: `a:${'é'.repeat(2_000)}` })), 0],
    'a stream id of half a character': [forged('"1"', last({ streamId: 'a:\ud800' })), 0],
    'an event id without end': [forged('"1"', last({ eventId: 'e'.repeat(2_000) })), 0],
    'a version that is none': [forged('"1"', last({ version: 0 })), 0],
    'ten megabytes': [`2.${'A'.repeat(10_000_000)}`, 0],
    'ten megabytes, older': ['W'.repeat(10_000_000), 0],
    'a thousand levels': [`2.${Buffer.from('['.repeat(10_000)).toString('base64url')}`, 0],
  }
  for (const [what, [continuation, most]] of Object.entries(asked)) {
    for (const call of [port.feed.read, port.feed.lag]) {
      const count = await requestsOf(() =>
        expect(call(WHOLE, continuation), what).rejects.toMatchObject({ code: 'InvalidContinuation' }),
      )
      expect(count, what).toBeLessThanOrEqual(most)
    }
  }
})

test('what it says of the log is compared with the log, and shows nothing of another stream', async () => {
  const { port } = await start()
  const read = (event: LastEvent) =>
    port.feed.read(WHOLE, encodeContinuation(port.incarnation, WHOLE, { etag: '"1"', readTo: 1, last: event }))
  for (const event of [
    last({ eventId: 'other' }),
    last({ streamId: 'b:1' }),
    last({ version: 2 }),
    last({ streamId: '' }),
  ])
    await expect(read(event)).rejects.toMatchObject({ code: 'LogDiverged' })
})
