import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { CommandIdReused, WrongExpectedVersion } from '../../../src/core/errors/append.ts'
import { IncarnationMismatch } from '../../../src/core/errors/feed.ts'
import { InvalidEventData } from '../../../src/core/errors/input.ts'
import { StorageCorrupt, StorageMoved, StorageUnavailable } from '../../../src/core/errors/storage.ts'
import { ViewParked, WaitTimedOut } from '../../../src/core/errors/view.ts'
import { PreconditionFailed, PreconditionRequired } from '../../../src/http/errors.ts'
import { expectedVersionOf } from '../../../src/http/preconditions.ts'
import { problem } from '../../../src/http/problems/problem.ts'
import { type ProblemOptions, problemOf } from '../../../src/http/problems/problem-of.ts'
import type { RequestLike } from '../../../src/http/streams/event-streams.ts'
import { SERVERS, type Serve, type TestServer } from '../../support/http/servers.ts'
import { sendRaw, statusesOf } from '../../support/raw-http.ts'

class OrderShipped extends Error {
  readonly code = 'OrderShipped'
  readonly customer = 'a person'
}

/** What an application says when it went wrong after something was recorded. */
class WrongPassword extends Error {
  readonly code = 'WrongPassword'
  readonly position = 'cG9zaXRpb24'
}

const statuses = { OrderShipped: 409, WrongPassword: 422 }

const opened: TestServer[] = []
afterEach(async () => {
  for (const server of opened.splice(0)) await server.close()
})

const failing = async (serve: Serve, error: unknown, options: ProblemOptions = { statuses }) => {
  const server = await serve(() => {
    throw error
  }, options)
  opened.push(server)
  return server
}

const headersOf = (request: RequestLike) => ('raw' in request ? request.raw.headers : request.headers)

describe('the problem of an error', () => {
  it('has its code, its message and its fields, and neither cause nor stack', () => {
    const error = new WrongExpectedVersion('order:7', 3, 4, { cause: new Error('of the driver') })
    const found = problemOf(error, {})
    expect(found).toEqual({
      type: 'urn:tidemark:error:WrongExpectedVersion',
      title: 'Conflict',
      status: 409,
      detail: error.message,
      code: 'WrongExpectedVersion',
      streamId: 'order:7',
      expected: 3,
      actual: 4,
    })
  })

  it('of a conflict is 412 where the request has a precondition', () => {
    const error = new WrongExpectedVersion('order:7', 3, 4)
    expect(problemOf(error, { 'if-match': '"3"' })).toMatchObject({ status: 412, expected: 3, actual: 4 })
    expect(problemOf(error, { 'if-none-match': '*' })).toMatchObject({ status: 412 })
    expect(problemOf(new PreconditionFailed(), {})).toMatchObject({ status: 412, code: 'PreconditionFailed' })
    expect(problemOf(new PreconditionRequired(), {})).toMatchObject({ status: 428, title: 'Precondition Required' })
  })

  it('lists the faults of a schema as errors', () => {
    const issues = [{ path: 'lines.0.sku', message: 'expected string' }]
    expect(problemOf(new InvalidEventData('ItemAdded', issues), {})).toMatchObject({ status: 400, errors: issues })
  })

  it('of a storage that is away shows neither hosts nor paths', () => {
    const moved = new StorageMoved('/var/secret/events.db')
    const away = new StorageUnavailable('connect ECONNREFUSED 10.0.0.7:27017')
    for (const error of [moved, away]) {
      const found = problemOf(error, {})
      expect(found).toMatchObject({ status: 503, code: error.code })
      const chosen = problemOf(error, {}, { statuses: { [error.code]: 502 } })
      expect(chosen).toMatchObject({ status: 502, code: error.code })
      expect(JSON.stringify([found, chosen])).not.toMatch(/secret|10\.0\.0\.7/)
    }
    const corrupt = new StorageCorrupt('/var/secret/events.db')
    expect(JSON.stringify(problemOf(corrupt, {}, { statuses: { StorageCorrupt: 502 } }))).not.toContain('secret')
    expect(problemOf(new ViewParked('overview', '7'), {})).toMatchObject({ status: 503, projection: 'overview' })
  })

  it('of another incarnation is the fault of the position where there is one, and else passes', () => {
    const error = new IncarnationMismatch('View 7', 'now', 'before')
    expect(problemOf(error, { 'tidemark-position': 'x' })).toMatchObject({ status: 409, expected: 'now' })
    expect(problemOf(error, {})).toMatchObject({ status: 503 })
  })

  it('of a read that timed out says what it waited for', () => {
    const found = problemOf(new WaitTimedOut('overview', '7', 20), { 'tidemark-position': 'cG9z' })
    expect(found).toMatchObject({ status: 504, projection: 'overview', key: '7', timeout: 20, position: 'cG9z' })
  })

  it('of an application comes from its statuses or its own function, with no field that nobody chose', () => {
    const found = problemOf(new OrderShipped('It has left'), {}, { statuses })
    expect(found).toEqual({
      type: 'urn:tidemark:error:OrderShipped',
      title: 'Conflict',
      status: 409,
      detail: 'It has left',
      code: 'OrderShipped',
    })
    const own = problem(410, 'Gone', 'It is gone', { title: 'never', type: 'about:blank' })
    expect(problemOf(new Error('x'), {}, { problemOf: () => own })).toEqual({ ...own, title: 'Gone' })
    expect(problemOf(new CommandIdReused('c'), {}, { statuses: { CommandIdReused: 409 } })).toMatchObject({
      status: 409,
    })
  })

  it('is not known of any other error', () => {
    for (const error of [new Error('x'), new OrderShipped('x'), 'x', undefined, null, { code: 'StorageBusy' }]) {
      expect(problemOf(error, {})).toBeUndefined()
    }
    expect(problemOf(Object.assign(new Error('x'), { code: 'constructor' }), {})).toBeUndefined()
  })
})

