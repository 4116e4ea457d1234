import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CosmosClient } from '@azure/cosmos'
import { onTestFinished } from 'vitest'
import { openCosmosPort } from '../../../../src/adapters/cosmos/index.ts'
import type { StoragePort } from '../../../../src/core/port/storage.ts'
import { cosmosEmulator } from '../../../../src/cosmos-emulator/index.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { open, tempFolder } from '../../../support/embedded/folders.ts'
import { findNeedles } from '../../../support/embedded/needles.ts'
import { onModel } from '../../../support/mongo-model/on-model.ts'

/** A database, and all that it stores. */
export type SearchedDatabase = {
  readonly storage: StoragePort
  /** Which of some texts are stored, each with where it is. */
  find(needles: readonly string[]): Promise<readonly string[]>
}

const found = (texts: Iterable<readonly [where: string, text: string]>, needles: readonly string[]) =>
  [...texts].flatMap(([where, text]) => needles.filter((one) => text.includes(one)).map((one) => `${where}: ${one}`))

/** The databases that the tests search. */
export const DATABASES: Readonly<Record<string, () => Promise<SearchedDatabase>>> = {
  async memory() {
    const storage = openMemory({ ranges: 2 })
    const { streams, views, leases, snapshots } = storage.state
    function* texts() {
      for (const { id, events } of streams.values()) yield [id, JSON.stringify(events)] as const
      for (const documents of [views, leases]) for (const [id, { json }] of documents) yield [id, json] as const
      yield* snapshots
    }
    return { storage, find: async (needles) => found(texts(), needles) }
  },
  async 'the files of the embedded storage'() {
    const folder = tempFolder()
    return { storage: await open(folder, { ranges: 2 }), find: async (needles) => findNeedles(folder, needles) }
  },
  async 'the emulator of Azure Cosmos DB'() {
    const client = new CosmosClient(cosmosEmulator())
    const storage = await openCosmosPort(client, { database: 'd', setup: true })
    onTestFinished(async () => {
      await storage.close()
      client.dispose()
    })
    return {
      storage,
      async find(needles) {
        const database = client.database('d')
        const texts: [string, string][] = []
        for (const { id } of (await database.containers.readAll().fetchAll()).resources) {
          const { resources } = await database.container(id).items.query('SELECT * FROM c').fetchAll()
          for (const document of resources) texts.push([`${id} ${document.id}`, JSON.stringify(document)])
        }
        return found(texts, needles)
      },
    }
  },
  async 'the model of MongoDB'() {
    const on = await onModel()
    onTestFinished(() => on[Symbol.asyncDispose]())
    const storage = await on.open()
    return {
      storage,
      async find(needles) {
        const texts: [string, string][] = []
        for (const name of new Set(on.model.commands.flatMap((command) => collectionOf(command)))) {
          const documents = await on.client.db('x').collection(name).find({}).toArray()
          for (const document of documents) texts.push([`${name} ${document._id}`, JSON.stringify(document)])
        }
        return found(texts, needles)
      },
    }
  },
}

// Those that anything was written to.
const collectionOf = (command: { readonly [name: string]: unknown }): readonly string[] =>
  [command.insert, command.update, command.findAndModify].filter((name) => typeof name === 'string')

/** Which of some texts are in files below a folder. */
export function findBelow(folder: string, needles: readonly string[]): readonly string[] {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile())
  const paths = files.map((file) => join(file.parentPath, file.name))
  return found(
    paths.map((path) => [path, `${path} ${readFileSync(path, 'latin1')}`] as const),
    needles,
  )
}
