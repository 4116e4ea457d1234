import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest'
import { guarded, type LoneServer, standalone } from '../../support/mongo/lone-server.ts'
import { canStartServers } from '../../support/mongo/server.ts'
import { workshop as commands } from '../cli/run-cli.ts'
import { workshop } from '../demo/demo-process.ts'

const SECRET = 's3cr:et/p@w'

// What a user sees of a setting that cannot be: one line, at once, and nobody is asked.
const faults = [
  ['mongodb://u:SECRET@127.0.0.1:1', /must name a database.+by %/],
  [`mongodb://u:${SECRET}@127.0.0.1:1/meters`, /escape .+ in a password/],
  ['mongodb://u:SECRET@127.0.0.1:1/local', /database: local is MongoDB's own/],
  ['mongodb://u:SECRET@127.0.0.1:1/a.b', /"a\.b" cannot be the name of a database/],
  ['mongodb://u:SECRET@127.0.0.1:1/meters?slots=0', /slots: must be a whole number from 1 to 256/],
  ['mongodb://u:SECRET@127.0.0.1:1/meters?ranges=4', /option ranges is not supported/],
  ['mongodb://u:SECRET@127.0.0.1:1/meters?collections=a$b', /"a\$b" cannot be a prefix of collections/],
  ['mongodb://u:SECRET@127.0.0.1:1/meters?collections=system.', /"system\." cannot be/],
  ['mongodb://u:SECRET@127.0.0.1:1/meters?tls=true&tlsCAFile=/none', /tlsCAFile is not a readable file/],
  ['mongodb+srv://u:SECRET@127.0.0.1:1/meters', /connection string/],
  [`mongodb+srv://u:SECRET@${'x'.repeat(64)}.example.org/meters`, /no cluster is called x+\.example\.org/],
] as const

test.each(faults)('%s is refused with 2', { timeout: 30_000 }, async (url, message) => {
  await using shop = await commands()
  const ran = await shop.run(['setup'], { TIDEMARK_STORAGE: url.replace('SECRET', encodeURIComponent(SECRET)) })
  expect(ran).toMatchObject({ code: 2, stdout: '' })
  expect(ran.stderr).toMatch(/^InvalidConfiguration: .+\n$/)
  expect(ran.stderr).toMatch(message)
  expect(ran.stderr).not.toMatch(/s3cr/)
})

const USERS = {
  tidemark: { password: SECRET, roles: ['readWrite'] },
  reader: { password: SECRET, roles: ['read'] },
}

describe.skipIf(!(await canStartServers()))('a server', { timeout: 60_000 }, () => {
  let alone: LoneServer
  let strict: LoneServer
  beforeAll(async () => {
    alone = await standalone()
    strict = await guarded(USERS)
  })
  afterAll(async () => {
    await alone?.[Symbol.asyncDispose]()
    await strict?.[Symbol.asyncDispose]()
  })

  const refusal = async (url: string, command = 'setup') => {
    await using shop = await commands()
    const ran = await shop.run([...command.split(' '), '--storage', url])
    expect(ran).toMatchObject({ code: 1, stdout: '' })
    expect(ran.stderr).not.toMatch(/s3cr|\n./)
    return ran.stderr
  }

  it('that stands by itself is refused at once, and it is said how it becomes a replica set', async () => {
    for (const query of ['', '?directConnection=true', '?replicaSet=rs0', '?directConnection=true&replicaSet=rs0']) {
      const told = await refusal(`mongodb://${alone.host}/meters${query}`)
      expect(told, query).toMatch(/^UnsupportedStorage: .*--replSet rs0.*rs\.initiate\(\)/)
    }
  })

  it('of another replica set is refused at once', async () => {
    const told = await refusal(`mongodb://${strict.host}/meters?replicaSet=rs1`)
    expect(told).toMatch(/^UnsupportedStorage: .*called rs1/)
  })

  it('that does not know the user, or does not let him, is told from one that is not there', async () => {
    // It is waited for, so the others are asked meanwhile.
    const nobody = refusal('mongodb://u:s3cret@127.0.0.1:1/meters?serverSelectionTimeoutMS=500')
    const at = `${strict.host}/meters?directConnection=true`
    const secret = encodeURIComponent(SECRET)
    expect(await refusal(`mongodb://tidemark:s3cret@${at}`)).toBe(
      'StorageAccessDenied: MongoDB refused the credentials\n',
    )
    expect(await refusal(`mongodb://nobody:s3cret@${at}`)).toBe(
      'StorageAccessDenied: MongoDB refused the credentials\n',
    )
    expect(await refusal(`mongodb://${at}`)).toMatch(/^StorageAccessDenied: .*without credentials/)
    expect(await refusal(`mongodb://reader:${secret}@${at}`)).toMatch(/^StorageAccessDenied: .*readWrite/)
    const elsewhere = `mongodb://tidemark:${secret}@${strict.host}/elsewhere?directConnection=true&authSource=meters`
    expect(await refusal(elsewhere)).toMatch(/^StorageAccessDenied: .*readWrite/)
    expect(await nobody).toBe(
      'StorageUnavailable: MongoDB did not respond within 30000 ms: connect ECONNREFUSED 127.0.0.1:1\n',
    )
  })

  describe('that asks who one is', () => {
    const shop = workshop()
    afterEach(() => shop.clean())

    it('serves a user with readWrite, whose password nothing shows', async () => {
      const url = `mongodb://tidemark:${encodeURIComponent(SECRET)}@${strict.host}/meters?replicaSet=rs0`
      const demo = shop.start('src/demo/start.ts', [], { TIDEMARK_STORAGE: url, LOG_LEVEL: 'trace' })
      const [, api = ''] = await demo.find(/API {6}(\S+)/)
      const [, worker = ''] = await demo.find(/worker {3}(\S+)\/status/)
      const said: string[] = []
      for (const path of ['/health', '/ready', '/docs/json', '/meters']) {
        said.push(await (await fetch(api + path)).text())
      }
      for (const path of ['/health', '/status']) said.push(await (await fetch(worker + path)).text())
      demo.child.kill('SIGTERM')
      expect(await demo.ended).toBe(0)
      // The role is enough for change streams, for it is not said that there are none.
      expect(demo.output()).not.toMatch(/change streams|Warning/)
      expect([demo.output(), ...said].join('\n')).not.toMatch(/s3cr/)
    })
  })
})
