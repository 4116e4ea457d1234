// Lets concurrent appenders loose on emmett-sqlite and tells its parent what is acknowledged, until it is killed. A
// process of its own, because emmett prints every error that it meets.
//
// Arguments: file, mode, number of appenders.
import { setTimeout as sleep } from 'node:timers/promises'
import { type EmmettMode, openEmmett } from '../support/emmett/store.ts'
import { readingData } from '../support/sample-events.ts'

const [file, mode, appenders] = process.argv.slice(2) as [string, EmmettMode, string]
const store = await openEmmett(file, mode)

async function append(appender: number): Promise<never> {
  let version = 0n
  for (let n = appender; ; n += Number(appenders)) {
    const events = [{ type: 'ReadingTaken', data: { ...readingData(n), n } }]
    try {
      const options = { expectedStreamVersion: version }
      version = (await store.appendToStream(`reading-${appender}`, events, options)).nextExpectedStreamVersion
      process.send?.({ acknowledged: n })
    } catch (error) {
      process.send?.({ error: (error as { code?: string }).code ?? (error as Error).name })
      // One who met an error pauses, as a caller would.
      await sleep(5)
    }
  }
}

// A parent that is gone kills nobody.
process.once('disconnect', () => process.exit())
process.send?.({ peer: store.peer })
await Promise.all(Array.from({ length: Number(appenders) }, (_, appender) => append(appender)))
