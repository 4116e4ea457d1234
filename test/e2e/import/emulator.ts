import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { CLI } from '../../support/processes/cli.ts'

const ROOT = join(import.meta.dirname, '../../..')

/** An emulator of Azure Cosmos DB with four feed ranges, in a process that is gone when the test has ended. */
export async function emulator(): Promise<{ readonly url: string } & AsyncDisposable> {
  const child = spawn(process.execPath, [CLI, 'cosmos-emulator', '--port', '0', '--partitions', '4'], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(child, 'close')
  const [said] = await Promise.race([
    once(child.stdout, 'data'),
    ended.then(([how]) => {
      throw new Error(`The emulator ended with ${how}`)
    }),
  ])
  const url = /cosmos-emulator:\S+/.exec(String(said))?.[0]
  if (url === undefined) throw new Error(`The emulator said ${said}`)
  return {
    url,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}
