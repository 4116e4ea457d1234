import { randomUUID } from 'node:crypto'
import type { Container, ContainerDefinition, CosmosClient, Database } from '@azure/cosmos'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { StorageAccessDenied, StorageNotSetUp } from '../../../core/errors/storage.ts'
import { refusalOf } from '../client/errors.ts'
import type { Operation, Request, SentOptions } from '../client/request.ts'
import type { OpenContainer } from '../handle.ts'
import type { Throughput } from '../options.ts'
import { SCHEMA_VERSION, STORAGE_ID, type StorageDocument } from '../storage-document.ts'
import type { Procedure } from './procedures.ts'

/**
 * Makes a request that somebody else may have made already.
 *
 * @returns the answer, or undefined where the server refused with one of `foreseen`
 */
export async function unless<A>(
  operation: Operation,
  foreseen: readonly number[],
  send: (options: Pick<SentOptions, 'abortSignal'>) => Promise<A>,
  kind: Request<A>['kind'] = 'repeatable',
): Promise<A | undefined> {
  try {
    return await operation.request({ kind, send: ({ abortSignal }) => send({ abortSignal }) })
  } catch (error) {
    if (foreseen.includes(refusalOf(error) ?? 0)) return undefined
    // What is missing may be told as missing in something that is missing.
    if (error instanceof StorageNotSetUp && foreseen.includes(404)) return undefined
    throw error
  }
}

/** Creates the database where it is missing. @throws InvalidConfiguration for a throughput that the account refuses */
export async function createDatabase(
  operation: Operation,
  client: CosmosClient,
  id: string,
  throughput: Throughput | undefined,
): Promise<Database> {
  const database = client.database(id)
  if (await unless(operation, [404], (options) => database.read(options), 'read')) return database
  const create = (offered: Throughput | undefined) => (options: Pick<SentOptions, 'abortSignal'>) =>
    client.databases.create({ id, ...offer(offered) }, options)
  try {
    await unless(operation, [409], create(throughput ?? { autoscaleTo: 1000 }))
  } catch (error) {
    if (refusalOf(error) !== 400) throw error
    if (throughput !== undefined) throw refusedThroughput('throughput', error)
    // A serverless account takes no throughput at all.
    await unless(operation, [409], create(undefined))
  }
  return database
}

/** Creates a container where it is missing, and answers what it is now. */
export async function createContainer(
  operation: Operation,
  database: Database,
  definition: ContainerDefinition,
  throughput: Throughput | undefined,
): Promise<ContainerDefinition> {
  const container = database.container(definition.id as string)
  const found = await readContainer(operation, container)
  if (found) return found
  try {
    await unless(operation, [409], (options) =>
      database.containers.create({ ...definition, ...(throughput && offer(throughput)) }, options),
    )
  } catch (error) {
    if (refusalOf(error) === 400 && throughput !== undefined) throw refusedThroughput('eventsThroughput', error)
    throw error
  }
  return (await readContainer(operation, container)) ?? definition
}

/** What a container is, or undefined where there is none. */
export async function readContainer(
  operation: Operation,
  container: Container,
): Promise<(ContainerDefinition & { readonly _rid?: string }) | undefined> {
  return (await unless(operation, [404], (options) => container.read(options), 'read'))?.resource
}

/** Registers a stored procedure where it is missing, as far as these credentials may know. */
export async function register(operation: Operation, container: Container, procedure: Procedure): Promise<void> {
  if ((await isRegistered(operation, container, procedure)) !== false) return
  await unless(operation, [409], (options) => container.scripts.storedProcedures.create({ ...procedure }, options))
}

/**
 * Whether a stored procedure is registered; undefined where these credentials may not look: a role of Entra ID may run
 * stored procedures, but neither look at them nor register them.
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

/** Creates the storage's document where it is missing. */
export async function createStorageDocument(operation: Operation, leases: OpenContainer): Promise<void> {
  const document: StorageDocument = { id: STORAGE_ID, schemaVersion: SCHEMA_VERSION, seed: randomUUID(), cuts: [] }
  await unless(operation, [409], (options) => leases.container.items.create({ ...document }, options))
}

function offer(throughput: Throughput | undefined): { throughput?: number; maxThroughput?: number } {
  if (throughput === undefined) return {}
  return typeof throughput === 'number' ? { throughput } : { maxThroughput: throughput.autoscaleTo }
}

const refusedThroughput = (setting: string, cause: unknown) =>
  new InvalidConfiguration(setting, 'the account refuses this; serverless accounts take none', { cause })