describe.each(SERVERS)('an error over %s', (_, serve) => {
  it('becomes a response with problem details', async () => {
    const { url, logged } = await failing(serve, new OrderShipped('It has left'))
    const response = await fetch(url)
    expect(response.status).toBe(409)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect(await response.json()).toMatchObject({ code: 'OrderShipped', status: 409 })
    expect(logged).toEqual([])
  })

  it('that nobody foresaw is logged and told to nobody', async () => {
    const error = Object.assign(new Error('secret'), { code: 'ECONNREFUSED', address: '10.0.0.7' })
    const { url, logged } = await failing(serve, error)
    const response = await fetch(url)
    const text = await response.text()
    expect([response.status, JSON.parse(text)]).toMatchObject([500, { code: 'InternalError' }])
    expect(text).not.toMatch(/secret|10\.0|stack|at /)
    expect(logged).toEqual([error])
  })

  it('of the storage is logged, and says when to try again', async () => {
    const error = new StorageUnavailable('away')
    const { url, logged } = await failing(serve, error)
    const response = await fetch(url)
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '1'])
    expect(logged).toEqual([error])
  })

  it('that came after something was recorded says where that is', async () => {
    const { url } = await failing(serve, new WrongPassword('No'))
    const response = await fetch(url)
    expect([response.status, response.headers.get('tidemark-position')]).toEqual([422, 'cG9zaXRpb24'])
    expect(await response.json()).not.toHaveProperty('position')
  })

  it.each([
    [
      'of the application has a position of another kind',
      Object.assign(new OrderShipped('x'), { position: 'é\r\n' }),
      409,
    ],
    ['cannot be mapped, because the mapping throws', new Error('unmapped'), 500],
    ['is mapped to what is not JSON', new Error('bigint'), 500],
    ['is mapped to a status that is none', Object.assign(new Error('odd'), { code: 'Odd' }), 500],
  ])('costs one response, not the process, where it %s', async (_, error, status) => {
    const mapping = (found: unknown) => {
      if (!(found instanceof Error)) return undefined
      if (found.message === 'unmapped') throw new Error('a secret of the mapping')
      return found.message === 'bigint' ? problem(400, 'Big', 'It is big', { n: 1n }) : undefined
    }
    const { url, logged } = await failing(serve, error, { statuses: { ...statuses, Odd: 42 }, problemOf: mapping })
    const response = await fetch(url)
    expect(response.headers.get('content-type')).toBe('application/problem+json')
    expect([response.status, await response.json()]).toMatchObject([
      status,
      { code: status === 500 ? 'InternalError' : 'OrderShipped' },
    ])
    expect(logged).toMatchObject(status === 500 ? [{ errors: [{}, error] }] : [])
  })

  it('takes back what was said of a representation', async () => {
    const server = await serve(
      (_, response) => {
        const raw = 'raw' in response ? response.raw : response
        if ('raw' in response) (response as unknown as { header(n: string, v: string): void }).header('etag', '"3"')
        else raw.setHeader('etag', '"3"')
        throw new OrderShipped('It has left')
      },
      { statuses },
    )
    opened.push(server)
    const response = await fetch(server.url)
    expect([response.status, response.headers.get('etag')]).toEqual([409, null])
  })

  it('of bad preconditions on the wire is a 4xx, and the server stays well', async () => {
    const server = await serve((request) => ({ version: expectedVersionOf(headersOf(request)) }))
    opened.push(server)
    const send = (lines: string) =>
      sendRaw(server.url, `GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines}\r\n\r\n`)
    const cases: readonly (readonly [string, number, string])[] = [
      ['If-Match: 3', 400, 'InvalidPrecondition'],
      ['If-Match:', 400, 'InvalidPrecondition'],
      ['If-Match: "3"\r\nIf-Match: nonsense', 400, 'InvalidPrecondition'],
      ['If-Match: W/"3"', 412, 'PreconditionFailed'],
      ['If-Match: W/"3"\r\nIf-Match: "x"', 412, 'PreconditionFailed'],
      ['If-None-Match: "3"', 400, 'InvalidPrecondition'],
      [`If-Match: ${'"1",'.repeat(3_000)}"1"`, 400, 'InvalidPrecondition'],
      [`If-Match: "${'\u00ff'.repeat(1_000)}"`, 412, 'PreconditionFailed'],
    ]
    for (const [lines, status, code] of cases) {
      const answer = await send(lines)
      expect(statusesOf(answer), lines.slice(0, 40)).toEqual([status])
      expect(answer).toContain(`"code":"${code}"`)
    }
    const long = await send(`If-Match: "${'1'.repeat(100_000)}"`)
    expect(statusesOf(long)).toEqual([431])
    expect(server.logged).toEqual([])
  })
})

