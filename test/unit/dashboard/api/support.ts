import { routes } from '../../../../src/dashboard/api/index.ts'
import type { Folding } from '../../../../src/dashboard/server/folding.ts'
import type { DashboardContext, Route } from '../../../../src/dashboard/server/route.ts'
import type { OperatorAct } from '../../../../src/operations/model/activity.ts'
import type { Operations } from '../../../../src/operations/model/operations.ts'
import { openMemory } from '../../../../src/testing/memory/index.ts'
import { withViews } from '../../../../src/views/with-views.ts'

/** What a request asks for; `path` is percent-encoded, as in a URL. */
export type Asked = { readonly body?: unknown; readonly who?: string }

/** The API over a storage in memory. */
export type Api = DashboardContext & {
  /** The acts that were recorded. */
  readonly acts: OperatorAct[]
  get(path: string): Promise<unknown>
  post(path: string, asked?: Asked): Promise<unknown>
}

const unused = (): never => {
  throw new Error('This is not to be called')
}

/** A thread that loaded nothing. */
export const idleFolding: Folding = {
  loaded: async () => [],
  replay: unused,
  dropOne: unused,
  stateAt: unused,
  [Symbol.asyncDispose]: async () => {},
}

type Parts = Partial<Omit<DashboardContext, 'operations'>> & { readonly operations?: Partial<Operations> }

export function openApi(parts: Parts = {}): Api {
  const acts: OperatorAct[] = []
  const operations = {
    recordAct: async (act: OperatorAct) => void acts.push(act),
    recentEvents: () => [],
    ...parts.operations,
  } as Partial<Operations> as Operations
  const context: DashboardContext = {
    storage: withViews(openMemory({ ranges: 2 })),
    folding: idleFolding,
    payloads: 'full',
    ...parts,
    operations,
  }

  async function call(method: Route['method'], target: string, { body, who = 'Ada' }: Asked = {}): Promise<unknown> {
    const { pathname, searchParams: query } = new URL(`http://localhost/${target}`)
    const { route, params } = find(method, pathname.slice(1))
    return route.handle({ params, query, body, who, signal: new AbortController().signal }, context)
  }

  return { ...context, acts, get: (path) => call('GET', path), post: (path, asked) => call('POST', path, asked) }
}

function find(method: Route['method'], path: string) {
  const parts = path.split('/')
  for (const route of routes) {
    const names = route.path.split('/')
    const isMatch = names.length === parts.length && names.every((name, i) => name.startsWith(':') || name === parts[i])
    if (route.method !== method || !isMatch) continue
    const params = names.flatMap((name, i) =>
      name.startsWith(':') ? [[name.slice(1), decodeURIComponent(parts[i] ?? '')]] : [],
    )
    return { route, params: Object.fromEntries(params) as Record<string, string> }
  }
  throw new Error(`No route for ${method} ${path}`)
}
