import { StorageNotSetUp } from '../../../core/errors/storage.ts'
import { Refused } from '../client/failures/errors.ts'
import type { Operation } from '../client/operation.ts'
import type { Handle } from '../handle.ts'
import type { AppendMode } from '../options.ts'
import { compareLeases, incarnationOf } from './compare-leases.ts'
import { CONTAINERS, type ContainerName } from './containers.ts'
import { type FoundContainer, readContainer } from './create.ts'
import { assertContainer, assertIndexed } from './definitions.ts'
import { loadProcedures, type Procedures } from './procedures.ts'
import { isRegistered } from './register.ts'
import { INDEXES, noteBatchAppends, readStorageDocument, type StorageDocument } from './storage-document.ts'

/** What was found at opening. */
export type Inspected = Pick<Handle, 'incarnation' | 'eventsRid'> & { readonly procedures: Procedures }

/**
 * Looks whether a storage is there, whole and one of ours, notes how this handle will append, and compares the log with
 * what was derived from it.
 *
 * @throws StorageNotSetUp, ForeignStorage, UnsupportedStorage, StorageTooNew, LogDiverged
 */
export async function inspect(
  operation: Operation,
  containers: Handle['containers'],
  mode: AppendMode,
  acceptDivergedLog: boolean,
): Promise<Inspected> {
  // The document comes from the primary replica, and was written last. Where it is missing, the containers tell why.
  const [procedures, found] = await Promise.all([loadProcedures(), read(operation, containers)])
  const [events] = await Promise.all(CONTAINERS.map((name) => inspectContainer(operation, containers, name, found)))
  if ('error' in found) throw found.error
  const { document } = found
  if (mode === 'transactionalBatch') await noteBatchAppends(operation, containers.leases)
  else await assertRegistered(operation, containers, procedures)
  const eventsRid = events?._rid ?? ''
  const opened = { containers, eventsRid, incarnation: incarnationOf(document.seed, eventsRid) }
  return { procedures, eventsRid, incarnation: await compareLeases(operation, opened, acceptDivergedLog) }
}

type Found = { readonly document: StorageDocument } | { readonly error: unknown }

const read = (operation: Operation, { leases }: Handle['containers']): Promise<Found> =>
  readStorageDocument(operation, leases).then(
    (document) => ({ document }),
    (error) => {
      if (!(error instanceof StorageNotSetUp || error instanceof Refused)) throw error
      return { error }
    },
  )

async function inspectContainer(
  operation: Operation,
  containers: Handle['containers'],
  name: ContainerName,
  storage: Found,
): Promise<FoundContainer['definition']> {
  const { container } = containers[name]
  const indexes = 'error' in storage ? 0 : (storage.document.indexes ?? 0)
  const look = () => readContainer(operation, container)
  const found = await ('error' in storage ? look() : sure(operation, look))
  if (found === undefined) throw new StorageNotSetUp(`There is no container ${container.id}`)
  const { definition, indexed } = found
  assertContainer(name, definition)
  // What was built once stays so while other indexes are built.
  if (name === 'events') assertIndexed(definition, indexes >= INDEXES ? 100 : indexed)
  return definition
}

async function assertRegistered(
  operation: Operation,
  { events: { container } }: Handle['containers'],
  procedures: Procedures,
): Promise<void> {
  const registered = Object.values(procedures).map(async (procedure) => {
    const look = async () => ((await isRegistered(operation, container, procedure)) === false ? undefined : true)
    if ((await sure(operation, look)) === undefined) {
      throw new StorageNotSetUp(`Container ${container.id} lacks the stored procedure ${procedure.id}`)
    }
  })
  await Promise.all(registered)
}

// About a second in all.
const LOOKS = 6

/**
 * Looks until something is found: a storage whose document is there was set up, and a region that is read from may learn
 * of a container or a script some moments later than the one that is written to.
 */
async function sure<T>(operation: Operation, look: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let attempt = 0; ; attempt++) {
    const found = await look()
    if (found !== undefined || attempt === LOOKS) return found
    await operation.again(attempt)
  }
}
