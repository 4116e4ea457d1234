import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Measure } from '../../../bench/support/measure.ts'
import { urlOf } from '../../../bench/support/mongo/url.ts'
import type { Extra } from '../../../bench/support/runner/arguments.ts'
import { findNeeds } from '../../../bench/support/runner/needs.ts'

const plain: Measure = { id: 'plain', title: '', run: async () => [] }
const onMongo: Measure = { ...plain, id: 'mongo-x', server: 'mongodb' }
const means = { quick: true, asked: new Set<Extra>(), folder: tmpdir(), progress: () => {} }
const find = (...measures: readonly Measure[]) => findNeeds(measures, means)
const NOBODY = 'mongodb://127.0.0.1:1'

describe('findNeeds', () => {
  afterEach(() => vi.unstubAllEnvs())

  it('looks for no server that nobody needs', async () => {
    expect(await find(plain)).toMatchObject({ server: undefined, ready: [plain], lacking: [] })
  })

  it('does without a named server that does not answer in a quick run, says so, and keeps its name to itself', async () => {
    vi.stubEnv('MONGODB_URI', NOBODY)
    const { server, ready, lacking } = await find(plain, onMongo)
    expect(server).toBeUndefined()
    expect(ready).toEqual([plain])
    expect(lacking).toEqual([expect.stringMatching(/^mongo-x DID NOT RUN, .*MONGODB_URI names does not answer/)])
    expect(lacking[0]).not.toContain('127.0.0.1')
  }, 15_000)

  it('fails at once in a full run that asks for a server which does not answer', async () => {
    vi.stubEnv('MONGODB_URI', NOBODY)
    await expect(findNeeds([onMongo], { ...means, quick: false })).rejects.toThrow('mongo-x DID NOT RUN')
  }, 15_000)

  it('says in one line what does not run without a server, and why', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'tidemark-no-mongod-'))
    vi.stubEnv('MONGODB_URI', '')
    vi.stubEnv('MONGOMS_SYSTEM_BINARY', undefined)
    vi.stubEnv('MONGOMS_DOWNLOAD_DIR', empty)
    vi.stubEnv('MONGOMS_RUNTIME_DOWNLOAD', 'false')
    try {
      const { server, ready, lacking } = await find(plain, onMongo)
      expect(server).toBeUndefined()
      expect(ready).toEqual([plain])
      expect(lacking).toHaveLength(1)
      expect(lacking[0]).toMatch(/^mongo-x DID NOT RUN, for there is no MongoDB server \(.+\): set MONGODB_URI .+$/)
    } finally {
      rmSync(empty, { recursive: true })
    }
  })
})

describe('urlOf', () => {
  it.each([
    ['mongodb://h', [], 'mongodb://h/db?'],
    ['mongodb://h:1/?replicaSet=rs0', [], 'mongodb://h:1/db?replicaSet=rs0'],
    ['mongodb://u:p@h:1,i:2/admin?w=1', ['slots=4'], 'mongodb://u:p@h:1,i:2/db?w=1&slots=4'],
    ['mongodb+srv://h', ['slots=4'], 'mongodb+srv://h/db?slots=4'],
  ])('names the database in %s', (server, parameters, url) => {
    expect(urlOf(server, 'db', ...parameters)).toBe(url)
  })
})
