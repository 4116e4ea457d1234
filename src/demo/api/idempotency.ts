import { createHash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { CommandIdReused } from '../../core/errors/append.ts'
import { canonicalJson } from '../../core/json/canonical-json.ts'
import type { Json } from '../../core/json/json.ts'
import type { Storage } from '../../views/with-views.ts'
import type { CommandOptions, Write } from '../domain/command.ts'
import { WrongActivationCode } from '../domain/errors.ts'
import { findNamed, keepNamed, type NamedRequest } from './named-requests.ts'

/** A caller's id for a command: repeating the request with it returns the first result. */
export const IDEMPOTENCY_HEADER = 'idempotency-key'

/** The headers of a write. */
export const writeHeaders = z.object({
  [IDEMPOTENCY_HEADER]: z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/, 'must be 1 to 200 printable ASCII characters')
    .optional(),
})

/** What of a request is about a customer. */
export type PersonalContent = {
  readonly customerId: string
  /** The members of the body that are personal, or what else identifies a personal body. */
  readonly personal: Json
  /** The other members. */
  readonly others: Json
}

/**
 * Executes a request's command: its idempotency key is the command id, a fingerprint of method, path and body
 * distinguishes it from other commands, and its id is the correlation id.
 *
 * A repository finds a command id within one meter. A stream of one event for each key detects its use for another
 * meter. It is written after the command succeeded, so a refused command writes nothing, and its key stays free.
 *
 * A fingerprint is a plain hash, from which what is easy to guess can be found again, such as an address. So that of a
 * request about a customer leaves out what is personal. The rest has a fingerprint of its own, which is sealed for the
 * customer: once they are forgotten, no guess can be compared with it.
 *
 * @param content of a request about a customer
 * @throws CommandIdReused if the key belongs to another request; and what the command throws
 */
export async function carryOut<W extends Write>(
  storage: Storage,
  request: FastifyRequest,
  command: (options: CommandOptions) => Promise<W>,
  content?: PersonalContent,
): Promise<W> {
  const metadata = { correlationId: request.id }
  const key = request.headers[IDEMPOTENCY_HEADER]
  if (typeof key !== 'string') return command({ metadata })
  const named = namedRequest(key, request, content)
  await assertFree(storage, named)
  const keep = () => keepNamed(storage, named, metadata)
  try {
    const write = await command({ commandId: key, fingerprint: named.fingerprint, metadata })
    await keep()
    return write
  } catch (error) {
    // The attempt was recorded, so the command was executed.
    if (error instanceof WrongActivationCode) await keep()
    throw error
  }
}

function namedRequest(key: string, request: FastifyRequest, content: PersonalContent | undefined): NamedRequest {
  const { method, url } = request
  const path = url.split('?', 1)[0] ?? ''
  if (content === undefined) return { key, fingerprint: fingerprintOf([method, path, (request.body ?? null) as Json]) }
  const { customerId, personal, others } = content
  return {
    key,
    fingerprint: fingerprintOf([method, path, others]),
    customerId,
    personalFingerprint: fingerprintOf([method, path, personal]),
  }
}

const fingerprintOf = (content: readonly Json[]): string =>
  createHash('sha256').update(canonicalJson(content)).digest('hex')

async function assertFree(storage: Storage, named: NamedRequest): Promise<void> {
  const found = await findNamed(storage, named.key)
  if (found === undefined) return
  const isSame =
    found.fingerprint === named.fingerprint &&
    // It is absent if its customer was forgotten: then nothing is left to compare.
    (found.personalFingerprint === undefined || found.personalFingerprint === named.personalFingerprint)
  if (!isSame) throw new CommandIdReused(named.key)
}
