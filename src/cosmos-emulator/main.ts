import { parseArgs } from 'node:util'
import { startCosmosEmulator } from './index.ts'

// The emulator in a separate process: it ends when its standard input closes, which also happens when its parent is
// killed, and on SIGTERM and SIGINT.

const { values } = parseArgs({
  options: { host: { type: 'string' }, port: { type: 'string' }, partitions: { type: 'string' } },
})
const { host = '127.0.0.1', port = '8081', partitions = '1' } = values

const told = Promise.withResolvers<void>()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => told.resolve())
process.stdin.on('close', () => told.resolve()).resume()
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {})

try {
  const emulator = await startCosmosEmulator({ host, port: Number(port), partitions: Number(partitions) })
  process.stdout.write(`${emulator.endpoint}\n`)
  await told.promise
  await emulator.close()
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}
// Its input may still be open.
process.stdin.destroy()
