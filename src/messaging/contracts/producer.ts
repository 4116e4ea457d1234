import { appendEvents } from '../../core/append/append-events.ts'
import { uuidOf } from '../../core/append/uuid.ts'
import { EventIdReused } from '../../core/errors/append.ts'
import { InvalidOption } from '../../core/errors/input.ts'
import { PersonForgotten } from '../../core/errors/privacy.ts'
import { encodeEvents } from '../../core/events/codec.ts'
import { sealDocuments } from '../../core/events/sealing/seal-documents.ts'
import type { EventTypes, InputOf, NewEvent, UserMetadata } from '../../core/events/types.ts'
import type { NewEventDocument } from '../../core/port/event-document.ts'
import type { AppendResult } from '../../core/port/event-log.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { guardedTelemetry } from '../../core/telemetry/guarded-telemetry.ts'
import type { Telemetry } from '../../core/telemetry/telemetry.ts'
import { categoryOf, traceAppend } from '../../core/telemetry/trace-append.ts'
import type { ContractEvents } from './contract-types.ts'
import type { Contract } from './define-contract.ts'

/** How a call is sent. */
export type SendOptions = {
  /**
   * The id of the call, so that it can be repeated: a repeat appends nothing and returns the first result, whatever its
   * parameters. It identifies a call of one operation in one stream. A consumer passes `ctx.key`.
   */
  readonly id?: string
  /** The event's metadata: correlation, cause, and whatever else there is to say; see the guide on metadata. */
  readonly metadata?: UserMetadata
  /** A call that is aborted before it is appended is not sent, and fails with the signal's reason. */
  readonly signal?: AbortSignal
}

/** A call that is in the log, durably. `duplicate` says that it already was, since its id was sent before. */
export type Sent = AppendResult & { readonly streamId: string }

/** One function for each operation, which sends a call. */
export type Producer<O> = {
  /**
   * @throws InvalidEventData for parameters that their schemas refuse, InvalidStreamId, InvalidOption for an empty id;
   *   VaultRequired, PersonForgotten, StreamDeleted, and what the storage and the vault throw
   */
  readonly [Operation in keyof O & string]: (parameters: InputOf<O[Operation]>, options?: SendOptions) => Promise<Sent>
}

/**
 * Makes what sends the calls of a contract: each becomes an event in the stream that the contract's `stream` function
 * names, whatever the version of that stream is.
 */
export function producer<Uri extends string, O extends EventTypes>(
  storage: Pick<StoragePort, 'events' | 'vault' | 'writerSeal'>,
  contract: Contract<Uri, O>,
  options: { readonly telemetry?: Telemetry } = {},
): Producer<O> {
  const telemetry = guardedTelemetry(options.telemetry)
  const functions = Object.keys(contract.operations).map((operation) => [
    operation,
    (parameters: unknown, options: SendOptions = {}) => send(operation, parameters, options),
  ])
  return Object.fromEntries(functions)

  async function send(operation: string, parameters: unknown, { id, metadata, signal }: SendOptions): Promise<Sent> {
    signal?.throwIfAborted()
    if (id === '') throw new InvalidOption('id', 'a text that is not empty', id)
    const event = { type: `${contract.uri}.${operation}`, data: parameters } as unknown as NewEvent<
      ContractEvents<Uri, O>
    >
    const [encoded] = (await encodeEvents(contract.events, [event], metadata ? { metadata } : {})) as [NewEventDocument]
    const streamId = contract.streamOf(encoded.eventData)
    const call = id === undefined ? encoded : identified(encoded, id, uuidOf('call', streamId, event.type, id))
    return traceAppend(telemetry, streamId, metadata, async (traced) => {
      const document = { ...call, metadata: { ...traced, ...call.metadata } }
      try {
        signal?.throwIfAborted()
        const result = await append(streamId, document)
        if (!result.duplicate) telemetry.count('tidemark.events.appended', 1, categoryOf(streamId))
        return { ...result, streamId }
      } catch (error) {
        const isRepeat = error instanceof EventIdReused || error instanceof PersonForgotten
        const first = id !== undefined && isRepeat ? await findFirst(streamId, call.metadata.eventId) : undefined
        if (first === undefined) throw error
        return { ...first, streamId }
      }
    })
  }

  async function append(streamId: string, call: NewEventDocument): Promise<AppendResult> {
    const documents = await sealDocuments(storage.vault, streamId, [call], contract.events.definitions)
    return appendEvents(storage, streamId, documents, { expectedVersion: 'any' }, telemetry)
  }

  /** The result of the first call with an id whose repeat differs, or whose person was forgotten since. */
  async function findFirst(streamId: string, eventId: string): Promise<AppendResult | undefined> {
    const found = await storage.events.findAppend(streamId, eventId)
    return found && { version: found.version, position: found.position, duplicate: true }
  }
}

const identified = (document: NewEventDocument, commandId: string, eventId: string): NewEventDocument => ({
  ...document,
  metadata: { ...document.metadata, eventId, commandId },
})
