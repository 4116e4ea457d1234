import { copyFile, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openEmbedded } from '../../../src/embedded.ts'
import { eventStore, startProcessor } from '../../../src/index.ts'
import { type Explanation, subjects, type TriedEvent } from '../../../src/rules/index.ts'
import { until } from '../../support/projecting/until.ts'
import { HOSTILE, OBEYED } from './hostile.ts'
import rule, { cart } from './rules/on-product-added.ts'
import { said, type Workshop, workshop } from './run-cli.ts'

const RULES = join(import.meta.dirname, 'rules')

const added = (product_id: string) => cart.create('productAdded', { user_id: '456', product_id })

async function append(shop: Workshop, ...products: readonly string[]): Promise<void> {
  await using storage = await openEmbedded(join(shop.folder, 'data'))
  await eventStore(storage, cart).append('cart:1', products.map(added), { expectedVersion: 'any' })
}

test('rules are listed with their progress, and what they did with an event is explained', {
  timeout: 120_000,
}, async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  const list = () => shop.json<readonly Record<string, unknown>[]>(['rules', 'list', '--rules', RULES])
  expect(await list()).toMatchObject([
    { rule: 'on-product-added', version: 1, running: null, state: 'not started', behind: null, checks: ['not banned'] },
  ])
  await append(shop, 'tea', 'banned')
  const worker = shop.start(['worker', '--projections', RULES])
  await said(worker, /health is at/)
  const explained = (version: number) =>
    shop.json<Explanation>(['rules', 'explain', `cart:1@${version}`, '--rules', RULES])
  await until('the rule has come to both', async () => (await explained(2)).rules[0]?.outcome === 'blocked', 60_000)
  await until(
    'the effect was called',
    async () => (await explained(1)).rules[0]?.effects[0]?.state === 'passed',
    60_000,
  )
  expect((await explained(1)).rules).toMatchObject([
    {
      outcome: 'fired',
      subject: 'user:456',
      computed: false,
      firing: { streamId: 'subject:user:456', version: 3, changes: [{ name: 'last_product_added', new: 'tea' }] },
      effects: [{ effect: 'mail', state: 'passed' }],
    },
  ])
  worker.child.kill('SIGTERM')
  await worker.ended
  expect(await list()).toMatchObject([
    {
      rule: 'on-product-added',
      version: 1,
      running: 1,
      state: 'unowned',
      behind: 0,
      parked: 0,
      on: ['productAdded'],
      actions: ['set last_product_added', 'store user-log'],
      effects: [{ effect: 'mail', behind: 0, parked: 0 }],
      description: 'Remembers the last product',
    },
  ])
  await append(shop, 'milk')
  expect((await explained(3)).rules).toMatchObject([{ outcome: 'pending' }])

  const text = async (...args: readonly string[]) => (await shop.run(['rules', ...args, '--rules', RULES])).stdout
  expect(await text('explain', 'cart:1@1')).toMatch(
    /^cart:1@1 productAdded, recorded \S+\non-product-added 1 about user:456: fired at subject:user:456@3\n {2}passed: not banned\n {2}set last_product_added: nothing -> "tea"\n {2}stored in user-log: \{.*\}\n {2}effect mail: done\n$/,
  )
  expect(await text('explain', 'cart:1@2')).toContain(
    'on-product-added 1 about user:456: blocked by not banned\n  said no: not banned\n',
  )
  expect(await text('explain', 'subject:user:456@1')).toContain(
    '  because on-product-added 1 fired at subject:user:456@3, at cart:1@1 productAdded\nNot on such events: on-product-added\n',
  )
  expect(await text('list')).toContain('on-product-added')
})

test('a rule is tried over history, with a line for each event and a summary', { timeout: 120_000 }, async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await append(shop, 'tea', 'banned', 'milk')
  const args = ['rules', 'try', 'on-product-added', '--from', '2020-01-01', '--rules', RULES]
  const { stdout, code } = await shop.run([...args, '--json'])
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
  expect(code).toBe(0)
  expect(lines.slice(0, 3).map(({ would }: TriedEvent) => would.outcome)).toEqual(['fired', 'blocked', 'fired'])
  expect(lines[3]).toEqual({
    summary: {
      events: 3,
      subjects: 1,
      fired: 2,
      blocked: { 'not banned': 1 },
      failed: {},
      differences: { fires: 2, blocks: 0, fails: 0, writes: 0, check: 0 },
    },
  })
  expect((await shop.run([...args, '--differences', '--limit', '2'])).stdout).toMatch(
    /^\S+ {2}cart:1@1 {2}productAdded {2}user:456 {2}would have fired: set last_product_added: nothing -> "tea"; stored in user-log: \{.*\} {2}\(nothing is recorded\)\non-product-added 1: 2 events about 1 subject\n/,
  )
  // Nothing was written.
  expect((await shop.run(['streams', 'list'])).stdout).toBe('cart:1\n')
})

