import { workerData } from 'node:worker_threads'
import { openStorage } from '../../../open/open-storage.ts'
import { readOpeningSettings } from '../../../open/opening-settings.ts'
import { failureOfCode } from '../../payloads/fault.ts'
import type { PayloadMode } from '../../payloads/payload.ts'
import { toFailure } from '../failure.ts'
import type { Calling, Calls, FoldingData, FoldingMessage, ThreadData } from '../messages.ts'
import { loadDefinitions } from './definitions.ts'
import { replays } from './replays.ts'
import { foldOfAggregate, foldOfProjection, stateAt } from './state-at.ts'

// The thread that runs the user's code. It is never imported, only started. It has one call at a time.

// Milliseconds between two signs of life.
const ALIVE_EVERY = 250

const { port, ...data } = workerData as ThreadData

const send = (message: FoldingMessage): void => port.postMessage(message)

async function start({ url, setting, payloads, ...paths }: FoldingData): Promise<void> {
  const storage = await openStorage(url, {
    setting,
    mustExist: true,
    ...readOpeningSettings(process.env, url, setting),
  })
  const definitions = await loadDefinitions(storage, paths)
  const calls: Calls = {
    ...replays(storage, definitions, payloads),
    stateAt: ({ kind, name, version: ofFold }, streamId, version) => {
      const fold =
        kind === 'aggregate'
          ? foldOfAggregate(definitions.aggregate(name))
          : foldOfProjection(definitions.projection(name, ofFold))
      return stateAt(storage, fold, streamId, version, payloads)
    },
  }
  port.on('message', (calling: Calling) => reply(calls, calling, payloads))
  send({ loaded: definitions.list })
}

async function reply(calls: Calls, calling: Calling, payloads: PayloadMode): Promise<void> {
  const alive = setInterval(() => send({ alive: true }), ALIVE_EVERY)
  try {
    send({ result: await run(calls, calling) })
  } catch (error) {
    send({ failure: failureOfCode(toFailure(error), payloads) })
  } finally {
    clearInterval(alive)
  }
}

function run(calls: Calls, calling: Calling): Promise<unknown> {
  switch (calling.call) {
    case 'replay':
      return calls.replay(...calling.args)
    case 'dropOne':
      return calls.dropOne(...calling.args)
    case 'stateAt':
      return calls.stateAt(...calling.args)
  }
}

start(data).catch((error: unknown) => send({ failure: toFailure(error) }))
