import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { ServiceBusClient } from '@azure/service-bus'
import { expect, onTestFinished, test } from 'vitest'
import { startServiceBusEmulator } from '../../../../src/service-bus-emulator/index.ts'
import { manualClock } from '../../../../src/testing/manual-clock.ts'
import { kill } from '../../../support/children.ts'

const WAIT = { maxWaitTimeInMs: 500 }

async function folder(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'tidemark-bus-'))
  onTestFinished(() => rm(path, { recursive: true, force: true }))
  return path
}

/** Starts the command, as a user does. */
async function command(...args: readonly string[]): Promise<{ child: ChildProcess; connectionString: string }> {
  const main = join(import.meta.dirname, '../../../../src/cli/main.ts')
  const ports = ['--port', '0', '--admin-port', '0']
  const child = spawn(process.execPath, [main, 'service-bus-emulator', ...ports, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => kill(child))
  const output = { all: '' }
  const connectionString = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk) => {
        output.all += chunk
        const line = /^Endpoint=.*;$/m.exec(output.all)?.[0]
        if (line !== undefined) resolve(line)
      })
    }
    child.once('close', (code) => reject(new Error(`It ended with ${code}: ${output.all}`)))
  })
  return { child, connectionString }
}

const clientOf = (connectionString: string) =>
  new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: 3_000 } })

test('what was accepted survives a kill of the emulator: messages, their states, sessions, rules and duplicates', async () => {
  const data = await folder()
  const config = join(data, 'bus.json')
  await writeFile(
    config,
    JSON.stringify({
      queues: {
        plain: { lockDuration: 60_000 },
        once: { requiresDuplicateDetection: true },
        ordered: { requiresSession: true },
      },
      topics: { news: { subscriptions: { mail: {} } } },
    }),
  )
  const first = await command('--config', config, '--data', join(data, 'bus'))
  const before = clientOf(first.connectionString)
  await before.createSender('plain').sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }, { body: 4 }])
  const receiver = before.createReceiver('plain')
  const [one, two, three] = await receiver.receiveMessages(3, WAIT)
  if (one === undefined || two === undefined || three === undefined) throw new Error('Too little was received')
  await receiver.completeMessage(one)
  await receiver.deferMessage(two)
  await before.createSender('plain').scheduleMessages({ body: 'later' }, new Date(Date.now() + 3_600_000))
  const cancelled = await before
    .createSender('plain')
    .scheduleMessages({ body: 'never' }, new Date(Date.now() + 3_600_000))
  await before.createSender('plain').cancelScheduledMessages(cancelled)
  await before.createSender('once').sendMessages({ body: 1, messageId: 'same' })
  await before.createSender('ordered').sendMessages({ body: 1, sessionId: 'a' })
  const session = await before.acceptSession('ordered', 'a')
  await session.setSessionState({ at: 7 })
  const rules = before.createRuleManager('news', 'mail')
  await rules.deleteRule('$Default')
  await rules.createRule('blue', { sqlExpression: "color = 'blue'" })
  await kill(first.child)

  // On the same port, or the first client could not even be closed.
  const port = Number(/:(\d+);/.exec(first.connectionString)?.[1])
  const emulator = await startServiceBusEmulator({ data: join(data, 'bus'), port })
  onTestFinished(() => emulator.close())
  await before.close()
  const states = emulator.inspect('plain').messages.map(({ state, isLocked }) => [state, isLocked])
  expect(states).toEqual([
    ['deferred', false],
    // The lock goes on, as it does on the service when a connection breaks.
    ['active', true],
    ['active', false],
    ['scheduled', false],
  ])
  const after = clientOf(emulator.connectionString)
  const again = after.createReceiver('plain')
  const [deferred] = await again.receiveDeferredMessages([two.sequenceNumber ?? 0] as never)
  expect(deferred?.body).toBe(2)
  const [four] = await again.receiveMessages(1, WAIT)
  expect(four?.body).toBe(4)
  await after.createSender('once').sendMessages({ body: 1, messageId: 'same' })
  expect(emulator.inspect('once').messages).toHaveLength(1)
  const ordered = await after.acceptNextSession('ordered')
  expect(await ordered.getSessionState()).toEqual({ at: 7 })
  expect((await ordered.receiveMessages(1, WAIT)).map(({ body }) => body)).toEqual([1])
  await after.createSender('plain').sendMessages({ body: 5 })
  // The number of a message that is gone is not given again.
  expect(emulator.inspect('plain').messages.at(-1)?.sequenceNumber).toBe(7)
  await after.createSender('news').sendMessages([
    { body: 1, applicationProperties: { color: 'red' } },
    { body: 2, applicationProperties: { color: 'blue' } },
  ])
  expect((await after.createReceiver('news', 'mail').receiveMessages(2, WAIT)).map(({ body }) => body)).toEqual([2])
  await after.close()
})

