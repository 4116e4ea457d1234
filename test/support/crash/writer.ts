// Appends as fast as it can until it is killed, and says each acknowledged append on a line of its standard output:
// stream, last version, number of events, the append's name. Arguments: the storage's URL, a name for this process.
import { writeSync } from 'node:fs'
import { WrongExpectedVersion } from '../../../src/core/errors/append.ts'
import { openStorage } from '../../../src/open/open-storage.ts'

const APPENDERS = 16
const STREAMS = 40
const PAUSE = new Int32Array(new SharedArrayBuffer(4))

const [url, name] = process.argv.slice(2) as [string, string]
const storage = await openStorage(url)
const versions = new Map<string, number>()
let appends = 0

async function append(): Promise<void> {
  const number = appends++
  const streamId = `crash:${Math.floor(Math.random() * STREAMS)}`
  const count = 1 + (number % 7)
  const of = `${name}-${number}`
  const events = Array.from({ length: count }, (_, index) => ({
    eventType: 'Written',
    eventData: { of, index, count, ballast: 'x'.repeat(Math.floor(Math.random() * 600)) },
    metadata: { eventId: `${of}-${index}` },
  }))
  const expectedVersion = number % 2 === 0 ? 'any' : (versions.get(streamId) ?? 0)
  try {
    const { version } = await storage.events.append(streamId, events, { expectedVersion })
    versions.set(streamId, version)
    say(`${streamId} ${version} ${count} ${of}\n`)
  } catch (error) {
    if (!(error instanceof WrongExpectedVersion)) throw error
    versions.set(streamId, error.actual)
  }
}

// Written at once, as a whole: no buffer of this process dies with it. A pipe that is full is waited for.
function say(line: string): void {
  for (;;) {
    try {
      writeSync(1, line)
      return
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      Atomics.wait(PAUSE, 0, 0, 1)
    }
  }
}

await Promise.all(
  Array.from({ length: APPENDERS }, async () => {
    for (;;) await append()
  }),
)