test('a trial that is interrupted ends with the summary of what it has read', { timeout: 120_000 }, async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await append(shop, ...Array.from({ length: 1_000 }, (_, i) => (i === 2 ? 'stop' : 'tea')))
  const file = join(shop.folder, 'interrupting.ts')
  const [events, rules] = ['./rules/on-product-added.ts', '../../../src/rules/index.ts'].map(
    (path) => new URL(path, import.meta.url).href,
  )
  await writeFile(
    file,
    `import { cart } from ${JSON.stringify(events)}
    import { check, defineRule, on, setProperty } from ${JSON.stringify(rules)}
    export const rule = defineRule('interrupting', on(cart, 'productAdded'), {
      subject: ({ data }) => 'user:' + data.user_id,
      when: [check('goes on', ({ event }) => event.data.product_id !== 'stop' || process.kill(process.pid, 'SIGINT'))],
      then: [setProperty('last', ({ event }) => event.version)],
    })`,
  )
  const args = ['rules', 'try', 'interrupting', '--from', '2020-01-01', '--rules', file, '--json']
  const { code, stdout, stderr } = await shop.run(args)
  expect({ code, stderr }).toEqual({ code: 130, stderr: '' })
  const lines = stdout.trim().split('\n')
  const { summary } = JSON.parse(lines.at(-1) ?? '')
  expect(summary.events).toBe(lines.length - 1)
  expect(summary.events).toBeGreaterThanOrEqual(3)
  expect(summary.events).toBeLessThan(1_000)
})

test('what rules get and write is shown on a terminal, and never obeyed by it', { timeout: 120_000 }, async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await append(shop, HOSTILE)
  {
    await using storage = await openEmbedded(join(shop.folder, 'data'))
    await using _ = await startProcessor(storage, [rule])
    await until('the rule has fired', async () => (await subjects(storage).load('user:456')).version > 0)
  }
  const commands = [
    ['explain', 'cart:1@1'],
    ['explain', 'cart:1@1', '--json'],
    ['explain', 'subject:user:456@1'],
    ['explain', `cart:${HOSTILE}@1`],
    ['try', 'on-product-added', '--from', '2020-01-01'],
    ['try', 'on-product-added', '--from', '2020-01-01', '--json'],
    ['try', HOSTILE, '--from', '2020-01-01'],
  ]
  const all = await Promise.all(commands.map((args) => shop.run(['rules', ...args, '--rules', RULES])))
  for (const [i, { stdout, stderr }] of all.entries()) {
    expect(stdout + stderr, commands[i]?.join(' ')).not.toBe('')
    expect(OBEYED.exec(stdout + stderr)?.input).toBeUndefined()
  }
  expect(all[0]?.stdout).toContain('set last_product_added: nothing -> "\\u001b]52;c;aGk=')
  expect(JSON.parse(all[1]?.stdout ?? '').rules[0].firing.changes[0].new).toBe(HOSTILE)
})

test('commands on rules say in one line what is wrong', { timeout: 120_000 }, async () => {
  await using shop = await workshop()
  await shop.run(['setup'])
  await append(shop, 'tea')
  const folder = join(shop.folder, 'twice')
  await mkdir(folder)
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
  const rules = new URL('../../../src/rules/index.ts', import.meta.url).href
  const twice = `import { defineRule, propertyChanged, setProperty } from ${JSON.stringify(rules)}
    export default defineRule('same', propertyChanged('a'), { then: [setProperty('b', () => 1)] })`
  await writeFile(join(folder, 'a.mjs'), twice)
  await copyFile(join(folder, 'a.mjs'), join(folder, 'b.mjs'))
  const cases: readonly (readonly [string[], number, RegExp])[] = [
    [['explain', 'cart:1@9', '--rules', RULES], 3, /^EventNotFound: There is no event cart:1@9$/],
    [['explain', 'cart:1', '--rules', RULES], 2, /^InvalidUsage: .*Expected <stream>@<version>/],
    [['explain', 'a/b@1', '--rules', RULES], 2, /^InvalidStreamId: /],
    [['explain', 'cart:1@1', '--rules', shop.folder], 2, /^InvalidConfiguration: --rules: .* exports no rule$/],
    [
      ['explain', 'cart:1@1', '--rules', join(shop.folder, 'none')],
      2,
      /^InvalidConfiguration: --rules: .* cannot be read$/,
    ],
    [['list', '--rules', folder], 2, /^InvalidDefinition: .*b\.mjs: there is another rule same$/],
    [
      ['try', 'other', '--from', '2020-01-01', '--rules', RULES],
      2,
      /^InvalidConfiguration: <rule>: .* exports no rule other$/,
    ],
    [['try', 'on-product-added', '--rules', RULES], 2, /^InvalidUsage: .*--from/],
    [['try', 'on-product-added', '--from', 'soon', '--rules', RULES], 2, /^InvalidUsage: .*Expected a time/],
    [['try', 'on-product-added', '--from', '2020-01-01', '--limit', '0', '--rules', RULES], 2, /^InvalidUsage: /],
  ]
  const all = await Promise.all(cases.map(([args]) => shop.run(['rules', ...args])))
  for (const [i, [args, code, message]] of cases.entries()) {
    expect({ args, code: all[i]?.code, stdout: all[i]?.stdout }).toEqual({ args, code, stdout: '' })
    expect(all[i]?.stderr.trim()).toMatch(message)
  }
})
