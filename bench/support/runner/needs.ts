import { type EmmettName, type EmmettPeer, findEmmett } from '../emmett/install.ts'
import type { Measure } from '../measure.ts'
import { type BenchServer, findServer } from '../mongo/server.ts'
import type { Extra } from './arguments.ts'

/** What measures need, as far as it could be had. */
export type Needs = {
  readonly emmett: ReadonlyMap<EmmettName, EmmettPeer>
  /** Undefined where nobody needs one, or there is none. */
  readonly server: BenchServer | undefined
  /** Those for which all is there that they cannot do without. */
  readonly ready: readonly Measure[]
  /** What could not be had, and what comes of it; a line each, for people. */
  readonly lacking: readonly string[]
}

/** What the run may do to get what is needed. */
export type Means = {
  /** Whether what is lacking is done without, and nothing is installed that was not asked for. */
  readonly quick: boolean
  readonly asked: ReadonlySet<Extra>
  /** Where a database server keeps its data. */
  readonly folder: string
  readonly progress: (text: string) => void
}

/**
 * Gets what measures need, and finds out which of them can run.
 *
 * @throws Error in a run that is not quick, when something that was asked for cannot be had
 */
export async function findNeeds(measures: readonly Measure[], means: Means): Promise<Needs> {
  const { quick, asked, folder, progress } = means
  const lacking: string[] = []
  const lack = (line: string, wasAsked: boolean) => {
    if (wasAsked && !quick) throw new Error(line)
    lacking.push(line)
  }

  const wanting = measures.filter(({ server }) => server !== undefined)
  let server: BenchServer | undefined
  try {
    server = wanting.length > 0 ? await findServer(folder) : undefined
  } catch (error) {
    const ids = wanting.map(({ id }) => id).join(', ')
    lack(
      `${ids} DID NOT RUN, for there is no MongoDB server (${why(error)}): set MONGODB_URI to a replica set, or ` +
        'MONGOMS_SYSTEM_BINARY to the program',
      true,
    )
  }
  const ready = server ? measures : measures.filter((one) => !wanting.includes(one))

  const emmett = new Map<EmmettName, EmmettPeer>()
  for (const name of new Set(ready.flatMap(({ emmett = [] }) => emmett))) {
    try {
      emmett.set(name, await findEmmett(name, !quick || asked.has('emmett'), progress))
    } catch (error) {
      lack(`Rows against emmett-${name} are missing, for it is not installed (${why(error)})`, asked.has('emmett'))
    }
  }
  return { emmett, server, ready, lacking }
}

const why = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .replaceAll(/\s+/g, ' ')
    .slice(0, 300)