test('each message whose sender got a reply is there after a kill at any moment, once and in order', async () => {
  const data = await folder()
  const config = join(data, 'bus.json')
  await writeFile(config, JSON.stringify({ queues: { q: {} } }))
  const { child, connectionString } = await command('--config', config, '--data', join(data, 'bus'))
  const port = Number(/:(\d+);/.exec(connectionString)?.[1])
  const client = new ServiceBusClient(connectionString, { retryOptions: { maxRetries: 0, timeoutInMs: 500 } })
  const sender = client.createSender('q')
  const replied: string[] = []
  const sending = (async () => {
    for (let i = 0; ; i++) {
      const ids = [`${i}-a`, `${i}-b`]
      await sender.sendMessages(ids.map((messageId) => ({ body: i, messageId })))
      replied.push(...ids)
    }
  })()
  const failed = expect(sending).rejects.toThrow()
  await expect.poll(() => replied.length, { timeout: 10_000 }).toBeGreaterThan(40)
  await kill(child)
  await failed
  const emulator = await startServiceBusEmulator({ data: join(data, 'bus'), port })
  onTestFinished(() => emulator.close())
  const found = emulator.inspect('q').messages.map(({ messageId }) => messageId)
  // The batch that was on its way may be there, in full.
  expect(found.slice(0, replied.length)).toEqual(replied)
  expect([0, 2]).toContain(found.length - replied.length)
  await client.close()
})

test('a folder serves one emulator at a time, and keeps what an entity is', async () => {
  const data = await folder()
  const emulator = await startServiceBusEmulator({ data, entities: { queues: { q: {} } } })
  const again = { data, entities: { queues: { q: { requiresSession: true } } } }
  await expect(startServiceBusEmulator(again)).rejects.toMatchObject({ code: 'InvalidConfiguration', setting: 'data' })
  await emulator.close()
  await expect(startServiceBusEmulator(again)).rejects.toMatchObject({ setting: 'entities.queues.q.requiresSession' })
})

test('the command stops in order, and names what is wrong with its file', async () => {
  const path = join(await folder(), 'bus.json')
  await writeFile(path, '{ "queues": { "q": { "lockDuration": "PT9M" } } }')
  await expect(command('--config', path)).rejects.toThrow('entities.queues.q.lockDuration: must be')
  await writeFile(path, '{')
  await expect(command('--config', path)).rejects.toThrow('it is not JSON')
  const { child } = await command()
  child.kill('SIGTERM')
  const code = await new Promise((resolve) => child.once('exit', resolve))
  expect(code).toBe(0)
})

test('forgets, in its folder too, the ids that are older than the window of duplicate detection', async () => {
  const data = await folder()
  const clock = manualClock(Date.now())
  const entities = {
    queues: { once: { requiresDuplicateDetection: true, duplicateDetectionHistoryTimeWindow: 60_000 } },
  }
  const emulator = await startServiceBusEmulator({ data, clock, entities })
  const client = clientOf(emulator.connectionString)
  const sender = client.createSender('once')
  for (let i = 0; i < 3; i++) await sender.sendMessages({ body: i, messageId: `${i}` })
  clock.advance(61_000)
  await sender.sendMessages({ body: 3, messageId: '3' })
  await client.close()
  await emulator.close()
  const database = new DatabaseSync(join(data, 'service-bus.db'))
  expect(database.prepare('SELECT message FROM taken').all()).toEqual([{ message: '3' }])
  database.close()
})

test('names the limits that a folder exceeds', async () => {
  const data = await folder()
  const first = await startServiceBusEmulator({ data, entities: { queues: { a: {}, b: {} } } })
  await first.close()
  await expect(startServiceBusEmulator({ data, limits: { entities: 1 } })).rejects.toMatchObject({
    code: 'InvalidConfiguration',
    message: expect.stringContaining('limits'),
  })
})
