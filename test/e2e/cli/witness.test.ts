import { chmod, readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { witnessAnchor } from '../../../src/integrity/index.ts'
import { headIn } from '../../../src/integrity/notes/head-text.ts'
import { testLog } from '../../support/integrity/test-log.ts'
import { type Running, workshop } from './run-cli.ts'

const log = testLog('acme/meters')
const other = testLog('acme/other')
const logs = [log, other].flatMap(({ origin, signer }) => ['--origin', origin, '--key', signer.verifierKey])

/** What a witness says when it has started. */
function started({ child }: Running): Promise<{ url: string; key: string; output: string }> {
  return new Promise((resolve, reject) => {
    let output = ''
    child.stdout?.on('data', (chunk) => {
      output += chunk
      const url = /listens on (\S+)/.exec(output)?.[1]
      const key = /verifier key is (\S+)/.exec(output)?.[1]
      if (url && key && output.trimEnd().split('\n').length === 5) resolve({ url, key, output })
    })
    child.once('close', (code) => reject(new Error(`The witness ended with ${code}`)))
  })
}

test('a witness creates its key once, and remembers what it signed when it was stopped in order', async () => {
  await using shop = await workshop()
  const folder = join(shop.folder, 'witness')
  const run = () => shop.start(['witness', ...logs, '--folder', folder, '--port', '0'])
  const first = run()
  const { url, key, output } = await started(first)
  expect(output).toContain('acme/meters: no head was signed yet')
  const anchor = witnessAnchor(url, key)
  await anchor.publish(await log.note(5), log.prover(5))
  if (process.platform !== 'win32') expect((await stat(join(folder, 'witness.key'))).mode & 0o777).toBe(0o600)
  first.child.kill('SIGTERM')
  expect(await first.ended).toMatchObject({ code: 0, stderr: '' })

  const again = await started(run())
  expect(again.key).toBe(key)
  expect(again.output).toContain('acme/meters: the last signed head has 5 blocks')
  await expect(witnessAnchor(again.url, key).publish(await log.note(4), log.prover(4))).rejects.toMatchObject({
    code: 'AnchorRefused',
    size: 5,
  })
})

test('a witness that is killed at any moment never forgets a head whose signature somebody has', async () => {
  await using shop = await workshop()
  const folder = join(shop.folder, 'witness')
  let known = 0
  let size = 0
  for (let round = 0; round < 4; round++) {
    const running = shop.start(['witness', ...logs, '--folder', folder, '--port', '0'])
    const { url, key } = await started(running)
    const anchor = witnessAnchor(url, key)
    const kept = await anchor.latest(log.origin)
    expect(kept ? headIn(kept).size : 0).toBeGreaterThanOrEqual(known)
    // It dies in the middle of one of these.
    const kill = 5 + round * 7
    for (let i = 0; ; i++) {
      size++
      const publishing = anchor.publish(await log.note(size), log.prover(size))
      if (i === kill) setTimeout(() => running.child.kill('SIGKILL'), round)
      const outcome = await publishing.then(
        () => true,
        () => false,
      )
      if (!outcome) break
      known = size
      if (size === 299) break
    }
    running.child.kill('SIGKILL')
    await running.ended
  }
  expect(known).toBeGreaterThan(0)
})

test('a witness refuses settings that cannot work before it creates anything', async () => {
  await using shop = await workshop()
  const folder = join(shop.folder, 'witness')
  const refused: [readonly string[], string][] = [
    [[], 'InvalidConfiguration: WITNESS_LOGS'],
    [['--origin', 'a'], 'InvalidConfiguration: WITNESS_LOGS'],
    [['--key', log.signer.verifierKey], 'InvalidConfiguration: WITNESS_LOGS'],
    [[...logs, '--port', 'many'], 'InvalidConfiguration: WITNESS_PORT'],
    [[...logs.slice(0, 2), '--key', 'a+b+c'], 'InvalidChainKey'],
    [['--origin', 'a b', ...logs.slice(2, 4)], 'InvalidOrigin'],
  ]
  for (const [args, error] of refused) {
    const { code, stdout, stderr } = await shop.run(['witness', ...args, '--folder', folder])
    expect([code, stdout, stderr.split('\n')], args.join(' ')).toEqual([1, '', [expect.stringContaining(error), '']])
  }
  expect(await readdir(shop.folder)).not.toContain('witness')
})

test('a witness does not start with the key of another name, or one that others can read', async () => {
  await using shop = await workshop()
  const folder = join(shop.folder, 'witness')
  const run = (...more: string[]) => shop.start(['witness', ...logs, '--folder', folder, '--port', '0', ...more])
  const first = run('--name', 'witness.example')
  expect((await started(first)).key).toMatch(/^witness\.example\+/)
  first.child.kill('SIGTERM')
  await first.ended
  const { code, stderr } = await run('--name', 'other.example').ended
  expect([code, stderr]).toEqual([1, expect.stringContaining('witness.example')])
  if (process.platform === 'win32') return
  await chmod(join(folder, 'witness.key'), 0o644)
  expect(await run().ended).toMatchObject({ code: 1, stderr: expect.stringContaining('chmod 600') })
})
