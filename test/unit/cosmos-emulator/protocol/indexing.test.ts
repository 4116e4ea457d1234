import assert from 'node:assert/strict'
import type { Container, ContainerDefinition, IndexingPolicy } from '@azure/cosmos'
import { expect, test } from 'vitest'
import { manualClock } from '../../../../src/testing/index.ts'
import { openInProcess } from '../support/emulators.ts'

const PATH = { path: '/*' }
const ETAG = { path: '/"_etag"/?' }

test.each<[string, object | undefined, object]>([
  ['none', undefined, { includedPaths: [PATH], excludedPaths: [ETAG] }],
  ['an empty one', {}, { includedPaths: [PATH], excludedPaths: [ETAG] }],
  ['a mode', { indexingMode: 'Consistent' }, { includedPaths: [PATH], excludedPaths: [ETAG] }],
  [
    'paths',
    { includedPaths: [PATH], excludedPaths: [{ path: '/secret/*' }] },
    { includedPaths: [PATH], excludedPaths: [{ path: '/secret/*' }, ETAG] },
  ],
  [
    'paths that exclude the rest',
    { includedPaths: [{ path: '/a/?' }], excludedPaths: [PATH, ETAG] },
    { includedPaths: [{ path: '/a/?' }], excludedPaths: [PATH, ETAG] },
  ],
  ['the exclusion of all', { excludedPaths: [PATH] }, { includedPaths: [], excludedPaths: [PATH, ETAG] }],
  [
    'composite indexes',
    { compositeIndexes: [[{ path: '/a' }, { path: '/b', order: 'Descending' }]] },
    {
      includedPaths: [PATH],
      excludedPaths: [ETAG],
      compositeIndexes: [
        [
          { path: '/a', order: 'ascending' },
          { path: '/b', order: 'descending' },
        ],
      ],
    },
  ],
])('an indexing policy is completed: %s', async (_, sent, completed) => {
  await using opened = await openInProcess()
  const { database } = await opened.client.databases.create({ id: 'd' })
  const definition = { id: 'c', ...(sent && { indexingPolicy: sent as IndexingPolicy }) }
  const { resource } = await database.containers.create(definition)
  assert.deepEqual(resource?.indexingPolicy, { indexingMode: 'consistent', automatic: true, ...completed })
})

test.each<[string, object]>([
  ['a composite index in no known order', { compositeIndexes: [[{ path: '/a', order: 'invalid' }, { path: '/b' }]] }],
  ['a composite index of no paths', { compositeIndexes: [[{}, { path: '/b' }]] }],
  ['paths without the root', { includedPaths: [{ path: '/a/?' }] }],
  ['the root neither in nor out', { includedPaths: [{ path: '/a/?' }], excludedPaths: [{ path: '/b/*' }] }],
])('an indexing policy is refused: %s', async (_, sent) => {
  await using opened = await openInProcess()
  const { database } = await opened.client.databases.create({ id: 'd' })
  const created = database.containers.create({ id: 'c', indexingPolicy: sent as IndexingPolicy })
  await expect(created).rejects.toMatchObject({ code: 400 })
})

test('the path / indexes everything, as /* does', async () => {
  await using opened = await openInProcess()
  const { database } = await opened.client.databases.create({ id: 'd' })
  const indexingPolicy = { includedPaths: [{ path: '/' }], excludedPaths: [{ path: '/b/' }] }
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/k', indexingPolicy })
  for (const n of [2, 1]) await container.items.create({ id: `${n}`, k: 'x', n, a: { b: n }, b: { c: n } })
  const orderedBy = async (path: string) =>
    (await container.items.query(`SELECT VALUE c.n FROM c ORDER BY ${path}`, { partitionKey: 'x' }).fetchAll())
      .resources
  assert.deepEqual(await orderedBy('c.n'), [1, 2])
  assert.deepEqual(await orderedBy('c.a.b'), [1, 2])
  await expect(orderedBy('c.b.c')).rejects.toMatchObject({ code: 400 })
})

