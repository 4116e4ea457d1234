import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { CosmosClient } from '@azure/cosmos'
import { afterEach, expect, it } from 'vitest'
import { freePort } from '../../../bench/support/free-port.ts'
import { EMULATOR_KEY } from '../../../src/cosmos-emulator/index.ts'
import { isListening } from '../../../src/open/cosmos/emulator-process.ts'
import { workshop } from '../demo/demo-process.ts'
import { demoOn, goneWithin } from '../demo/running-demo.ts'
import { runsSurvivesAndStops } from '../demo/survival.ts'

const shop = workshop()
afterEach(() => shop.clean())

const run = promisify(execFile)

/** The command lines of the emulators that run on a port. */
async function emulatorsOn(port: number): Promise<string[]> {
  const { stdout } = await run('ps', ['-eo', 'args='])
  return stdout
    .split('\n')
    .filter((line) => line.includes('cosmos-emulator/main.ts') && line.includes(`--port ${port}`))
}

const expectNothingOn = async (port: number) => {
  await expect.poll(() => isListening({ host: '127.0.0.1', port }), { timeout: 5_000, interval: 50 }).toBe(false)
  await expect.poll(() => emulatorsOn(port), { timeout: 5_000, interval: 100 }).toEqual([])
}

it('runs with two workers on an emulator that outlives it', { timeout: 120_000 }, async () => {
  const emulator = shop.start('src/cli/main.ts', ['cosmos-emulator', '--port', '0'])
  const [, url = ''] = await emulator.find(/listens on (cosmos-emulator:\S+)/)
  await runsSurvivesAndStops(() => demoOn(shop, `${url}/meters?append=batch`, '--workers', '2'))
  emulator.signalAll('SIGTERM')
  expect(await emulator.ended).toBe(0)
})

it('runs an emulator that is strict, when it is told to', { timeout: 60_000 }, async () => {
  for (const [flags, token] of [
    [[], /^0:-1#1$/],
    [['--strict'], /^0:0#1#3=1#10=-1$/],
  ] as const) {
    const emulator = shop.start('src/cli/main.ts', ['cosmos-emulator', '--port', '0', '--partitions', '1', ...flags])
    const [, host = ''] = await emulator.find(/listens on cosmos-emulator:\/\/(\S+)/)
    const client = new CosmosClient({ endpoint: `http://${host}/`, key: EMULATOR_KEY })
    const { database } = await client.databases.create({ id: 'd' })
    const { container } = await database.containers.create({ id: 'c', partitionKey: '/k' })
    const { headers } = await container.items.create({ id: '1', k: 'x' })
    expect(headers['x-ms-session-token']).toMatch(token)
    client.dispose()
    emulator.signalAll('SIGTERM')
    expect(await emulator.ended).toBe(0)
  }
})

it('starts the emulator where none is, says so, shares it with commands, and ends it on SIGTERM', {
  timeout: 90_000,
}, async () => {
  const port = await freePort()
  const url = `cosmos-emulator://127.0.0.1:${port}`
  const { demo } = await demoOn(shop, url, '--workers', '2')
  await demo.find(/views\/daily-totals\/\S+\n/)
  expect(demo.output().match(/^Nothing listened on .+: started a Cosmos DB emulator/gm)).toHaveLength(1)
  expect(await emulatorsOn(port)).toHaveLength(1)
  const list = shop.start('src/cli/main.ts', ['projections', 'list', '--json', '--storage', url])
  expect(await list.ended).toBe(0)
  expect(JSON.parse(list.output())).toHaveLength(5)
  const backup = shop.start('src/cli/main.ts', ['backup', './copy', '--storage', url])
  expect(await backup.ended).toBe(1)
  expect(backup.output()).toMatch(/^UnsupportedStorage: Back this database up with its own tools.+\n$/)
  process.kill(demo.child.pid as number, 'SIGTERM')
  expect(await demo.ended).toBe(0)
  await goneWithin(demo, 1_000)
  await expectNothingOn(port)
})

it('ends the emulator last on Ctrl-C, so that workers still write down where they are', {
  timeout: 60_000,
}, async () => {
  const port = await freePort()
  const { demo } = await demoOn(shop, `cosmos-emulator://127.0.0.1:${port}`)
  await demo.find(/views\/daily-totals\/\S+\n/)
  demo.signalAll('SIGINT')
  expect(await demo.ended).toBe(0)
  expect(demo.output()).not.toMatch(/Error|Storage[A-Z]|has ended/)
  await goneWithin(demo, 1_000)
  await expectNothingOn(port)
})

it('leaves no emulator behind when the starter is killed', { timeout: 60_000 }, async () => {
  const port = await freePort()
  const { demo } = await demoOn(shop, `cosmos-emulator://127.0.0.1:${port}`)
  process.kill(demo.child.pid as number, 'SIGKILL')
  await expectNothingOn(port)
  await goneWithin(demo, 15_000)
})
