import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../../src/embedded.ts'
import { CLI } from '../../support/processes/cli.ts'
import { count } from '../../unit/processor/versions/support.ts'
import { workshop } from './run-cli.ts'

const run = promisify(execFile)

/** Runs a pipeline in bash; says what the first command ended with, and what it wrote to the standard error. */
async function piped(command: string, reader: string, env: Readonly<Record<string, string>>) {
  const script = `"$NODE" "$MAIN" ${command} | ${reader} >/dev/null; echo "\${PIPESTATUS[0]}"`
  const environment = { ...process.env, NODE: process.execPath, MAIN: CLI, ...env }
  const { stdout, stderr } = await run('bash', ['-c', script], { env: environment })
  return { code: stdout.trim(), stderr }
}

test('a reader that has seen enough ends any command quietly, whatever writes', async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  for (let i = 0; i < 200; i++) await count(storage, `a:${i}`, 3)
  const env = { TIDEMARK_STORAGE: shop.storage }
  const commands = ['--help', 'views list --help', '--version', 'completion bash', 'setup', 'streams list']
  commands.push('streams export', 'feed tail --from start --no-follow', 'projections list', 'workers list --json')
  for (const command of commands) {
    const reader = command.length % 2 === 0 ? 'true' : 'head -1'
    expect({ command, reader, ...(await piped(command, reader, env)) }).toEqual({
      command,
      reader,
      code: '0',
      stderr: '',
    })
  }
  // A race: it may go well for several times.
  for (let i = 0; i < 6; i++) {
    expect(await piped('--help', 'true', env)).toEqual({ code: '0', stderr: '' })
    expect(await piped('--help', 'head -1', env)).toEqual({ code: '0', stderr: '' })
  }
  // What fails still fails, also where nobody reads why.
  expect(await piped('streams show none:1', 'true', env)).toMatchObject({ code: '3' })
  expect(await piped('nonsense 2>&1', 'true', env)).toEqual({ code: '2', stderr: '' })
}, 240_000)

test('an output that cannot be written is a failure, told in one line', async () => {
  await using shop = await workshop()
  const env = { ...process.env, NODE: process.execPath, MAIN: CLI, TIDEMARK_STORAGE: shop.storage }
  const script = '"$NODE" "$MAIN" --help >/dev/full; echo $?'
  const { stdout, stderr } = await run('bash', ['-c', script], { env })
  expect(stdout.trim()).toBe('1')
  expect(stderr).toMatch(/^Failed: The output could not be written: [^\n]*ENOSPC[^\n]*\n$/)
}, 60_000)
