import { DefinitionNotLoaded } from '../../../core/errors/dashboard.ts'
import { InvalidOption } from '../../../core/errors/input.ts'
import { recordedTime } from '../../../core/events/recorded-time.ts'
import type { EventLog } from '../../../core/port/event-log.ts'
import type { StateAnswer } from '../../contract/requests.ts'
import type { Folding, FoldRef } from '../../server/folding.ts'
import type { DashboardContext } from '../../server/route.ts'
import { requiredText, textOf, timeOf, wholeNumberOf } from '../input/query.ts'
import { streamIdOf } from '../input/references.ts'
import { readRoute } from '../read-route.ts'
import { assertHead } from './show-stream.ts'
import { streamEvent } from './stream-event.ts'

export const stateRoute = readRoute('streams/:id/state', async ({ params, query }, context): Promise<StateAnswer> => {
  const streamId = streamIdOf(params)
  const name = requiredText(query, 'fold')
  const kind = kindOf(textOf(query, 'kind'))
  const version = wholeNumberOf(query, 'version', { least: 0 })
  const at = timeOf(query, 'at')
  if (version !== undefined && at !== undefined) throw new InvalidOption('at', 'left out where a version is given', at)
  const { events } = context.storage
  const head = await assertHead(events, streamId)
  const wanted = version ?? (at ? await versionAt(events, streamId, head, at.getTime()) : head)
  return stateAnswer(context, await foldRef(context.folding, name, kind), streamId, wanted, head)
})

async function stateAnswer(
  { storage, folding, payloads }: DashboardContext,
  fold: FoldRef,
  streamId: string,
  version: number,
  head: number,
): Promise<StateAnswer> {
  if (version > head) throw new InvalidOption('version', `a whole number from 0 to ${head}`, version)
  const state = await folding.stateAt(fold, streamId, version)
  const [document] = version === 0 ? [] : (await storage.events.load(streamId, { from: version, limit: 1 })).events
  return { fold: fold.name, version, head, event: document ? streamEvent(document, payloads) : null, ...state }
}

function kindOf(kind: string | undefined): FoldRef['kind'] | undefined {
  if (kind === undefined || kind === 'aggregate' || kind === 'projection') return kind
  throw new InvalidOption('kind', 'aggregate or projection', kind)
}

/** What is folded by; an aggregate, where a projection has the same name. @throws DefinitionNotLoaded */
async function foldRef(folding: Folding, name: string, kind: FoldRef['kind'] | undefined): Promise<FoldRef> {
  const loaded = await folding.loaded()
  for (const one of kind === undefined ? (['aggregate', 'projection'] as const) : [kind]) {
    if (loaded.some((known) => known.kind === one && known.name === name)) return { kind: one, name }
  }
  throw new DefinitionNotLoaded(kind ?? 'an aggregate or a projection', name)
}

/** The version of the last event that was recorded at or before a time; 0 if there is none. Times never decrease. */
async function versionAt(events: EventLog, streamId: string, head: number, time: number): Promise<number> {
  let [known, after] = [0, head + 1]
  while (after - known > 1) {
    const middle = Math.floor((known + after) / 2)
    const [event] = (await events.load(streamId, { from: middle, limit: 1 })).events
    const recorded = event && recordedTime(event.metadata.recordedAt)
    if (recorded && recorded.getTime() <= time) known = middle
    else after = middle
  }
  return known
}
