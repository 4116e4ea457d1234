import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))

function start(...args: readonly string[]): { readonly child: ChildProcess; readonly output: () => string } {
  const env = { ...process.env, MONGODB_URI: 'mongodb://127.0.0.1:1' }
  const child = spawn(process.execPath, ['bench/main.ts', ...args], {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => (output += chunk))
  return { child, output: () => output }
}

const folders = () =>
  [join(ROOT, 'node_modules', '.cache'), tmpdir()].flatMap((folder) =>
    readdirSync(folder).filter((name) => name.startsWith('tidemark-bench-')),
  )

async function run(...args: readonly string[]) {
  const { child, output } = start(...args)
  const [code] = await once(child, 'close')
  return { code, output: output() }
}

describe('npm run bench', () => {
  it('says in a quick run what did not run for want of a server, and ends with 0', async () => {
    const { code, output } = await run('--quick', '--only', 'scale-hot-stream,mongo-read')
    expect(output).toContain('*** mongo-read DID NOT RUN, for there is no MongoDB server')
    expect(output).toMatch(/one stream, 1 client: calls a command +[\d.]+ calls +< 2\.01 calls +ok/)
    expect(code).toBe(0)
  }, 90_000)

  it('fails clearly in a full run that asked for that server', async () => {
    const { code, output } = await run('--only', 'mongo-read')
    expect(output).toContain('mongo-read DID NOT RUN, for there is no MongoDB server')
    expect(code).toBe(2)
  }, 90_000)

  it('ends at SIGTERM, and leaves no folder behind', async () => {
    const before = new Set(folders())
    const { child, output } = start('--quick', '--only', 'scale-hot-stream,read-stream')
    while (!output().includes('scale-hot-stream: ') && child.exitCode === null)
      await new Promise((go) => setTimeout(go, 20))
    child.kill('SIGTERM')
    const [code] = await once(child, 'close')
    expect(code, output()).toBe(143)
    expect(folders().filter((name) => !before.has(name))).toEqual([])
  }, 90_000)
})
