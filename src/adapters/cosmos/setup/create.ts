import { randomUUID } from 'node:crypto'
import type { Container, ContainerDefinition, CosmosClient, Database } from '@azure/cosmos'
import { InvalidConfiguration } from '../../../core/errors/input.ts'
import { refusalOf } from '../client/failures/errors.ts'
import type { OpenContainer } from '../client/open-container.ts'
import type { Operation } from '../client/operation.ts'
import type { Throughput } from '../options.ts'
import { type SetupOptions, unless } from './requests.ts'
import { changeStorageDocument, INDEXES, SCHEMA_VERSION, STORAGE_ID, type StorageDocument } from './storage-document.ts'

/** Creates the database if it is missing. @throws InvalidConfiguration for a throughput that the account refuses */
export async function createDatabase(
  operation: Operation,
  client: CosmosClient,
  id: string,
  throughput: Throughput | undefined,
): Promise<Database> {
  const database = client.database(id)
  if (await unless(operation, [404], (options) => database.read(options), 'read')) return database
  const create = (offered: Throughput | undefined) => (options: SetupOptions) =>
    client.databases.create({ id, ...offer(offered) }, options)
  try {
    await unless(operation, [409], create(throughput ?? { autoscaleTo: 1000 }))
  } catch (error) {
    if (refusalOf(error) !== 400) throw error
    if (throughput !== undefined) throw refusedThroughput('throughput', error)
    // A serverless account accepts no throughput at all.
    await unless(operation, [409], create(undefined))
  }
  return database
}

/** Creates a container if it is missing, and returns its current state. */
export async function createContainer(
  operation: Operation,
  database: Database,
  definition: ContainerDefinition,
  throughput: Throughput | undefined,
): Promise<ContainerDefinition> {
  const container = database.container(definition.id as string)
  const found = await readContainer(operation, container)
  if (found) return found.definition
  try {
    await unless(operation, [409], (options) =>
      database.containers.create({ ...definition, ...(throughput && offer(throughput)) }, options),
    )
  } catch (error) {
    if (refusalOf(error) === 400 && throughput !== undefined) throw refusedThroughput('eventsThroughput', error)
    throw error
  }
  return (await readContainer(operation, container))?.definition ?? definition
}

/** The current state of a container. */
export type FoundContainer = {
  readonly definition: ContainerDefinition & { readonly _rid?: string }
  /** How far its index is built after a change of the policy, in percent. */
  readonly indexed: number
}

const INDEX_PROGRESS = 'x-ms-documentdb-collection-index-transformation-progress'

/** The state of a container, or undefined if it does not exist. */
export async function readContainer(operation: Operation, container: Container): Promise<FoundContainer | undefined> {
  const send = (options: SetupOptions) => container.read({ ...options, populateQuotaInfo: true })
  const answer = await unless(operation, [404], send, 'read')
  if (answer?.resource === undefined) return undefined
  const progress = Number(answer.headers[INDEX_PROGRESS] ?? 100)
  // A server that returns nothing, or -1, is not building anything.
  return { definition: answer.resource, indexed: progress >= 0 && progress < 100 ? progress : 100 }
}

/** Creates the storage's document if it is missing, and records in it that the indexes are built. */
export async function createStorageDocument(operation: Operation, leases: OpenContainer): Promise<void> {
  const document: StorageDocument = {
    id: STORAGE_ID,
    schemaVersion: SCHEMA_VERSION,
    seed: randomUUID(),
    indexes: INDEXES,
    cuts: [],
  }
  await unless(operation, [409], (options) => leases.container.items.create({ ...document }, options))
  await changeStorageDocument(operation, leases, (found) =>
    (found.indexes ?? 0) >= INDEXES ? found : { ...found, indexes: INDEXES },
  )
}

function offer(throughput: Throughput | undefined): { throughput?: number; maxThroughput?: number } {
  if (throughput === undefined) return {}
  return typeof throughput === 'number' ? { throughput } : { maxThroughput: throughput.autoscaleTo }
}

const refusedThroughput = (setting: string, cause: unknown) =>
  new InvalidConfiguration(setting, 'the account refuses this; serverless accounts take none', { cause })
