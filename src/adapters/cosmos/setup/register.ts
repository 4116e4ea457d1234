import type { Container } from '@azure/cosmos'
import { StorageAccessDenied } from '../../../core/errors/storage.ts'
import type { Operation } from '../client/operation.ts'
import { isProcedureId, nameOf, type Procedure } from './procedures.ts'
import { unless } from './requests.ts'

// Milliseconds for which an earlier release may keep running after this one is set up.
const GRACE = 7 * 24 * 3_600_000

/** Registers a stored procedure if it is missing, or if the service blocks it, as far as the credentials allow. */
export async function register(operation: Operation, container: Container, procedure: Procedure): Promise<void> {
  const isThere = await isRegistered(operation, container, procedure)
  if (isThere === undefined) return
  if (isThere) {
    if (await runs(operation, container, procedure)) return
    const script = container.scripts.storedProcedure(procedure.id)
    await unless(operation, [404], (options) => script.delete(options))
  }
  const { id, body } = procedure
  await unless(operation, [409], (options) => container.scripts.storedProcedures.create({ id, body }, options))
}

/**
 * Whether a stored procedure is registered; undefined if these credentials may not check: a role of Entra ID may run
 * stored procedures, but neither read nor register them.
 */
export async function isRegistered(
  operation: Operation,
  container: Container,
  { id }: Procedure,
): Promise<boolean | undefined> {
  const script = container.scripts.storedProcedure(id)
  try {
    return (await unless(operation, [404], (options) => script.read(options), 'read')) !== undefined
  } catch (error) {
    if (error instanceof StorageAccessDenied) return undefined
    throw error
  }
}

/**
 * Whether the service runs a procedure. One that repeatedly exceeded its limits is blocked until it is created again.
 */
async function runs(operation: Operation, container: Container, { id, trial }: Procedure): Promise<boolean> {
  const script = container.scripts.storedProcedure(id)
  try {
    await unless(operation, [], (options) => script.execute(trial.streamId, [trial], options))
    return true
  } catch (error) {
    // Credentials that may read the script may also run it.
    if (error instanceof StorageAccessDenied) return false
    throw error
  }
}

/**
 * Removes the procedures of earlier releases, once this release's have been registered for a week: until then processes
 * of both may run. A container holds at most a hundred.
 *
 * @param now milliseconds since 1970
 */
export async function removeOld(
  operation: Operation,
  container: Container,
  current: readonly Procedure[],
  now: number,
): Promise<void> {
  const { storedProcedures } = container.scripts
  const list = await operation
    .request({
      kind: 'read',
      send: async () => ({ scripts: (await storedProcedures.readAll().fetchAll()).resources, headers: {} }),
    })
    .catch((error) => {
      if (error instanceof StorageAccessDenied) return undefined
      throw error
    })
  const scripts = list?.scripts.filter(({ id }) => isProcedureId(id)) ?? []
  for (const { id } of current) {
    const mine = scripts.find((script) => script.id === id)
    if (mine === undefined || now - mine._ts * 1000 < GRACE) continue
    for (const script of scripts) {
      if (nameOf(script) !== nameOf(mine) || script._ts >= mine._ts) continue
      await unless(operation, [404], (options) => container.scripts.storedProcedure(script.id).delete(options))
    }
  }
}