test('a container has a geospatial configuration, its own or the default one', async () => {
  await using opened = await openInProcess()
  const { database } = await opened.client.databases.create({ id: 'd' })
  const { container, resource } = await database.containers.create({ id: 'c' })
  assert.deepEqual(resource?.geospatialConfig, { type: 'Geography' })
  const geometry = { ...resource, geospatialConfig: { type: 'Geometry' } } as ContainerDefinition
  await container.replace(geometry)
  assert.deepEqual((await container.read()).resource?.geospatialConfig, { type: 'Geometry' })
})

const progressOf = async (container: Container): Promise<unknown> => {
  const { headers } = await container.read({ populateQuotaInfo: true } as object)
  return headers['x-ms-documentdb-collection-index-transformation-progress']
}

test('what a container holds and how far its index is are headers, when they are asked for', async () => {
  await using opened = await openInProcess()
  const { database } = await opened.client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/k' })
  for (const id of ['1', '2']) await container.items.create({ id, k: 'x', text: 'x'.repeat(1024) })
  const { headers } = await container.read({ populateQuotaInfo: true } as object)
  assert.match(String(headers['x-ms-resource-usage']), /storedProcedures=0;.*documentsSize=3;documentsCount=2;/)
  assert.match(String(headers['x-ms-resource-quota']), /storedProcedures=100;/)
  assert.equal(headers['x-ms-documentdb-collection-index-transformation-progress'], '100')
  assert.equal((await container.read()).headers['x-ms-resource-usage'], undefined)
})

test('a new index serves queries when the documents that are there are in it', async () => {
  const clock = manualClock()
  await using opened = await openInProcess({ clock, indexingTime: 1_000 })
  const { database } = await opened.client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/k' })
  const ordered = () =>
    container.items.query('SELECT VALUE c.n FROM c ORDER BY c.a, c.n', { partitionKey: 'x' }).fetchAll()
  const withIndex = async () => {
    const { resource } = await container.read()
    const compositeIndexes = [[{ path: '/a' }, { path: '/n' }]]
    await container.replace({ ...resource, indexingPolicy: { ...resource?.indexingPolicy, compositeIndexes } } as never)
  }
  const withoutIndex = async () => {
    const { resource } = await container.read()
    const { compositeIndexes, ...indexingPolicy } = resource?.indexingPolicy ?? {}
    await container.replace({ ...resource, indexingPolicy } as never)
  }

  // There is nothing to be indexed in an empty container.
  await withIndex()
  assert.equal(await progressOf(container), '100')
  await withoutIndex()

  for (const n of [2, 1]) await container.items.create({ id: `${n}`, k: 'x', a: 'same', n })
  await withIndex()
  assert.equal(await progressOf(container), '0')
  await expect(ordered()).rejects.toMatchObject({ code: 400 })
  clock.advance(500)
  assert.equal(await progressOf(container), '49')
  await expect(ordered()).rejects.toMatchObject({ code: 400 })
  clock.advance(500)
  assert.equal(await progressOf(container), '100')
  assert.deepEqual((await ordered()).resources, [1, 2])

  // What is taken away serves no query from then on.
  await withoutIndex()
  await expect(ordered()).rejects.toMatchObject({ code: 400 })
})

test('a change of anything else than the indexing policy takes no time', async () => {
  await using opened = await openInProcess({ clock: manualClock(), indexingTime: 1_000 })
  const { database } = await opened.client.databases.create({ id: 'd' })
  const { container } = await database.containers.create({ id: 'c', partitionKey: '/k' })
  await container.items.create({ id: '1', k: 'x' })
  const { resource } = await container.read()
  await container.replace({ ...resource, defaultTtl: 60 } as ContainerDefinition)
  assert.equal(await progressOf(container), '100')
})
