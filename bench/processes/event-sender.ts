// Sends events over HTTP as often as its parent asks, over connections that stay open, and answers how many seconds that
// took. A process of its own, and raw sockets, so that the server is what is measured.
//
// Argument: the port. A message of the parent: a round as JSON.
import { connect, type Socket } from 'node:net'

/** What to send in a round. */
export type SendingRound = {
  readonly path: string
  readonly contentType: string
  /** In front of the ids of the round's events. */
  readonly name: string
  readonly events: number
  /** Events in a request; more than one is a batch. */
  readonly size: number
}

const CONNECTIONS = 32
const STREAMS = 1_000

const port = Number(process.argv[2])
const sockets = Array.from({ length: CONNECTIONS }, () => connect({ host: '127.0.0.1', port, noDelay: true }))

const eventOf = (name: string, n: number) => ({
  specversion: '1.0',
  id: `${name}-${n}`,
  source: '/bench',
  type: 'ReadingTaken',
  subject: `meter:${n % STREAMS}`,
  time: '2026-03-01T10:00:00Z',
  data: { day: '2026-03-01', kWh: n % 100, takenBy: 'device', note: 'as planned' },
})

/** Sends a request and waits for the whole response. */
function exchange(socket: Socket, { path, contentType }: SendingRound, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    let response = ''
    const take = (chunk: Buffer) => {
      response += chunk.toString('latin1')
      const end = response.indexOf('\r\n\r\n')
      if (end < 0) return
      const length = Number(/content-length: (\d+)/i.exec(response)?.[1])
      if (response.length < end + 4 + length) return
      socket.off('data', take)
      if (response.startsWith('HTTP/1.1 201')) resolve()
      else reject(new Error(response))
    }
    socket.on('data', take)
    const head = `POST ${path} HTTP/1.1\r\nHost: bench\r\nContent-Type: ${contentType}\r\n`
    socket.write(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
  })
}

async function send(round: SendingRound): Promise<number> {
  const { name, events, size } = round
  let next = 0
  const start = performance.now()
  const sender = async (socket: Socket) => {
    while (next < events) {
      const first = next
      next += size
      const one = (_: unknown, i: number) => eventOf(name, first + i)
      const body = size === 1 ? eventOf(name, first) : Array.from({ length: size }, one)
      await exchange(socket, round, JSON.stringify(body))
    }
  }
  await Promise.all(sockets.map(sender))
  return (performance.now() - start) / 1000
}

process.on('message', async (round) => process.send?.(await send(JSON.parse(String(round)))))
process.once('disconnect', () => process.exit())
