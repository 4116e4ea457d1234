import { afterEach, expect, it } from 'vitest'
import { workshop } from '../demo/demo-process.ts'
import { clientOf, expectNoNeedle, filesIn } from '../demo/forgetting.ts'
import { demoOn } from '../demo/running-demo.ts'
import { tutorialCommands } from '../demo/tutorial-commands.ts'

const shop = workshop()
afterEach(() => shop.clean())

it('forgets customers on an emulator of Azure Cosmos DB, with the commands of the tutorial, too', {
  timeout: 90_000,
}, async () => {
  const emulator = shop.start('src/cli/main.ts', ['cosmos-emulator', '--port', '0'])
  const [, url = ''] = await emulator.find(/listens on (cosmos-emulator:\S+)/)
  const { demo, api } = await demoOn(shop, `${url}/meters`, '--workers', '2')
  const client = clientOf(api)
  await client.registerAll('c1')
  const tutorial = await tutorialCommands(api, await shop.folder())
  await tutorial.registerAndSee()
  const [, key = ''] = /key {6}(\S+)/.exec(demo.output()) ?? []
  const payloads = key.replace(/demo\.key$/, 'payloads')
  expect(await filesIn(payloads)).toHaveLength(2)
  const [{ status }] = await Promise.all([client.send('POST', '/customers/c1/forget'), tutorial.forget()])
  expect(status).toBe(200)
  await client.expectForgotten('c1')
  expect(await filesIn(payloads)).toEqual([])
  expectNoNeedle('c1', 'the output', Buffer.from(demo.output()))
  demo.signalAll('SIGTERM')
  expect(await demo.ended).toBe(0)
})
