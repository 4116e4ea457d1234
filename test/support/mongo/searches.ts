import type { CommandStartedEvent, Db, Document } from 'mongodb'

/** A search of the server's: of a find, a count, an update or whatever looks for documents. */
export type Search = {
  /** What it looks like, whatever its values are. */
  readonly shape: string
  readonly collection: string
  /** A command with this one search. */
  readonly command: Document
}

/** The searches in commands of drivers, each shape once. */
export function searchesOf(commands: readonly Pick<CommandStartedEvent, 'commandName' | 'command'>[]): Search[] {
  const found = new Map<string, Search>()
  for (const { commandName, command } of commands) {
    for (const search of explainable(commandName, command)) {
      const shape = JSON.stringify(search, (_, value) => {
        if (value instanceof Map) return Object.fromEntries(value)
        return typeof value === 'string' || typeof value === 'number' ? typeof value : value
      })
      found.set(shape, { shape, collection: command[commandName], command: search })
    }
  }
  return [...found.values()]
}

const PARTS: Readonly<Record<string, readonly string[]>> = {
  find: ['filter', 'sort', 'limit', 'hint', 'projection'],
  aggregate: ['pipeline', 'cursor', 'hint'],
  distinct: ['key', 'query'],
  count: ['query', 'limit'],
}

function explainable(name: string, command: Document): Document[] {
  const collection = command[name]
  const parts = PARTS[name]
  if (parts) {
    if (typeof collection !== 'string') return []
    const kept = parts.filter((part) => command[part] !== undefined).map((part) => [part, command[part]])
    return [{ [name]: collection, ...Object.fromEntries(kept) }]
  }
  if (name === 'update') return command.updates.map((one: Document) => ({ update: collection, updates: [one] }))
  if (name === 'delete') return command.deletes.map((one: Document) => ({ delete: collection, deletes: [one] }))
  return []
}

/** How the server goes about a search. */
export type Plan = {
  readonly stages: readonly string[]
  /** The names of the indexes that it goes by. */
  readonly indexes: readonly string[]
}

/** Asks a server for the plan that it would choose. */
export async function planOf(database: Db, { command }: Pick<Search, 'command'>): Promise<Plan> {
  const answer = await database.command({ explain: command, verbosity: 'queryPlanner' })
  const plans = [...valuesOf(answer, 'winningPlan')]
  if (plans.length === 0) throw new Error(`No plan in ${JSON.stringify(answer)}`)
  return {
    stages: plans.flatMap((plan) => [...valuesOf(plan, 'stage')]).map(String),
    indexes: plans.flatMap((plan) => [...valuesOf(plan, 'indexName')]).map(String),
  }
}

/** The values of a member wherever it stands. */
function* valuesOf(value: unknown, name: string): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return
  for (const [key, inner] of Object.entries(value)) {
    if (key === name) yield inner
    else yield* valuesOf(inner, name)
  }
}
