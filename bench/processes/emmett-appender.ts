// Appends through emmett-sqlite, one append after another, as often as its parent asks, and answers how many seconds
// that took. A process of its own, because emmett prints every error that it meets.
//
// sqlite3 now and then refuses to commit, since it has not yet ended the statement before ("SQL statements in
// progress"); emmett rolls back and throws. Such an append is made again, as a caller would, and counted.
//
// Arguments: file, mode, events in an append.
import { type EmmettMode, openEmmett } from '../support/emmett/store.ts'
import { sampleEvents } from '../support/sample-events.ts'
import { versionedStreams } from '../support/versioned-streams.ts'

const STREAMS = 64

const [file, mode, size] = process.argv.slice(2) as [string, EmmettMode, string]
const store = await openEmmett(file, mode)
const streams = versionedStreams('a', STREAMS)
const batch = sampleEvents(Number(size))

async function append(): Promise<number> {
  const stream = streams.next()
  for (let retries = 0; ; retries++) {
    try {
      await store.appendToStream(stream.id, batch, { expectedStreamVersion: BigInt(stream.version) })
      stream.version += batch.length
      return retries
    } catch (error) {
      if ((error as { code?: string }).code !== 'SQLITE_BUSY' || retries === 100) throw error
    }
  }
}

process.on('message', async (appends) => {
  let retries = 0
  const start = performance.now()
  for (let i = 0; i < Number(appends); i++) retries += await append()
  process.send?.({ seconds: (performance.now() - start) / 1000, retries })
})
process.once('disconnect', () => store[Symbol.dispose]())
process.send?.({ peer: store.peer })
