import { spawn } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const SCRIPT = new URL('../../../scripts/simulate.ts', import.meta.url).pathname

/** Runs the command; `told` sees what it says while it runs. */
async function run(args: readonly string[], told: (text: string, stop: () => void) => void = () => {}) {
  const child = spawn(process.execPath, [SCRIPT, ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      told(text, () => child.kill('SIGTERM'))
    })
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return { code, text }
}

describe('npm run simulate', { timeout: 120_000 }, () => {
  it('tells what happened, of the faults and parts that were chosen', async () => {
    const { code, text } = await run([
      '--seeds',
      '3',
      '--parts',
      'names,reactions',
      '--faults',
      'crash,late',
      '--threads',
      '2',
    ])
    expect(text).toMatch(/^3 seeds from 0 in .*events.*steps$/m)
    expect(text).toMatch(/^Faults: late \d+, crash \d+$/m)
    expect(text).toMatch(/^ {2}names: runs 3/m)
    expect(text).toMatch(/^ {2}merged: runs 0$/m)
    expect(text).toContain('All is well.')
    expect(code).toBe(0)
  })

  it('ends with 1 when a seed fails, and tells which, why, and how it is run again', async () => {
    const { code, text } = await run(['--seed', '7', '--events', '0', '--parts', 'none'])
    expect(text).toContain('Seed 7 failed:')
    expect(text).toContain('InvalidConfiguration')
    expect(text).toMatch(/Again: npm run simulate -- --seed 7 (--events 0 --parts none|--parts none --events 0)$/m)
    expect(text).toContain('FAILED: 1 seeds: 7')
    expect(code).toBe(1)
  })

  it('tells with the trail what happened', async () => {
    const { code, text } = await run(['--seed', '7', '--events', '5', '--parts', 'none', '--trace', '--lines', '20'])
    expect(text.match(/^ *\d+\.\d {2}/gm)).toHaveLength(20)
    expect(code).toBe(0)
  })

  it('ends on SIGTERM with what it came to so far', async () => {
    let isTold = false
    const { code, text } = await run(['--seeds', '100000', '--threads', '1', '--events', '20'], (soFar, stop) => {
      // A second one would end it at once.
      if (!isTold && /\d+ of 100000 seeds/.test(soFar)) stop()
      isTold ||= /\d+ of 100000 seeds/.test(soFar)
    })
    expect(text).toMatch(/^Interrupted after \d+ seeds from 0/m)
    expect(code).toBe(143)
  })

  it('refuses what it does not know, and tells what there is', async () => {
    const { code, text } = await run(['--parts', 'weather'])
    expect(text).toContain('There is no weather')
    expect(code).toBe(1)
    expect((await run(['--help'])).text).toContain('--seeds <n>')
  })
})
