import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { commandAnchor } from '../../../../../src/integrity/heads/anchors/command-anchor.ts'
import { testLog } from '../../../../support/integrity/test-log.ts'

const ORIGIN = 'acme/meters'
const log = testLog(ORIGIN)
const node = (script: string, ...argv: string[]) => [process.execPath, '-e', script, ...argv]

const KEEP = `const fs = require('fs'); fs.writeFileSync(process.argv[1] + '/' + process.env.CHAIN_SIZE, fs.readFileSync(0))`
const PRINT = `const fs = require('fs'); const file = process.argv[1] + '/' + process.argv[2]; if (fs.existsSync(file)) process.stdout.write(fs.readFileSync(file))`

describe('an anchor of commands', () => {
  let folder: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tidemark-command-'))
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('gives a program the note on its standard input, and takes the newest from the output of another', async () => {
    const anchor = commandAnchor({ publish: node(KEEP, folder), latest: node(PRINT, folder, '5') })
    expect(await anchor.latest(ORIGIN)).toBeUndefined()
    const note = await log.note(5)
    expect(await anchor.publish(note, log.prover(5))).toBe(note)
    expect(await readFile(join(folder, '5'), 'utf8')).toBe(note)
    expect(await anchor.latest(ORIGIN)).toBe(note)
  })

  it('passes arguments as they are, without a shell', async () => {
    const file = join(folder, 'owned')
    const argument = `$(touch ${file}); touch ${file} #`
    const anchor = commandAnchor({ publish: node('process.exit(process.argv[1].length)', argument) })
    await expect(anchor.publish(await log.note(1), log.prover(1))).rejects.toMatchObject({
      code: 'AnchorUnavailable',
      message: expect.stringContaining(`exit code ${argument.length}`),
    })
    expect(existsSync(file)).toBe(false)
  })

  it('is unavailable if a program fails, cannot be started, prints too much or does not end', async () => {
    const outcomes = {
      'exit code 3': node('process.exit(3)'),
      ENOENT: [join(folder, 'missing')],
      'more than 1000000 bytes': node(`process.stdout.write('x'.repeat(3e6))`),
      'within 1000 ms': node('setInterval(() => {}, 1000)'),
    }
    for (const [reason, command] of Object.entries(outcomes)) {
      // Only the one that does not end may be ended by time, however slow this machine is.
      const timeout = reason.startsWith('within') ? 1_000 : 60_000
      const anchor = commandAnchor({ publish: command, latest: command, timeout })
      const failure = { code: 'AnchorUnavailable', message: expect.stringContaining(reason) }
      await expect(anchor.latest(ORIGIN)).rejects.toMatchObject(failure)
    }
  })

  it.skipIf(process.platform === 'win32')('ends what a program started together with it', async () => {
    const pidFile = join(folder, 'pid')
    const script = `const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit' }); require('fs').writeFileSync(process.argv[1], String(c.pid)); process.stdout.write('x'.repeat(3e6))`
    const anchor = commandAnchor({ publish: node(script, pidFile), timeout: 60_000 })
    await expect(anchor.publish(await log.note(1), log.prover(1))).rejects.toMatchObject({ code: 'AnchorUnavailable' })
    const pid = Number(await readFile(pidFile, 'utf8'))
    await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 10_000 })
  })

  it('does not need a program that reads its input', async () => {
    const anchor = commandAnchor({ publish: node('') })
    await expect(anchor.publish(await log.note(1), log.prover(1))).resolves.toContain(ORIGIN)
  })

  it('returns what it published last where no program can tell', async () => {
    const anchor = commandAnchor({ publish: node('') })
    await anchor.publish(await log.note(4), log.prover(4))
    expect(await anchor.latest(ORIGIN)).toBe(await log.note(4))
    expect(await anchor.latest('acme/other')).toBeUndefined()
  })

  it('refuses a command without a program', () => {
    expect(() => commandAnchor({ publish: [] })).toThrow(expect.objectContaining({ code: 'InvalidOption' }))
    expect(() => commandAnchor({ publish: ['a'], latest: ['b', 'c\0d'] })).toThrow(
      expect.objectContaining({ code: 'InvalidOption' }),
    )
  })
})
