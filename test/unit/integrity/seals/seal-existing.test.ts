import { expect, test } from 'vitest'
import { sealExisting } from '../../../../src/integrity/seals/seal-existing.ts'
import { withSeals } from '../../../../src/integrity/seals/with-seals.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { foldAll } from '../../processor/parking/support.ts'
import { append, perStream } from '../../processor/support.ts'
import { KEY } from './support.ts'

const NEW = Buffer.alloc(32, 8)
const which = { projection: 'per-stream', version: 1 }

test('seals of an earlier key are replaced, after which that key is not needed', async () => {
  await using port = openMemory()
  const old = withSeals(port, { key: KEY })
  for (let i = 0; i < 5; i++) await append(old, `s:${i}`, [i])
  await foldAll(old, perStream)
  const alone = withSeals(port, { key: NEW })
  await expect(alone.views.get(perStream, 's:1')).rejects.toMatchObject({ code: 'SealWrong' })
  const both = withSeals(port, { key: NEW, earlier: [KEY] })
  expect(await both.views.get(perStream, 's:1')).toMatchObject({ total: 1 })
  const progress: number[] = []
  const onProgress = (views: number) => void progress.push(views)
  expect(await sealExisting(both, which, { onProgress })).toMatchObject({ sealed: 5, intact: 0 })
  expect(progress).toEqual([5])
  expect(await sealExisting(both, which)).toMatchObject({ sealed: 0, intact: 5 })
  expect(await alone.views.get(perStream, 's:1')).toMatchObject({ total: 1 })
})
