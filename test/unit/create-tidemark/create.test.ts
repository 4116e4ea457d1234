import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { create } from '../../../create-tidemark/src/create.ts'
import { Cancelled } from '../../../create-tidemark/src/questions.ts'
import { UsageError } from '../../../create-tidemark/src/usage-error.ts'

let cwd: string
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'tidemark-create-'))
})
afterEach(() => rmSync(cwd, { recursive: true, force: true }))

type Terminal = PassThrough & { isTTY?: boolean }

/** Runs the program. @param answers lines that are typed as soon as something is asked; undefined without a terminal */
function run(args: readonly string[], answers?: readonly string[], environment: NodeJS.ProcessEnv = {}) {
  const [input, output]: Terminal[] = [new PassThrough(), new PassThrough()]
  if (input === undefined || output === undefined) throw new Error('two streams')
  const waiting = [...(answers ?? [])]
  let printed = ''
  output.setEncoding('utf8').on('data', (text: string) => {
    printed += text
    if (!/\]: $/.test(text) || answers === undefined) return
    const answer = waiting.shift()
    if (answer === undefined) input.end()
    else input.write(`${answer}\n`)
  })
  if (answers !== undefined) input.isTTY = output.isTTY = true
  const code = create({ args: [...args, '--no-install'], cwd, environment, input, output, version: '1.2.3' })
  return { code, printed: () => printed }
}

const contractOf = (folder: string) => readFileSync(join(cwd, folder, 'src/contract.ts'), 'utf8')

describe('without a terminal', () => {
  it('creates a project with the defaults, and says what is next', async () => {
    const { code, printed } = run(['web'])
    expect(await code).toBe(0)
    expect(contractOf('web')).toContain("defineContract('web.cart'")
    expect(printed()).toContain('contract web.cart, group transit, bus none, storage embedded')
    expect(printed()).toContain('  cd web\n  npm install\n  npm start\n')
  })

  it('refuses a folder with files, and writes nothing', async () => {
    mkdirSync(join(cwd, 'web'))
    writeFileSync(join(cwd, 'web/notes.txt'), 'mine')
    await expect(run(['web']).code).rejects.toThrow(UsageError)
    expect(readdirSync(join(cwd, 'web'))).toEqual(['notes.txt'])
  })

  it('uses a folder with files if it may, and says what it removed', async () => {
    await run(['web', '--bus', 'nats']).code
    writeFileSync(join(cwd, 'web/notes.txt'), 'mine')
    const { code, printed } = run(['web', '--overwrite'])
    expect(await code).toBe(0)
    expect(printed()).toContain('removed src/nats.ts')
    expect(existsSync(join(cwd, 'web/src/worker/publish-cart.ts'))).toBe(false)
    expect(readFileSync(join(cwd, 'web/notes.txt'), 'utf8')).toBe('mine')
  })

  it('writes nothing for a wrong value', async () => {
    await expect(run(['web', '--bus', 'kafka']).code).rejects.toThrow(UsageError)
    expect(readdirSync(cwd)).toEqual([])
  })
})

describe('on a terminal', () => {
  it('asks for what was not said, and again for what is not valid', async () => {
    const { code, printed } = run(['--bus', 'none'], ['web', 'Not Valid', 'acme.basket', '', 'mongo'])
    expect(await code).toBe(0)
    expect(contractOf('web')).toContain("defineContract('acme.basket'")
    expect(printed()).toContain('It must be lower-case words')
    expect(printed()).not.toContain('Bus to publish')
    expect(printed()).toContain('group transit, bus none, storage mongo')
  })

  it('asks before it uses a folder with files', async () => {
    mkdirSync(join(cwd, 'web'))
    writeFileSync(join(cwd, 'web/notes.txt'), 'mine')
    await expect(run(['web'], ['n']).code).rejects.toThrow(Cancelled)
    expect(readdirSync(join(cwd, 'web'))).toEqual(['notes.txt'])
    expect(await run(['web'], ['y', '', '', '', '']).code).toBe(0)
  })

  it('writes nothing if the conversation ends', async () => {
    await expect(run(['web'], ['acme.basket']).code).rejects.toThrow(Cancelled)
    expect(readdirSync(cwd)).toEqual([])
  })

  it.each<[string, readonly string[], NodeJS.ProcessEnv]>([
    ['it should not', ['web', '--no-interactive'], {}],
    ['this is CI', ['web'], { CI: 'true' }],
  ])('asks nothing if %s', async (_, args, environment) => {
    const { code, printed } = run(args, [], environment)
    expect(await code).toBe(0)
    expect(printed()).not.toContain(']: ')
  })
})
