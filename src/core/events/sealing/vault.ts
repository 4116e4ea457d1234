import type { Json, JsonObject } from '../../json/json.ts'
import type { EventDocument, NewEventDocument } from '../../port/event-document.ts'
import type { ViewRef } from '../../port/view-store.ts'
import type { EventDefinitions } from '../definition-types.ts'
import type { PersonalRule } from './personal-types.ts'

/**
 * What a storage with personal data or payloads outside its events has: it seals and opens at the seam between domain
 * objects and stored documents. `tidemark/privacy` provides it.
 */
export interface Vault {
  readonly events: EventSealing
  readonly views: ViewSealing
  readonly states: StateSealing
  /**
   * A secret of 32 bytes for a purpose, always the same one, which only who has the vault can derive. With it, values
   * that can be guessed are hashed so that guesses cannot be tested.
   *
   * @throws KeysUnavailable
   */
  secretFor?(purpose: string): Promise<Uint8Array>
  /**
   * Finishes what forgetting a person began, such as removing payloads, until it is aborted; processors run it.
   *
   * @param failed called for each failure; it is tried again
   */
  finishForgetting(signal: AbortSignal, failed: (error: unknown) => void): Promise<void>
}

/** Data in clear: personal members are as they were written, or stand-ins if their person was forgotten. */
export type Opened<Data extends JsonObject = JsonObject> = {
  readonly data: Data
  /** The members that contain stand-ins. */
  readonly redacted: readonly string[]
  /** The keys that opened the others, as `<key id>.<generation>`. */
  readonly keys: readonly string[]
}

/** Seals and opens the data of events. */
export interface EventSealing {
  /**
   * Seals the personal members of new events and stores the members apart, before the events are appended. The same
   * events give the same documents, so that a repeated append is still recognised.
   *
   * @throws PersonForgotten, InvalidPersonId, KeysUnavailable, PayloadStoreFailed
   */
  seal(
    streamId: string,
    documents: readonly NewEventDocument[],
    definitions: EventDefinitions,
  ): Promise<readonly NewEventDocument[]>
  /**
   * Opens events in their stored version, with one read of keys and one of payloads for all of them.
   *
   * @param options.personal whether personal members are opened; otherwise they are left out, and no key is read
   * @throws PersonalKeyMissing, PersonalDataTampered, KeysUnavailable, PayloadLost, PayloadStoreFailed
   */
  open(
    documents: readonly EventDocument[],
    definitions: EventDefinitions,
    options: { readonly personal: boolean },
  ): Promise<readonly Opened[]>
}

/** Seals and opens the data of views. */
export interface ViewSealing {
  /** The data to store; members of a person who was forgotten are stand-ins. @throws InvalidPersonId, KeysUnavailable */
  seal(ref: ViewRef, data: JsonObject, rule: PersonalRule): Promise<JsonObject>
  /** @throws PersonalKeyMissing, PersonalDataTampered, KeysUnavailable */
  open(
    views: readonly { readonly ref: ViewRef; readonly data: JsonObject }[],
    rule: PersonalRule,
  ): Promise<readonly Opened[]>
}

/** Seals and opens states that were folded from personal data of any number of people. */
export interface StateSealing {
  /**
   * Seals under all of the keys together.
   *
   * @param place what the state belongs to; it opens nowhere else
   * @returns undefined if one of the keys was forgotten
   */
  seal(place: readonly string[], keys: readonly string[], state: Json): Promise<JsonObject | undefined>
  /**
   * @returns the state and the keys that it is sealed under; undefined if one of them was forgotten
   * @throws PersonalKeyMissing, PersonalDataTampered, KeysUnavailable
   */
  open(
    place: readonly string[],
    sealed: JsonObject,
  ): Promise<{ readonly state: Json; readonly keys: readonly string[] } | undefined>
  /** Whether none of the keys was forgotten, as far as this process knows. @throws KeysUnavailable */
  areCurrent(keys: readonly string[]): Promise<boolean>
}
