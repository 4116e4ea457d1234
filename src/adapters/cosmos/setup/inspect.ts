import { StorageNotSetUp } from '../../../core/errors/storage.ts'
import type { Operation } from '../client/request.ts'
import { CONTAINERS, type ContainerName } from '../containers.ts'
import type { Handle } from '../handle.ts'
import type { AppendMode } from '../options.ts'
import { changeStorageDocument, readStorageDocument } from '../storage-document.ts'
import { isRegistered, readContainer } from './create.ts'
import { assertContainer, assertIndexed } from './definitions.ts'
import { loadProcedures, type Procedures } from './procedures.ts'

/** What was found at opening. */
export type Inspected = Pick<Handle, 'incarnation' | 'eventsRid'> & { readonly procedures: Procedures }

/**
 * Looks whether a storage is there, whole and one of ours, and notes how this handle will append.
 *
 * @throws StorageNotSetUp, ForeignStorage, UnsupportedStorage, StorageTooNew
 */
export async function inspect(
  operation: Operation,
  containers: Handle['containers'],
  mode: AppendMode,
): Promise<Inspected> {
  const look = async (name: ContainerName) => {
    const { container } = containers[name]
    const definition = await readContainer(operation, container)
    if (definition === undefined) throw new StorageNotSetUp(`There is no container ${container.id}`)
    assertContainer(name, definition)
    assertIndexed(name, definition)
    return definition
  }
  const [procedures, [events]] = await Promise.all([loadProcedures(), Promise.all(CONTAINERS.map(look))])
  if (mode === 'storedProcedure') await assertRegistered(operation, containers, procedures)
  const { seed } =
    mode === 'storedProcedure'
      ? await readStorageDocument(operation, containers.leases)
      : await changeStorageDocument(operation, containers.leases, (document) =>
          document.batchAppends ? document : { ...document, batchAppends: true },
        )
  const eventsRid = events?._rid ?? ''
  // A container that was created again, or restored, has another _rid, even where the storage's document is the old one.
  return { procedures, eventsRid, incarnation: `${seed}.${eventsRid}` }
}

async function assertRegistered(operation: Operation, { events }: Handle['containers'], procedures: Procedures) {
  const registered = Object.values(procedures).map(async (procedure) => {
    if ((await isRegistered(operation, events.container, procedure)) !== false) return
    throw new StorageNotSetUp(`Container ${events.container.id} lacks the stored procedure ${procedure.id}`)
  })
  await Promise.all(registered)
}
