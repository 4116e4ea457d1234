import { expect, it } from 'vitest'
import { noTelemetry, type Telemetry } from '../../../../src/core/telemetry/telemetry.ts'
import { startProcessor } from '../../../../src/processor/processor.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { until } from '../../../support/projecting/until.ts'
import { overall, perStream } from '../support.ts'

const quick = { leaseDuration: 600, renewInterval: 100, pollInterval: 30 }

it('a worker for which no range is left is on standby until another one stops', async () => {
  await using port = openMemory({ ranges: 2 })
  const told: [string, boolean][] = []
  const start = (workerId: string) =>
    startProcessor(port, [perStream, overall], {
      ...quick,
      workerId,
      onStandby: (standby) => told.push([workerId, standby]),
    })
  await using a = await start('a')
  await using b = await start('b')
  const standby = async () => Promise.all([a, b].map(async (worker) => (await worker.status()).standby))
  await until('a and b share', async () => (await a.status()).ranges.filter(({ owner }) => owner === 'a').length === 2)
  expect(await standby()).toEqual([false, false])

  await using c = await start('c')
  await until('c is on standby', async () => (await c.status()).standby)
  expect(told).toEqual([['c', true]])
  expect(await standby()).toEqual([false, false])

  await a.stop()
  await until(
    'c has taken over',
    async () => (await c.status()).ranges.filter(({ owner }) => owner === 'c').length === 2,
  )
  expect((await c.status()).standby).toBe(false)
  expect(told).toEqual([
    ['c', true],
    ['c', false],
  ])
})

it('of several on standby, only the one that takes over is told', async () => {
  await using port = openMemory()
  const told: [string, boolean][] = []
  const start = (workerId: string) =>
    startProcessor(port.reopen(), [overall], {
      ...quick,
      workerId,
      onStandby: (standby) => told.push([workerId, standby]),
    })
  await using a = await start('a')
  await using b = await start('b')
  await using _ = await start('c')
  await using __ = await start('d')
  await until('all others are on standby', () => told.length === 3)
  await a.stop()
  const owner = async () => (await b.status()).ranges[0]?.owner ?? 'a'
  await until('one of them has taken over', async () => (await owner()) !== 'a')
  await new Promise((resolve) => setTimeout(resolve, 5 * quick.pollInterval))
  expect(told.slice(3)).toEqual([[await owner(), false]])
})

it('a worker that joins takes leases that are moved, and none is lost', async () => {
  await using port = openMemory({ ranges: 4 })
  const changes: string[] = []
  const count: Telemetry['count'] = (name, _, attributes) => {
    if (name === 'tidemark.lease.changes') changes.push(String(attributes['tidemark.change']))
  }
  const start = (workerId: string, telemetry: Telemetry) =>
    startProcessor(port.reopen(), [overall], { ...quick, workerId, telemetry })
  await using a = await start('a', { ...noTelemetry, count })
  const owned = async () => (await a.status()).ranges.filter(({ owner }) => owner === 'a').length
  await until('a owns all ranges', async () => (await owned()) === 4)
  await using _ = await start('b', noTelemetry)
  await until('they share, and a has noticed', () => changes.length === 6)
  expect(changes.toSorted()).toEqual(['moved', 'moved', 'taken', 'taken', 'taken', 'taken'])
})
