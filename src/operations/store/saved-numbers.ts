import { concurrently } from '../../core/async/concurrently.ts'
import type { JsonObject } from '../../core/json/json.ts'
import type { StoragePort } from '../../core/port/storage.ts'
import { documentsOf } from '../../integrity/ledger/documents.ts'
import type { Evaluator, SavedHistory, SavedSeries } from '../model/parts.ts'
import { idPartOf } from './id-part.ts'

/** The minutes of the history and of the objectives, kept between two runs: they are numbers, and no events. */
export type SavedNumbers = {
  /** Takes over what is stored. */
  load(): Promise<void>
  save(): Promise<void>
}

const OBJECTIVES = 'objectives'
const NAMES = 'names'
const AT_ONCE = 8
const MANY = 100

/** Keeps them in one document for each series. */
export function createSavedNumbers(
  { viewStore, incarnation }: Pick<StoragePort, 'viewStore' | 'incarnation'>,
  history: SavedHistory,
  evaluator: Pick<Evaluator, 'save' | 'load'>,
): SavedNumbers {
  const documents = documentsOf(viewStore, { projection: '$history', version: 1, incarnation })

  /** Of several processes that watch the same storage, the last one counts. */
  async function put(key: string, content: JsonObject): Promise<void> {
    const stored = await documents.get(key)
    await documents.save(key, content, stored ? { ifMatch: stored.etag } : 'ifAbsent')
  }

  async function names(): Promise<readonly string[]> {
    const stored = (await documents.get(NAMES))?.document.names
    return Array.isArray(stored) ? stored.filter((name) => typeof name === 'string') : []
  }

  return {
    async load() {
      const keys = (await names()).map(keyOf)
      for (let at = 0; at < keys.length; at += MANY) {
        const found = await documents.getMany(keys.slice(at, at + MANY))
        history.load([...found.values()].filter(isSeries))
      }
      const objectives = await documents.get(OBJECTIVES)
      if (objectives) evaluator.load(objectives.document)
    },
    async save() {
      const series = history.save()
      const before = await names()
      const now = series.map(({ name }) => name)
      await put(NAMES, { names: now })
      await concurrently(AT_ONCE, series, async (one) => {
        await put(keyOf(one.name), one)
        return undefined
      })
      await put(OBJECTIVES, evaluator.save())
      for (const name of before) if (!now.includes(name)) await documents.remove(keyOf(name))
    },
  }
}

const keyOf = (name: string): string => `series~${idPartOf(name)}`

const isSeries = (saved: JsonObject): saved is SavedSeries => typeof saved.name === 'string'
