import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { openStorage } from 'tidemark'
//? bus=service-bus
import { startLocalBus } from './local-bus.ts'

//?

// `npm start`: the API and a worker on this machine, as the two processes that they are in production, too.

if (existsSync('.env')) process.loadEnvFile()

const environment = {
  TIDEMARK_STORAGE: 'file:./data',
  // How long the work of a worker that was killed waits for another one, in milliseconds.
  LEASE_DURATION: '3000',
  LOG_LEVEL: 'warn',
  ...process.env,
}
//? storage=mongo
if (!process.env.TIDEMARK_STORAGE) console.log('The data is in ./data; to use MongoDB, see .env.example')
//?
//? bus=nats
if (!process.env.NATS_SERVERS) console.log('NATS is expected at 127.0.0.1:4222; without it, publishing waits')
//?

// Opened here first: a fault is reported once, and what an emulator needs outlives the two processes.
const storage = await openStorage(environment.TIDEMARK_STORAGE, { setting: 'TIDEMARK_STORAGE' })
//? bus=service-bus
const bus = await startLocalBus(environment)
//?

const tidemark = fileURLToPath(new URL('./dist/cli/main.js', import.meta.resolve('tidemark/package.json')))
const api = spawn(process.execPath, ['src/server.ts'], { env: environment, stdio: 'inherit' })
const worker = spawn(process.execPath, [tidemark, 'worker', '--projections', 'src/worker'], {
  env: environment,
  stdio: 'inherit',
})

let stopping = false
function stop(): void {
  stopping = true
  for (const child of [api, worker]) child.kill('SIGTERM')
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, stop)

// npm ends on SIGTERM without passing it on.
if (process.env.npm_lifecycle_event !== undefined) {
  const npm = process.ppid
  setInterval(() => process.ppid !== npm && stop(), 500).unref()
}

const ends = Object.entries({ api, worker }).map(async ([name, child]) => {
  const [code, signal] = await once(child, 'exit')
  if (stopping) return
  console.error(`The ${name} ended with ${signal ?? code}: everything stops`)
  process.exitCode = 1
  stop()
})
await Promise.all(ends)
//? bus=service-bus
await bus.close()
//?
await storage.close()
