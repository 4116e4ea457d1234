// As much of MongoDB's wire protocol as a proxy needs: where a message ends, what it answers, which command it is.
import { BSON } from 'mongodb'

/** A message on the wire. */
export type WireMessage = {
  readonly bytes: Buffer
  readonly id: number
  /** The message that this one answers; 0 for none. */
  readonly answers: number
  /** The name of its command; of answers, and of anything but OP_MSG, undefined. */
  readonly command: string | undefined
}

const HEADER = 16
const OP_MSG = 2013

/** Takes a stream of bytes apart into messages. */
export class MessageReader {
  #rest: Buffer = Buffer.alloc(0)

  /** The messages that end in this chunk. */
  read(chunk: Buffer): WireMessage[] {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const messages: WireMessage[] = []
    while (this.#rest.length >= HEADER) {
      const length = this.#rest.readInt32LE(0)
      if (length < HEADER) throw new Error(`A message of ${length} bytes: this is not MongoDB's protocol`)
      if (this.#rest.length < length) break
      messages.push(toMessage(this.#rest.subarray(0, length)))
      this.#rest = this.#rest.subarray(length)
    }
    return messages
  }
}

/** An OP_MSG with one document. */
export function opMsg(id: number, answers: number, document: Readonly<Record<string, unknown>>): Buffer {
  const body = BSON.serialize(document)
  const head = Buffer.alloc(HEADER + 5)
  for (const [i, value] of [head.length + body.length, id, answers, OP_MSG, 0].entries())
    head.writeInt32LE(value, i * 4)
  return Buffer.concat([head, body])
}

function toMessage(bytes: Buffer): WireMessage {
  const answers = bytes.readInt32LE(8)
  const isCommand = bytes.readInt32LE(12) === OP_MSG && answers === 0
  return { bytes, id: bytes.readInt32LE(4), answers, command: isCommand ? commandOf(bytes) : undefined }
}

// A section of kind 0 is a document, whose first member is named as the command is; one of kind 1 is many documents.
function commandOf(bytes: Buffer): string | undefined {
  for (let at = HEADER + 4; at < bytes.length; ) {
    const kind = bytes[at]
    if (kind === 0) {
      const name = at + 1 + 4 + 1
      return bytes.toString('utf8', name, bytes.indexOf(0, name))
    }
    if (kind !== 1) return undefined
    at += 1 + bytes.readInt32LE(at + 1)
  }
  return undefined
}
