import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'

/** A stored procedure as it is registered. */
export type Procedure = {
  /** The file's name and a hash of its text, so that two releases can run at once. */
  readonly id: string
  readonly body: string
  /** A request with which it does nothing. */
  readonly trial: { readonly streamId: string }
}

export type Procedures = { readonly append: Procedure; readonly tombstone: Procedure }

// Not a stream's id, because it lacks the colon.
const TRIAL = { streamId: '$trial' }
const HASH = 16
const NAMES = { append: 'append-to-stream', tombstone: 'tombstone-stream' } as const

let loading: Promise<Procedures> | undefined

/** The stored procedures of this package. */
export function loadProcedures(): Promise<Procedures> {
  const event = { eventType: 'Trial', eventData: {}, metadata: { eventId: 'trial' } }
  const appendTrial = { ...TRIAL, expectedVersion: 'streamExists', events: [event] }
  loading ??= Promise.all([load(NAMES.append, appendTrial), load(NAMES.tombstone, TRIAL)]).then(
    ([append, tombstone]) => ({ append, tombstone }),
  )
  return loading
}

/** Whether a stored procedure of a container is one of Tidemark's, of any release. */
export const isProcedureId = (id: string): boolean =>
  Object.values(NAMES).some((name) => id.startsWith(`${name}-`) && /^[0-9a-f]{16}$/.test(id.slice(name.length + 1)))

/** The name of a procedure without the hash of its text. */
export const nameOf = ({ id }: Pick<Procedure, 'id'>): string => id.slice(0, -HASH)

async function load(name: string, trial: Procedure['trial']): Promise<Procedure> {
  const body = await readFile(new URL(`../../../../stored-procedures/${name}.js`, import.meta.url), 'utf8')
  return { id: `${name}-${createHash('sha256').update(body).digest('hex').slice(0, HASH)}`, body, trial }
}
