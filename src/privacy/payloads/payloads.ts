import type { PayloadTraits } from './payload-store.ts'

/** An object to store: its key (see `objectKey`), its content, and what decides where. */
export type NewPayload = { readonly key: string; readonly content: Uint8Array; readonly traits: PayloadTraits }

/** Where an object is stored: the name of the rule, and its key. */
export type PayloadPlace = { readonly in: string; readonly key: string }

/** A stored object that an event refers to. */
export type PayloadReference = PayloadPlace & {
  /** The size of the stored object. */
  readonly bytes: number
  /** Of the stored object, in hexadecimal. */
  readonly sha256: string
  /** For messages: `<stream>@<version>`. */
  readonly event: string
  /** For messages: the member of the event's data. */
  readonly field: string
}

/** The service over all payload stores and their cache. */
export interface Payloads {
  /**
   * Stores objects, each where the first matching rule says, and fills the cache.
   *
   * @returns where they are, in the order of the objects
   * @throws PayloadStoreFailed; PayloadRuleMissing before anything is stored
   */
  put(payloads: readonly NewPayload[]): Promise<readonly PayloadPlace[]>
  /**
   * Reads objects and compares them with their references; one round trip to the cache for all of them.
   *
   * @returns the contents, in the order of the references
   * @throws PayloadLost, PayloadStoreFailed, PayloadTampered
   */
  fetch(references: readonly PayloadReference[]): Promise<readonly Uint8Array[]>
  /**
   * Removes all objects whose key begins with `<owner>/`, with their versions, from every store and from the cache. Call
   * it again after an interruption, and once more when no process can have the person's key in its cache any longer:
   * until then an append that began earlier may store another object. Objects of a later key of that person have
   * another prefix.
   *
   * @throws PayloadStoreFailed; what could be removed, was
   */
  forget(owner: string): Promise<void>
}
