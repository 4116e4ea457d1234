import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http'

/** What a client has read of an event stream. */
export type ReadStream = {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly events: readonly { readonly id: string; readonly event: string; readonly data: unknown }[]
  /** All text, comments included. */
  text(): string
  readonly ended: Promise<void>
  /** Whether the server has ended it in order, and not just the connection. */
  isComplete(): boolean
  /** Ends the connection. */
  disconnect(): void
  /** Stops reading, or goes on. */
  pause(): void
  resume(): void
}

/** Reads an event stream over a connection of its own, as a browser does. */
export function readEvents(url: string, headers: Record<string, string> = {}): Promise<ReadStream> {
  return new Promise((resolve, reject) => {
    const request = get(url, { agent: false, headers: { accept: 'text/event-stream', ...headers } })
    request.once('error', reject)
    request.once('response', (response: IncomingMessage) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk) => {
        text += chunk
      })
      response.on('error', () => {})
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        get events() {
          return text.split('\n\n').slice(0, -1).flatMap(parseEvent)
        },
        text: () => text,
        ended: new Promise((resolve) => response.once('close', resolve)),
        isComplete: () => response.complete,
        disconnect: () => request.destroy(),
        pause: () => void response.pause(),
        resume: () => void response.resume(),
      })
    })
  })
}

function parseEvent(block: string) {
  const fields = Object.fromEntries(
    block.split('\n').map((line) => [line.split(': ', 1)[0], line.slice(line.indexOf(': ') + 2)]),
  )
  if (fields.data === undefined) return []
  return [{ id: fields.id ?? '', event: fields.event ?? '', data: JSON.parse(fields.data) as unknown }]
}
