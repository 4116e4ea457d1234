import { assertWellFormed, MalformedEncoding } from '../messages/well-formed.ts'

const HEADER_BYTES = 8
const PROTOCOL = Buffer.from('AMQP')

/**
 * Watches the bytes that a client sends before rhea reads them: rhea keeps the bytes of a frame however long it says
 * that it is, and believes the counts in it.
 */
export class FrameGuard {
  readonly #maxFrameBytes: number
  #rest = Buffer.alloc(0)

  constructor(maxFrameBytes: number) {
    this.#maxFrameBytes = maxFrameBytes
  }

  /** @throws MalformedEncoding if the connection must be broken */
  watch(chunk: Buffer): void {
    let bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    for (let size = this.#sizeOf(bytes); size !== undefined && bytes.length >= size; size = this.#sizeOf(bytes)) {
      this.#check(bytes.subarray(0, size))
      bytes = bytes.subarray(size)
    }
    this.#rest = Buffer.from(bytes)
  }

  #sizeOf(bytes: Buffer): number | undefined {
    if (bytes.length < HEADER_BYTES) return undefined
    if (bytes.subarray(0, PROTOCOL.length).equals(PROTOCOL)) return HEADER_BYTES
    const size = bytes.readUInt32BE(0)
    if (size < HEADER_BYTES || size > this.#maxFrameBytes) {
      throw new MalformedEncoding(
        `a frame of ${size} bytes, where ${HEADER_BYTES} to ${this.#maxFrameBytes} are allowed`,
      )
    }
    return size
  }

  #check(frame: Buffer): void {
    if (frame.subarray(0, PROTOCOL.length).equals(PROTOCOL)) return
    const start = (frame[4] ?? 0) * 4
    if (start < HEADER_BYTES) throw new MalformedEncoding('a frame whose data begins within its header')
    if (start < frame.length) assertWellFormed(frame, start, true)
  }
}
