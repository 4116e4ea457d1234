import vm from 'node:vm'
import { evaluate, type ServerQuery } from './query.ts'
import type { Documents, Run, ServerFaults, StoredDocument } from './types.ts'

type Callback = (error: Error | undefined, result?: unknown, info?: { continuation?: string }) => void
type FeedOptions = { readonly pageSize?: number; readonly continuation?: string }

/** An error as the server gives it to a callback. */
export function serverError(number: number): Error {
  return Object.assign(new Error(`Status ${number}`), { number })
}

// What came to JavaScript after ES2015 and could slip into a procedure without being new syntax.
const LATER_BUILTINS = `
  for (const name of ['values', 'entries', 'fromEntries', 'hasOwn', 'groupBy']) delete Object[name]
  for (const name of ['includes', 'flat', 'flatMap', 'at', 'findLast', 'toSorted', 'toReversed', 'with', 'toSpliced'])
    delete Array.prototype[name]
  for (const name of ['padStart', 'padEnd', 'trimStart', 'trimEnd', 'replaceAll', 'matchAll', 'at'])
    delete String.prototype[name]
  delete Promise.prototype.finally
`

/** A copy that belongs to this realm, not to that of the procedure, whose built-ins are fewer. */
const plain = <T>(value: T): T => JSON.parse(JSON.stringify(value))

/** Runs a stored procedure's text against a partition, with the server's API and nothing else. */
export function runProcedure(partition: Documents, text: string, request: unknown, faults: ServerFaults): Run {
  const calls: string[] = []
  const queue: (() => void)[] = []
  let body: unknown

  // A call that is accepted answers later, through its callback, as on the server.
  function call(name: string, work: () => Parameters<Callback>, callback: Callback): boolean {
    const index = calls.push(name) - 1
    if (faults.accepts && !faults.accepts(index)) return false
    queue.push(() => {
      const failure = faults.fails?.(index)
      const [error, result, info]: Parameters<Callback> = failure ? [failure] : work()
      callback(error, result === undefined ? undefined : parseInside(JSON.stringify(result)), info)
    })
    return true
  }

  function find(link: string): StoredDocument | undefined {
    return partition.documents.find((document) => document._self === link)
  }

  const collection = {
    getSelfLink: () => 'colls/events/',
    queryDocuments(_link: string, query: ServerQuery, options: FeedOptions, callback: Callback): boolean {
      return call('query', () => page(evaluate(plain(query), partition.documents), options, faults.pageSize), callback)
    },
    createDocument(_link: string, document: StoredDocument, _options: unknown, callback: Callback): boolean {
      return call(
        'create',
        () => {
          if (partition.documents.some(({ id }) => id === document.id)) return [serverError(409)]
          const stored = partition.stamp(plain(document))
          partition.documents = [...partition.documents, stored]
          return [undefined, stored]
        },
        callback,
      )
    },
    replaceDocument(link: string, document: StoredDocument, options: { etag?: string }, callback: Callback): boolean {
      return call(
        'replace',
        () => {
          const there = find(link)
          if (!there || there.id !== document.id) return [serverError(404)]
          if (options.etag !== undefined && options.etag !== there._etag) return [serverError(412)]
          const stored = partition.stamp(plain(document))
          partition.documents = partition.documents.map((each) => (each === there ? stored : each))
          return [undefined, stored]
        },
        callback,
      )
    },
    deleteDocument(link: string, options: { etag?: string }, callback: Callback): boolean {
      return call(
        'delete',
        () => {
          const there = find(link)
          if (!there) return [serverError(404)]
          if (options.etag !== undefined && options.etag !== there._etag) return [serverError(412)]
          partition.documents = partition.documents.filter((each) => each !== there)
          return [undefined]
        },
        callback,
      )
    },
  }

  const context = vm.createContext({
    getContext: () => ({
      getCollection: () => collection,
      getResponse: () => ({ setBody: (value: unknown) => (body = plain(value)) }),
    }),
    request: JSON.stringify(request),
  })
  const parseInside: (json: string) => never = vm.runInContext('JSON.parse', context)
  vm.runInContext(`${LATER_BUILTINS}\n;(${text.slice(text.indexOf('function '))})(JSON.parse(request))`, context)
  for (let next = queue.shift(); next; next = queue.shift()) next()
  return { body, calls }
}

// Continuations are `<rows passed>` or, for the empty page that may come before any other, `<rows passed>!`.
function page(rows: unknown[], options: FeedOptions, most = Number.POSITIVE_INFINITY): Parameters<Callback> {
  const from = Number.parseInt(options.continuation ?? '0', 10)
  const isSmall = most < Number.POSITIVE_INFINITY
  if (isSmall && !options.continuation?.endsWith('!')) return [undefined, [], { continuation: `${from}!` }]
  const to = from + Math.min(options.pageSize ?? 100, most)
  return [undefined, rows.slice(from, to), to < rows.length ? { continuation: `${to}` } : {}]
}
