import assert from 'node:assert/strict'
import type { ExpectedVersion } from '../../../core/append/expected-version.ts'
import { WrongExpectedVersion } from '../../../core/errors/append.ts'
import type { StoragePort } from '../../../core/port/storage.ts'
import { randomFrom } from '../../../core/random.ts'
import { casesOf } from '../case.ts'
import { eventsNamed, idsOf, numbers } from '../support/events.ts'
import { faultIn, type Operation } from '../support/linearizable.ts'
import { below, oneOf } from '../support/random.ts'

/** Appends and loads of one stream, as if each had happened at one moment. */
export const linearizability = casesOf('linearizability', {
  'a history of appends and loads on two handles is linearizable': async ({ open, reopen }) => {
    const seed = Date.now() % 0x100000000
    const storage = await open()
    const ports = [storage, await reopen(storage)]
    const history: Operation[] = []
    let time = 0
    const client = async (port: StoragePort, name: number) => {
      const random = randomFrom(seed + name)
      let known = 0
      for (const turn of numbers(1, 25)) {
        const invoked = time++
        const done = (operation: Timeless) => {
          history.push({ ...operation, invoked, returned: time++ })
          known = operation.kind === 'refused' ? operation.actual : operation.version
        }
        if (random() < 0.4) {
          const { events, version } = await port.events.load('a:1')
          done({ kind: 'loaded', ids: idsOf(events), version })
          continue
        }
        const expected = oneOf<ExpectedVersion>(random, [
          known,
          known,
          known,
          'any',
          'streamExists',
          'noStream',
          known + 1,
        ])
        const ids = numbers(0, below(random, 3)).map((n) => `${name}/${turn}/${n}`)
        try {
          const { version } = await port.events.append('a:1', eventsNamed(...ids), { expectedVersion: expected })
          done({ kind: 'appended', expected, ids, version })
        } catch (error) {
          if (!(error instanceof WrongExpectedVersion)) throw error
          done({ kind: 'refused', expected, actual: error.actual })
        }
      }
    }
    await Promise.all(numbers(0, 11).map((name) => client(ports[name % 2] as StoragePort, name)))
    assert.equal(faultIn(history), undefined, `seed ${seed}`)
    assert.ok(history.some(({ kind }) => kind === 'refused') && history.some(({ kind }) => kind === 'appended'))
  },
})

type Timeless = Operation extends infer One
  ? One extends Operation
    ? Omit<One, 'invoked' | 'returned'>
    : never
  : never
