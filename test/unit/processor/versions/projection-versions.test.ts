import { expect, it } from 'vitest'
import { projectionVersions } from '../../../../src/processor/versions/listing/projection-versions.ts'
import { recordVersion } from '../../../../src/processor/versions/record-version.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { append, overall, perStream } from '../support.ts'

it('each version has a role, and a time until it has caught up once two calls have shown its speed', async () => {
  await using port = openMemory()
  const clock = manualClock()
  for (const { name, version } of [perStream, { ...perStream, version: 2 }, overall]) {
    await recordVersion(port, clock, { ...perStream, name, version })
  }
  for (let i = 0; i < 10; i++) await append(port, 's:1', [1])
  const versions = projectionVersions(port, { clock })
  const first = await versions.list('per-stream')
  expect(first).toMatchObject([
    { projection: 'per-stream', version: 1, role: 'active', behind: 10, left: null },
    { projection: 'per-stream', version: 2, role: 'building', behind: 10, left: null },
  ])
  const [range] = await port.feed.ranges()
  if (range === undefined) throw new Error('There is no range')
  const page = await port.feed.read(range, 'start', { limit: 6 })
  const { continuation, readTo } = page
  const base = { projection: 'per-stream', range, owner: null, expiresAt: 0, incarnation: port.incarnation }
  const id = `per-stream:2:${range.min}-${range.max}`
  await port.leases.save({ ...base, id, version: 2, continuation, readTo }, 'ifAbsent')
  clock.advance(2_000)
  expect(
    (await versions.list()).map(({ projection, version, behind, rate, left }) => [
      projection,
      version,
      behind,
      rate,
      left,
    ]),
  ).toEqual([
    ['overall', 1, 10, 0, null],
    ['per-stream', 1, 10, 0, null],
    ['per-stream', 2, 4, 3, Math.round(4_000 / 3)],
  ])
  await expect(versions.list('nothing')).rejects.toMatchObject({ code: 'UnknownVersion' })
})
