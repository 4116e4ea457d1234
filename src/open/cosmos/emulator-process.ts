import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { StorageUnavailable } from '../../core/errors/storage.ts'
import type { EmulatorAddress } from './parse-url.ts'

// No import leads there: it runs in a separate process.
const MAIN = import.meta.url.endsWith('.ts') ? '../../cosmos-emulator/main.ts' : '../../cosmos-emulator/main.js'

type Listening = Pick<EmulatorAddress, 'host' | 'port' | 'partitions'>

/** Whether something accepts connections at an address of this machine. */
export async function isListening({ host, port }: Omit<Listening, 'partitions'>): Promise<boolean> {
  const socket = connect({ host, port })
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/**
 * Starts an emulator in a separate process and reports it on stderr, unless something already listens there. It ends
 * when this process does, for whatever reason, and its data is then gone.
 *
 * @throws StorageUnavailable if it cannot be started
 */
export async function ensureEmulator({ host, port, partitions }: Listening): Promise<void> {
  const where = `${host}:${port}`
  if (await isListening({ host, port })) return
  const script = fileURLToPath(new URL(MAIN, import.meta.url))
  const args = [script, '--host', host, '--port', String(port), '--partitions', String(partitions)]
  // In a separate process group, because on Ctrl-C this process still needs it to save its checkpoints.
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], detached: true })
  const complaint = text(child.stderr)
  const failed = once(child, 'exit').then(([code, signal]) => String(signal ?? `exit code ${code}`))
  const how = await Promise.race([once(child.stdout, 'data').then(() => undefined), failed])
  if (how !== undefined) {
    // Another process may have been first.
    if (await isListening({ host, port })) return
    throw new StorageUnavailable(`The emulator on ${where} did not start (${how}): ${(await complaint).trim()}`)
  }
  say(`Nothing listened on ${where}: started a Cosmos DB emulator there, in memory, which ends with this process`)
  const onEarlyEnd = (how: string) => say(`The Cosmos DB emulator on ${where} has ended (${how}), and its data with it`)
  void failed.then(onEarlyEnd)
  // It must not keep this process alive; it learns from the end of its input that this process has ended.
  child.unref()
  for (const stream of [child.stdin, child.stdout, child.stderr]) (stream as unknown as Socket).unref()
}

const say = (sentence: string): void => void process.stderr.write(`${sentence}\n`)
