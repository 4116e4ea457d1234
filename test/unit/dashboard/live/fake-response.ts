import { EventEmitter } from 'node:events'
import type { ServerResponse } from 'node:http'

/** A response whose reader reads when the test says so. */
export class FakeResponse extends EventEmitter {
  destroyed = false
  writableEnded = false
  writableLength = 0
  #reads = true
  #received = ''

  writeHead(): this {
    return this
  }

  write(text: string): boolean {
    if (this.#reads) this.#received += text
    else {
      this.#buffered += text
      this.writableLength += text.length
    }
    return this.#reads
  }

  #buffered = ''

  end(): this {
    this.writableEnded = true
    return this.destroy()
  }

  destroy(): this {
    if (!this.destroyed) {
      this.destroyed = true
      this.emit('close')
    }
    return this
  }

  /** Stops reading. */
  pause(): void {
    this.#reads = false
  }

  /** Reads what was written meanwhile. */
  resume(): void {
    this.#reads = true
    this.#received += this.#buffered
    const drained = this.writableLength > 0
    this.#buffered = ''
    this.writableLength = 0
    if (drained) this.emit('drain')
  }

  /** The events that were received since the last call. */
  take(): { readonly id: string | undefined; readonly event: string; readonly data: Record<string, unknown> }[] {
    const blocks = this.#received.split('\n\n').filter((block) => block.includes('data: '))
    this.#received = ''
    return blocks.map((block) => {
      const fields = new Map(block.split('\n').map((line) => [line.split(': ')[0], line.slice(line.indexOf(': ') + 2)]))
      return { id: fields.get('id'), event: fields.get('event') ?? '', data: JSON.parse(fields.get('data') ?? '{}') }
    })
  }

  asResponse(): ServerResponse {
    return this as unknown as ServerResponse
  }
}
