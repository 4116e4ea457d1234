import { checkedName } from './documents/document-rules.ts'
import type { Stamps } from './documents/stamps.ts'
import { badRequest, notFound, taken } from './errors.ts'
import { type ResourceFields, resourceFields } from './resource.ts'
import { childRid } from './resource-ids.ts'

/** A stored procedure: its text is one JavaScript function. */
export type Script = ResourceFields & { readonly id: string; readonly body: string }

/** The stored procedures of one container. */
export class ScriptStore {
  readonly #scripts = new Map<string, Script>()
  /** How often a procedure has passed its time limit since it was written. */
  readonly #timeouts = new WeakMap<Script, number>()
  readonly #containerRid: string
  readonly #containerSelf: string
  readonly #stamps: Stamps
  #numbers = 0

  constructor(containerRid: string, containerSelf: string, stamps: Stamps) {
    this.#containerRid = containerRid
    this.#containerSelf = containerSelf
    this.#stamps = stamps
  }

  list(): Script[] {
    return [...this.#scripts.values()]
  }

  /** @throws CosmosError 404 */
  get(name: string): Script {
    const script = this.#scripts.get(name) ?? this.list().find(({ _rid }) => _rid === name)
    if (script === undefined) throw notFound()
    return script
  }

  /** @throws CosmosError 400 an id or body that is not valid, 409 an id that is taken */
  create(sent: unknown): Script {
    const { id, body } = checked(sent)
    if (this.#scripts.has(id)) {
      throw taken()
    }
    const rid = childRid(this.#containerRid, 'sprocs', ++this.#numbers)
    return this.#put({ id, body, ...resourceFields(rid, `${this.#containerSelf}sprocs/${rid}/`, this.#stamps) })
  }

  /** @throws CosmosError 400, 404 */
  replace(name: string, sent: unknown): Script {
    const { _rid, _self, id } = this.get(name)
    const { id: newId, body } = checked(sent)
    if (newId !== id) throw badRequest('The id of a stored procedure cannot be changed.')
    return this.#put({ id, body, ...resourceFields(_rid, _self, this.#stamps) })
  }

  /** Notes that a run of a procedure has passed its time limit. */
  noteTimeout(script: Script): void {
    this.#timeouts.set(script, this.timeoutsOf(script) + 1)
  }

  /** How many runs of a procedure, as it is now, have passed their time limit. */
  timeoutsOf(script: Script): number {
    return this.#timeouts.get(script) ?? 0
  }

  /** @throws CosmosError 404 */
  remove(name: string): void {
    this.#scripts.delete(this.get(name).id)
  }

  #put(script: Script): Script {
    this.#scripts.set(script.id, script)
    return script
  }
}

function checked(sent: unknown): { id: string; body: string } {
  const { id, body } = (sent ?? {}) as { id?: unknown; body?: unknown }
  if (typeof body !== 'string' || body === '') {
    throw badRequest("The input content is invalid because the required property 'body' is missing.")
  }
  return { id: checkedName(id), body }
}
