import { BSON, type Document } from 'mongodb'
import { isPlainObject } from '../../../src/core/json/json-faults.ts'

const HEADER = 16
const OP_REPLY = 1
const OP_QUERY = 2004

// What documents hold must come back as it was sent, also where a name is one that objects have anyway.
const OPTIONS = { promoteValues: true, promoteLongs: true, promoteBuffers: false, fieldsAsRaw: Object.create(null) }

/** Whether a message is of the older protocol, in which a driver says hello. */
export const isOlder = (bytes: Buffer): boolean => bytes.readInt32LE(12) === OP_QUERY

/** An answer in the older protocol. */
export function olderReply(answers: number, document: Document): Buffer {
  const body = BSON.serialize(document)
  const head = Buffer.alloc(HEADER + 20)
  for (const [i, value] of [head.length + body.length, answers, answers, OP_REPLY].entries()) {
    head.writeInt32LE(value, i * 4)
  }
  head.writeInt32LE(1, head.length - 4)
  return Buffer.concat([head, body])
}

/** The command of a message, with the documents that were sent beside it. */
export function bodyOf(bytes: Buffer): Document {
  if (isOlder(bytes)) return BSON.deserialize(bytes.subarray(bytes.indexOf(0, HEADER + 4) + 1 + 8), OPTIONS)
  let body: Document = {}
  const beside: Document = {}
  for (let at = HEADER + 4; at < bytes.length; ) {
    const kind = bytes[at]
    const length = bytes.readInt32LE(at + 1)
    const section = bytes.subarray(at + 1, at + 1 + length)
    if (kind === 0) body = BSON.deserialize(section, OPTIONS)
    else {
      const end = section.indexOf(0, 4)
      beside[section.toString('utf8', 4, end)] = documentsIn(section.subarray(end + 1))
    }
    at += 1 + length
  }
  return { ...body, ...beside }
}

function documentsIn(bytes: Buffer): Document[] {
  const documents: Document[] = []
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readInt32LE(at)
    documents.push(BSON.deserialize(bytes.subarray(at, at + length), OPTIONS))
    at += length
  }
  return documents
}

/** An answer as it can be written: the library takes a plain object with a `_bsontype` for something else. */
export function writable(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(writable)
  if (typeof value !== 'object' || value === null || !isPlainObject(value)) return value
  const entries = Object.entries(value).map(([name, inner]) => [name, writable(inner)] as const)
  return Object.hasOwn(value, '_bsontype') ? new Map(entries) : Object.fromEntries(entries)
}
