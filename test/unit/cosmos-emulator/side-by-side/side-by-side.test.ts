import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Answer, answerOf } from './answers.ts'
import { type Case, CRUD, DOCUMENTS, ETAGS, PATCHES_AND_BATCHES, QUERIES } from './cases.ts'
import { DIFFERENCES } from './differences.ts'
import { openOurs, openTheirs, type Server } from './servers.ts'

// The same calls of the SDK on our emulator and on @vercel/cosmosdb-server.
let ours: Server
let theirs: Server

beforeAll(async () => {
  // Theirs writes its own failures to the console.
  vi.spyOn(console, 'error').mockReturnValue()
  ours = await openOurs()
  theirs = await openTheirs()
})

afterAll(async () => {
  vi.restoreAllMocks()
  await ours[Symbol.asyncDispose]()
  await theirs[Symbol.asyncDispose]()
})

async function answersOf(server: Server, { run }: Case): Promise<readonly Answer[] | string> {
  const container = await server.newContainer()
  for (const document of DOCUMENTS) await container.items.create(document)
  // Theirs makes the SDK itself throw here and there.
  return run(container).catch((error: unknown) => `threw ${error}`)
}

describe.each(Object.entries({ CRUD, ETAGS, PATCHES_AND_BATCHES, QUERIES }))('%s', (_, cases) => {
  test.each(cases)('$name', async (each) => {
    const answers = await answersOf(ours, each)
    const others = await answersOf(theirs, each)
    expect(answers).toBeInstanceOf(Array)
    const difference = DIFFERENCES.find(({ name }) => name === each.name)
    if (difference === undefined) expect(answers).toEqual(others)
    else expect(answers, 'a difference that is gone').not.toEqual(others)
  })
})

test('no difference is explained of a case that is none', () => {
  const names = [CRUD, ETAGS, PATCHES_AND_BATCHES, QUERIES].flat().map(({ name }) => name)
  expect(names).toEqual(expect.arrayContaining(DIFFERENCES.map(({ name }) => name)))
  expect(new Set(names).size).toBe(names.length)
})

type Step = {
  readonly kind: 'create' | 'read' | 'replace' | 'upsert' | 'delete' | 'list' | 'patch'
  readonly id: string
  readonly customer: string
  readonly n: number
  /** Which ETag is demanded: the one that the document has, the one before it, or none. */
  readonly condition: 'current' | 'former' | 'none'
}

const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom('create', 'read', 'replace', 'upsert', 'delete', 'list', 'patch'),
  id: fc.constantFrom('a', 'b', 'c'),
  customer: fc.constantFrom('ann', 'bob'),
  n: fc.integer({ min: 0, max: 9 }),
  condition: fc.constantFrom('none', 'none', 'current', 'former'),
})

async function walk(server: Server, steps: readonly Step[]): Promise<Answer[]> {
  const container = await server.newContainer()
  const etags = new Map<string, string[]>()

  function optionsOf({ id, customer, condition }: Step) {
    const etag = etags.get(`${customer}/${id}`)?.at(condition === 'current' ? -1 : -2)
    if (condition === 'none' || etag === undefined) return {}
    return { accessCondition: { type: 'IfMatch', condition: etag } }
  }

  async function take(each: Step): Promise<Answer> {
    const { kind, id, customer, n } = each
    const item = container.item(id, customer)
    const document = { id, customer, n, [`by ${kind}`]: n }
    const options = optionsOf(each)
    const noted = async <T extends { readonly etag: string }>(call: Promise<T>): Promise<T> => {
      const response = await call
      etags.set(`${customer}/${id}`, [...(etags.get(`${customer}/${id}`) ?? []), response.etag])
      return response
    }
    switch (kind) {
      case 'create':
        return answerOf(noted(container.items.create(document)))
      case 'read':
        return answerOf(item.read())
      case 'replace':
        return answerOf(noted(item.replace(document, options)))
      case 'upsert':
        return answerOf(noted(container.items.upsert(document, options)))
      case 'patch':
        return answerOf(noted(item.patch([{ op: 'set', path: '/n', value: n }], options)))
      case 'delete':
        return answerOf(item.delete(options))
      case 'list':
        return answerOf(container.items.query('SELECT * FROM c ORDER BY c.n').fetchAll())
    }
  }

  const answers: Answer[] = []
  for (const each of steps) answers.push(await take(each))
  return answers
}

test('any sequence of writes and reads is answered alike', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
      expect(await walk(ours, steps)).toEqual(await walk(theirs, steps))
    }),
    { numRuns: 60 },
  )
})