it('a response that has begun is cut off, so that nobody takes it for a whole one', async () => {
  const [, serve] = SERVERS[0] as (typeof SERVERS)[number]
  const server = await serve((_, response) => {
    const raw = 'raw' in response ? response.raw : response
    raw.writeHead(200, { 'content-length': '10' })
    raw.write('half')
    throw new OrderShipped('It has left')
  })
  opened.push(server)
  await expect(fetch(server.url).then((response) => response.text())).rejects.toThrow()
})

it('fastify problems of its own have codes: a body that is not JSON, a schema that does not fit', async () => {
  const { default: fastify } = await import('fastify')
  const { fastifyErrorHandler } = await import('../../../src/http/fastify.ts')
  const api = fastify()
  api.setErrorHandler(fastifyErrorHandler())
  const body = { type: 'object', additionalProperties: false, properties: { n: { type: 'integer' } }, required: ['n'] }
  api.post('/', { schema: { body } }, async () => 'ok')
  const post = (payload: string, type = 'application/json') =>
    api.inject({ method: 'POST', url: '/', payload, headers: { 'content-type': type } })
  const noJson = await post('{"n":')
  expect([noJson.statusCode, noJson.json()]).toMatchObject([
    400,
    { code: 'InvalidRequest', errors: [{ path: 'body' }] },
  ])
  const wrong = await post('{"n":"x"}')
  expect(wrong.json()).toMatchObject({ status: 400, code: 'InvalidRequest', errors: [{ path: 'n' }] })
  expect((await post('n=1', 'text/csv')).json()).toMatchObject({ status: 415, code: 'UnsupportedMediaType' })
  await api.close()
})

it('no file of tidemark/http imports a framework', () => {
  const root = new URL('../../../src/http/', import.meta.url).pathname
  for (const file of globSync('**/*.ts', { cwd: root })) {
    for (const [, from = ''] of readFileSync(join(root, file), 'utf8').matchAll(/from '([^']+)'/g)) {
      expect(from, file).toMatch(/^(node:|\.\.?\/)/)
    }
  }
})
