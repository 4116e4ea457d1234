import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Filter } from '../../core/reading/filter.ts'
import { visibleText } from '../../process/visible-text.ts'
import { explain } from '../support/help.ts'
import { storageOptions, wholeNumber } from '../support/options.ts'
import { jsonLine, type Output } from '../support/output.ts'
import { type CommonOptions, withStorage } from '../support/session.ts'
import { cut } from '../support/table.ts'
import { type ListedView, listViews, type ViewOrder } from './list-views.ts'

type Options = CommonOptions & {
  readonly where?: Filter
  readonly orderBy?: ViewOrder
  readonly limit?: number
  readonly all?: boolean
  readonly after?: string
}

const DEFAULT_LIMIT = 100

const notes = `
--where takes the same filter as views.query: fields of the view, nested ones as a.b.
Without --all, at most ${DEFAULT_LIMIT} views are listed; the standard error says how to list those that follow.`

/** `tidemark views list`: the views of a projection as readers see them. */
export const addViewsList = (group: Command): Command =>
  explain(
    storageOptions(group.command('list')),
    [
      'views list meter-overview --limit 20',
      `views list meter-overview --where '{"active":true}' --order-by postalCode:descending`,
      'views list meter-overview --all --json > meters.jsonl',
    ],
    notes,
  )
    .description('Lists the views of a projection, one per line, in the active version.')
    .argument('<projection>', 'name of the projection')
    .option('--where <json>', 'only views that match a filter', filterOf)
    .option('--order-by <field>', 'order by a field, then the key; <field>:descending reverses it', orderOf)
    .addOption(new Option('--limit <number>', 'at most this many views').argParser(wholeNumber).conflicts('all'))
    .option('--all', 'all views, read page by page')
    .option('--after <token>', 'views that follow those of an earlier command with the same options')
    .action((name: string, { where, orderBy, limit, all = false, after, ...options }: Options) =>
      withStorage(options, async ({ storage, json, out, signal }) => {
        const most = all ? Number.POSITIVE_INFINITY : (limit ?? DEFAULT_LIMIT)
        const query = { ...(where && { where }), ...(orderBy && { orderBy }), ...(after !== undefined && { after }) }
        const write = (view: ListedView) => out.line(json ? jsonLine(view) : lineOf(view, out))
        const next = await listViews(storage, name, { ...query, most, signal }, write)
        if (next !== undefined && !signal.aborted) process.stderr.write(`More views follow: --after ${next}\n`)
      }),
    )

function filterOf(text: string): Filter {
  try {
    const filter: unknown = JSON.parse(text)
    if (typeof filter === 'object' && filter !== null && !Array.isArray(filter)) return filter as Filter
  } catch {}
  throw new InvalidArgumentError(`Expected a JSON object such as '{"active":true}'.`)
}

function orderOf(text: string): ViewOrder {
  const [, field, direction] = /^(.*?)(?::(ascending|descending))?$/.exec(text) ?? []
  if (!field) throw new InvalidArgumentError('Expected a field, or <field>:descending.')
  return { field, direction: direction === 'descending' ? 'descending' : 'ascending' }
}

function lineOf({ key, data }: ListedView, { isTerminal, width }: Output): string {
  const line = visibleText(`${key}  ${jsonLine(data)}`)
  return isTerminal ? cut(line, width) : line
}
