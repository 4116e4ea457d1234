import { randomInt } from 'node:crypto'
import { Agent, request } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineEvents } from '../../../src/core/events/define-events.ts'
import { randomFrom } from '../../../src/core/random.ts'
import { openMemory } from '../../../src/testing/memory/index.ts'
import { brokenBytes, type HostileRequest, hostileRequest } from '../../support/ingest/hostile-requests.ts'
import { INGEST_SERVERS, serve } from '../../support/ingest/servers.ts'

const REQUESTS = 10_000
const SENDERS = 16
const seed = Number(process.env.TIDEMARK_SEED ?? randomInt(2 ** 31))

type Response = { readonly status: number; readonly text: string }

function sendOver(agent: Agent, url: string, { method, headers, body }: HostileRequest): Promise<Response> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent, method, headers: { ...headers, 'content-length': body.length } }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text })).on('error', reject)
    })
    sent.on('error', reject).end(body)
  })
}

/** Sends bytes, and ends the connection as soon as something comes back, or after a moment. */
function sendBytes(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url)
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ host: hostname, port: Number(port) }, () => socket.end(bytes))
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk
    })
    socket.on('error', () => {}).on('close', () => resolve(answer))
  })
}

const events = defineEvents({ Known: z.object({ n: z.number().optional() }) })
const mapping = (value: unknown) => {
  const { id, type, subject, data } = value as { id?: string; type: string; subject: string; data: never }
  return { id, type: type.trim(), source: '/plain', subject, data }
}

/** What a response says is in the log: streams with versions. */
function storedBy({ text }: Response): string[] {
  const body = text === '' ? undefined : JSON.parse(text)
  const listed: ({ streamId?: string; version: number } | null)[] = body?.events ?? [body]
  return listed.flatMap((one) => (one?.streamId && one.version ? [`${one.streamId}@${one.version}`] : []))
}

test.each(INGEST_SERVERS)(
  'of hostile requests over %s none makes the server fail, and the log has exactly the events that were accepted',
  async (_, over) => {
    console.info(`TIDEMARK_SEED=${seed}`)
    const storage = openMemory()
    const onError = () => {}
    const limits = { bytes: 200_000, bodyTimeout: 1_000 }
    await using server = await serve(storage, { events, mapping, onError, limits }, over)
    const agent = new Agent({ keepAlive: true, maxSockets: SENDERS })
    const failed: unknown[] = []
    const stored = new Set<string>()
    const statuses = new Map<number, number>()
    let next = 0
    const sender = async () => {
      while (next < REQUESTS) {
        const number = next++
        const random = randomFrom(seed + number)
        if (random() < 0.03) {
          const answer = await sendBytes(server.url, brokenBytes(random, number))
          if (/HTTP\/1\.1 5/.test(answer)) failed.push([number, answer])
          for (const [, body = ''] of answer.matchAll(/\r\n\r\n(\{.*\})/g)) {
            for (const one of storedBy({ status: 0, text: body })) stored.add(one)
          }
          continue
        }
        const hostile = hostileRequest(random, random() < 0.1 ? Math.floor(random() * number) : number)
        const response = await sendOver(agent, server.url, hostile)
        statuses.set(response.status, (statuses.get(response.status) ?? 0) + 1)
        if (response.status >= 500) failed.push([number, hostile, response])
        if (response.text.startsWith('{')) for (const one of storedBy(response)) stored.add(one)
      }
    }
    await Promise.all(Array.from({ length: SENDERS }, sender))
    agent.destroy()
    expect(failed.slice(0, 3)).toEqual([])

    const found: string[] = []
    for await (const stream of storage.events.streams()) {
      for (const event of (await storage.events.load(stream)).events) found.push(`${stream}@${event.stream.version}`)
    }
    expect(found.toSorted()).toEqual([...stored].toSorted())
    expect(({} as { polluted?: true }).polluted).toBeUndefined()
    // Otherwise the requests would be too wild to show anything.
    for (const status of [200, 201, 400, 415]) expect(statuses.get(status), String(status)).toBeGreaterThan(50)
  },
  300_000,
)
