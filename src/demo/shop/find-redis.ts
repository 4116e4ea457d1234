import { once } from 'node:events'
import { connect } from 'node:net'

const HOST = '127.0.0.1'
const PORT = 6379

// Milliseconds. A server on this machine needs one.
const WAIT = 300

/** The URL of the Redis server on this machine, if one responds at once. */
export async function findLocalRedis(port = PORT): Promise<string | undefined> {
  const socket = connect({ host: HOST, port })
  const signal = AbortSignal.timeout(WAIT)
  try {
    socket.write('PING\r\n')
    const [reply] = (await once(socket, 'data', { signal })) as [Buffer]
    return String(reply).startsWith('+PONG') ? `redis://${HOST}:${port}` : undefined
  } catch {
    return undefined
  } finally {
    socket.destroy()
  }
}
