import { closeSync, openSync } from 'node:fs'
import { devNull } from 'node:os'
import type { Worker } from 'node:worker_threads'
import { openEmbeddedPort } from '../../../src/adapters/embedded/index.ts'
import type { StoragePort } from '../../../src/core/port/storage.ts'
import { someEvents } from './events.ts'

// Lets writer threads die and fail to start, because the process has hardly a file descriptor left, and appends in
// between. Prints what failed appends were told; ends at the first answer that went to another append. To be run with
// few descriptors.

const ROUNDS = 40
// How many are left decides how far a thread gets.
const MOST_LEFT = 8

const [, , folder = ''] = process.argv
let writer: Worker | undefined
process.on('worker', (worker: Worker) => {
  writer = worker
})
const storage = await openEmbeddedPort(folder)
await storage.events.append('first:1', someEvents(1), { expectedVersion: 0 })
const told = new Set<string>()
for (let round = 0; round < ROUNDS; round++) {
  await writer?.terminate()
  const taken = takeAll()
  for (const file of taken.splice(0, round % (MOST_LEFT + 1))) closeSync(file)
  try {
    await storage.events.append(`lost:${round}`, someEvents(1), { expectedVersion: 0 })
  } catch (error) {
    told.add(describe(error))
  }
  for (const file of taken) closeSync(file)
  // These are sent while the thread that failed may not have ended yet.
  for (let i = 0; i < 5; i++) await check(storage, `good:${round}-${i}`, i + 1)
}
await storage.close()
console.log(JSON.stringify([...told]))

function takeAll(): number[] {
  const taken: number[] = []
  try {
    for (;;) taken.push(openSync(devNull, 'r'))
  } catch {
    return taken
  }
}

function describe(error: unknown): string {
  const { code, message, cause } = error as { code?: string; message: string; cause?: unknown }
  const isNamed = /EMFILE|too many open files/.test(`${message} ${String(cause)}`)
  return `${code}${isNamed ? ' with EMFILE' : `: ${message} (${String(cause)})`}`
}

async function check({ events }: StoragePort, streamId: string, count: number): Promise<void> {
  const conflict = await events.append(streamId, someEvents(1), { expectedVersion: 7 }).then(
    () => 'appended',
    (error: { code: string }) => error.code,
  )
  if (conflict !== 'WrongExpectedVersion') throw new Error(`${streamId}: ${conflict} instead of a conflict`)
  const { version, position } = await events.append(streamId, someEvents(count), { expectedVersion: 0 })
  if (version !== count) throw new Error(`${streamId}: version ${version} instead of ${count}`)
  if ((await events.load(streamId)).version !== count) throw new Error(`${streamId} was not written`)
  const [located] = await events.locate(position)
  if (located?.streamId !== streamId) throw new Error(`${streamId} was told the position of ${located?.streamId}`)
}
