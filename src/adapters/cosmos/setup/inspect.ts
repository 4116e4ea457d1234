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

/** The findings when a storage is opened. */
export type Inspected = Pick<Handle, 'incarnation' | 'eventsRid'> & { readonly procedures: Procedures }

/**
 * Checks whether a storage exists, is complete and is Tidemark's, records how this handle will append, and compares the
 * log with the data derived from it.
 *
 * @throws StorageNotSetUp, ForeignStorage, UnsupportedStorage, StorageTooNew, LogDiverged
 */
export async function inspect(
  operation: Operation,
  containers: Handle['containers'],
  mode: AppendMode,
  acceptDivergedLog: boolean,
): Promise<Inspected> {
  // The document comes from the primary replica, and is written last. If it is missing, the containers show why.
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
  // Once they were complete, they stay so while other indexes are built.
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
 * Retries until something is found: a storage whose document exists was set up, and a read region may learn of a
 * container or a script some moments later than the write region.
 */
async function sure<T>(operation: Operation, look: () => Promise<T | undefined>): Promise<T | undefined> {
  for (let attempt = 0; ; attempt++) {
    const found = await look()
    if (found !== undefined || attempt === LOOKS) return found
    await operation.again(attempt)
  }
}
