import { type EmmettName, type EmmettPeer, installEmmett } from '../emmett/install.ts'
import type { Measure } from '../measure.ts'
import { type BenchServer, findServer } from '../mongo/server.ts'

/** What measures need, as far as it could be had. */
export type Needs = {
  readonly emmett: ReadonlyMap<EmmettName, EmmettPeer>
  /** Undefined where nobody needs one, or there is none. */
  readonly server: BenchServer | undefined
  /** Those for which all is there that they cannot do without. */
  readonly ready: readonly Measure[]
  /** What could not be had, and what comes of it; for people. */
  readonly lacking: readonly string[]
}

/**
 * Gets what measures need, and finds out which of them can run.
 *
 * @param folder where a database server keeps its data
 */
export async function findNeeds(
  measures: readonly Measure[],
  folder: string,
  progress: (text: string) => void,
): Promise<Needs> {
  const lacking: string[] = []
  const emmett = new Map<EmmettName, EmmettPeer>()
  for (const name of new Set(measures.flatMap(({ emmett = [] }) => emmett))) {
    try {
      emmett.set(name, await installEmmett(name, progress))
    } catch (error) {
      lacking.push(`emmett-${name} could not be installed: nothing is compared with it. ${error}`)
    }
  }
  const wanting = measures.filter(({ server }) => server !== undefined)
  const why = (error: unknown) => String(error instanceof Error ? error.message : error).replaceAll(/\s+/g, ' ')
  let server: BenchServer | undefined
  try {
    server = wanting.length > 0 ? await findServer(folder) : undefined
  } catch (error) {
    const ids = wanting.map(({ id }) => id).join(', ')
    lacking.push(
      `${ids} DID NOT RUN, for there is no mongod (${why(error)}): set MONGODB_URI to a replica set, or ` +
        'MONGOMS_SYSTEM_BINARY to the program',
    )
  }
  return { emmett, server, ready: server ? measures : measures.filter((one) => !wanting.includes(one)), lacking }
}
