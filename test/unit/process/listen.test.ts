import { once } from 'node:events'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { expect, test, vi } from 'vitest'
import { closeServer, listen } from '../../../src/process/listen.ts'

const started = async (server: ReturnType<typeof createServer>) =>
  Number(new URL(await listen(server, { host: '127.0.0.1', port: 0 }, 'PORT')).port)

test.each([
  ['nothing', ''],
  ['half of the headers', 'GET / HTTP/1.1\r\nHos'],
  ['half of a body', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nhalf'],
])('a connection that sent %s does not keep a server from stopping', async (_, text) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  try {
    const server = createServer((request, response) => request.on('end', () => response.end()).resume())
    const port = await started(server)
    const client = connect(port, '127.0.0.1').on('error', () => {})
    await once(server, 'connection')
    if (text !== '') client.write(text)
    const gone = once(client, 'close')
    const closed = closeServer(server)
    vi.advanceTimersByTime(2_000)
    await Promise.all([closed, gone])
  } finally {
    vi.useRealTimers()
  }
})

test('a request that is being served is answered before the server stops', async () => {
  const server = createServer(async (_, response) => {
    const closed = closeServer(server)
    response.setHeader('connection', 'close').end('answered')
    await closed
  })
  const port = await started(server)
  const ended = once(server, 'close')
  expect(await (await fetch(`http://127.0.0.1:${port}`)).text()).toBe('answered')
  await ended
})
