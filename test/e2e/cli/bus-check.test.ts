import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ServiceBusEmulator, startServiceBusEmulator } from '../../../src/service-bus-emulator/index.ts'
import { type Workshop, workshop } from './run-cli.ts'

let emulator: ServiceBusEmulator
let commands: Workshop
beforeAll(async () => {
  commands = await workshop()
  emulator = await startServiceBusEmulator({
    entities: {
      queues: {
        plain: { maxDeliveryCount: 3, lockDuration: 'PT30S' },
        good: {
          requiresSession: true,
          requiresDuplicateDetection: true,
          duplicateDetectionHistoryTimeWindow: 'P1D',
          lockDuration: 'PT5M',
          maxDeliveryCount: 20,
        },
      },
      topics: { news: { requiresDuplicateDetection: true, subscriptions: { mail: {} } } },
    },
  })
})
afterAll(async () => {
  await emulator?.close()
  await commands?.[Symbol.asyncDispose]()
})

const check = (...args: readonly string[]) => {
  const SERVICE_BUS_CONNECTION_STRING = emulator.connectionString
  const port = /:(\d+);/.exec(emulator.administrationConnectionString)?.[1] as string
  return commands.run(['bus', 'check', ...args, '--admin-port', port], { SERVICE_BUS_CONNECTION_STRING })
}

test('names each setting that differs, what is needed, and why', async () => {
  const { code, stdout } = await check('plain')
  expect(code).toBe(5)
  for (const setting of ['requiresDuplicateDetection', 'requiresSession', 'lockDuration', 'maxDeliveryCount']) {
    expect(stdout).toContain(setting)
  }
  expect(stdout).toContain('messages have no order otherwise')
  expect(stdout).not.toContain('enablePartitioning')
  const json = JSON.parse((await check('news/mail', '--json')).stdout)
  expect(
    json.differences.map(({ entity, setting, found }: Record<string, string>) => [entity, setting, found]),
  ).toEqual([
    ['news', 'duplicateDetectionHistoryTimeWindow', 'PT10M'],
    ['news/mail', 'requiresSession', 'false'],
  ])
})

test('has nothing to say about an entity that is as it must be, or more', async () => {
  expect(await check('good')).toMatchObject({ code: 0, stdout: 'The queue good is as it must be\n' })
})

test('creates what is missing on request only, and as it must be', async () => {
  expect(await check('fresh')).toMatchObject({ code: 1, stderr: expect.stringContaining('BusEntityUnsuitable: fresh') })
  expect(await check('fresh', '--create')).toMatchObject({ code: 0, stdout: 'The queue fresh was created\n' })
  expect(await check('fresh')).toMatchObject({ code: 0 })
  expect(await check('sport/mail', '--create')).toMatchObject({ code: 0 })
  expect(await check('sport/mail')).toMatchObject({ code: 0, stdout: 'The subscription sport/mail is as it must be\n' })
})

test('a missing or broken connection string is one line, without what may be secret', async () => {
  expect(await commands.run(['bus', 'check', 'q'], { SERVICE_BUS_CONNECTION_STRING: '' })).toMatchObject({ code: 2 })
  const env = { SERVICE_BUS_CONNECTION_STRING: 'Endpoint=secret-host' }
  const { code, stderr } = await commands.run(['bus', 'check', 'q'], env)
  expect([code, stderr]).toEqual([
    2,
    'InvalidConfiguration: SERVICE_BUS_CONNECTION_STRING: is not a connection string\n',
  ])
})
