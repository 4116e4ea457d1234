import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { text } from 'node:stream/consumers'
import { afterEach, expect, it } from 'vitest'
import { freePort } from '../../../bench/support/free-port.ts'
import { isListening } from '../../../src/open/cosmos/emulator-process.ts'

const MODULE = new URL('../../../src/open/cosmos/emulator-process.ts', import.meta.url).href

const children: ChildProcess[] = []
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  }
})

/** A process that asks for an emulator twice at once, then does what it is told. */
function start(port: number, then: string): { child: ChildProcess; errors: Promise<string> } {
  const program = `
    const { ensureEmulator } = await import(${JSON.stringify(MODULE)})
    const ensure = () => ensureEmulator({ host: '127.0.0.1', port: ${port}, partitions: 2 })
    await Promise.all([ensure(), ensure()])
    console.log('ready')
    ${then}`
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  children.push(child)
  return { child, errors: text(child.stderr) }
}

const isUp = (port: number) => isListening({ host: '127.0.0.1', port })
const goesDown = (port: number) => expect.poll(() => isUp(port), { timeout: 5_000, interval: 50 }).toBe(false)

it('is started once by whoever asks first, keeps nobody alive, and ends with him', async () => {
  const port = await freePort()
  const { child, errors } = start(port, '')
  const [code] = await once(child, 'exit')
  expect([code, (await errors).match(/^Nothing listened on 127\.0\.0\.1:\d+: started .+\n/gm)?.length]).toEqual([0, 1])
  expect(await errors).not.toContain('has ended')
  await goesDown(port)
})

it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)('ends when who started it ends of %s', async (signal) => {
  const port = await freePort()
  const { child } = start(port, 'setInterval(() => {}, 1000)')
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  expect(await isUp(port)).toBe(true)
  child.kill(signal)
  await once(child, 'exit')
  await goesDown(port)
})

it('is used, and not ended, by another process', async () => {
  const port = await freePort()
  const { child } = start(port, 'setInterval(() => {}, 1000)')
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  const second = start(port, '')
  expect(await once(second.child, 'exit')).toEqual([0, null])
  expect(await second.errors).toBe('')
  expect(await isUp(port)).toBe(true)
  child.kill('SIGKILL')
  await goesDown(port)
})

it('takes whatever listens there', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const { child, errors } = start(port, '')
  expect(await once(child, 'exit')).toEqual([0, null])
  expect(await errors).toBe('')
  server.close()
})
