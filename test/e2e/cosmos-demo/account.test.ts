import { expect, it } from 'vitest'
import { EMULATOR_KEY, startCosmosEmulator } from '../../../src/cosmos-emulator/index.ts'
import { CERTIFICATE, tlsFront } from '../../support/tls/front.ts'
import { workshop } from '../cli/run-cli.ts'

// The emulator behind HTTPS is what an account looks like to the command line.
it('sets an account up, and says in one line what keeps it from that', { timeout: 120_000 }, async () => {
  const emulator = await startCosmosEmulator({ partitions: 2 })
  await using _ = { [Symbol.asyncDispose]: () => emulator.close() }
  await using front = await tlsFront(emulator.endpoint)
  await using shop = await workshop()
  const storage = `https://127.0.0.1:${front.port}/meters`
  const good = { COSMOS_KEY: EMULATOR_KEY, NODE_EXTRA_CA_CERTS: CERTIFICATE }
  const run = (args: readonly string[], env: Record<string, string>) => shop.run([...args, '--storage', storage], env)

  expect(await run(['setup'], { ...good, NODE_EXTRA_CA_CERTS: '' })).toEqual({
    code: 2,
    stdout: '',
    stderr: expect.stringMatching(/^InvalidConfiguration: --storage: the certificate .+ set NODE_EXTRA_CA_CERTS .+\n$/),
  })
  expect(await run(['setup'], { ...good, COSMOS_KEY: 'a2V5' })).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^StorageAccessDenied: .+\n$/),
  })
  expect(await run(['projections', 'list'], good)).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^StorageNotSetUp: .+tidemark setup.+\n$/),
  })
  const all = await Promise.all([run(['setup', '--json'], good), run(['setup', '--json'], good)])
  const lives = all.map(({ code, stderr, stdout }) => {
    expect([code, stderr]).toEqual([0, ''])
    return JSON.parse(stdout).incarnation
  })
  expect(lives[0]).toBe(lives[1])
  expect(await run(['projections', 'list', '--json'], good)).toEqual({ code: 0, stdout: '[]\n', stderr: '' })
  expect(await run(['backup', './copy'], good)).toEqual({
    code: 1,
    stdout: '',
    stderr: expect.stringMatching(/^UnsupportedStorage: .+ its own tools.+\n$/),
  })
})
