import { CosmosClient } from '@azure/cosmos'
import type { EmulatorHttpClient, InProcessEmulator, PipelineRequestLike } from '../../../src/cosmos-emulator/index.ts'
import { below } from '../../../src/testing/conformance/support/random.ts'
import type { ProcessClock } from './process-clock.ts'
import { DATABASE, PACE, type World } from './world.ts'

/** Marks requests to which nothing happens. */
const UNHARMED = 'tidemark-unharmed'

/** Whether faults may strike a request. */
export const isHarmed = (headers: Readonly<Record<string, string | undefined>>): boolean =>
  headers[UNHARMED] === undefined

/** What lies between a process and the emulator. */
export type Line = EmulatorHttpClient & {
  /** What cannot be reached at present. */
  outage: 'leases' | 'all' | undefined
}

/** Makes the line of a process. @param isFaulty whether anything happens on it */
export function createLine(world: World, clock: ProcessClock, isFaulty: boolean): Line {
  const { emulator, faults, random, tamper } = world
  const strikes: typeof faults.strikes = (kind) => isFaulty && faults.strikes(kind)
  const line: Line = {
    outage: undefined,
    async sendRequest(request) {
      await clock.awake()
      assertReachable(line, request)
      const { headers } = request
      const sent: [string, string][] = [...headers]
      if (!isFaulty) sent.push([UNHARMED, 'yes'])
      if (hasHeader(headers, 'a-im') && strikes('shortPage')) {
        sent.push(['x-ms-max-item-count', String(1 + below(random, 3))])
      }
      if (hasHeader(headers, 'if-match') && strikes('conflict')) await replaceByItself(emulator, request.url)
      // Seldom: whoever waits for it has given up long ago.
      if (random() < 0.02 && strikes('late')) await clock.sleep(PACE.held * random())
      const answer = await emulator.httpClient.sendRequest({ ...request, ...tamper({ ...request, headers: sent }) })
      await clock.awake()
      assertReachable(line, request)
      return { ...answer, request }
    },
  }
  return line
}

function assertReachable({ outage }: Line, { url }: PipelineRequestLike): void {
  if (outage === 'all' || (outage === 'leases' && url.includes('/colls/leases/'))) {
    throw Object.assign(new Error('The line is cut'), { code: 'ECONNRESET' })
  }
}

const hasHeader = (headers: PipelineRequestLike['headers'], name: string): boolean =>
  [...headers].some(([given]) => given.toLowerCase() === name)

/** A client to whom nothing happens, and who knows nothing of before: the SDK loops where it knew split partitions. */
export function unharmedClient({ endpoint, key, httpClient }: InProcessEmulator): CosmosClient {
  const marked: EmulatorHttpClient = {
    async sendRequest(request) {
      const headers: [string, string][] = [...request.headers, [UNHARMED, 'yes']]
      return { ...(await httpClient.sendRequest({ ...request, headers })), request }
    },
  }
  return new CosmosClient({ endpoint, key, httpClient: marked })
}

/** Somebody else replaces a document by what it is: the ETag that was read is no longer there. */
async function replaceByItself(emulator: InProcessEmulator, url: string): Promise<void> {
  const [, container, id] = /\/colls\/(views|leases)\/docs\/([^/?]+)/.exec(url) ?? []
  if (container === undefined || id === undefined) return
  const client = unharmedClient(emulator)
  try {
    const item = client.database(DATABASE).container(container).item(decodeURIComponent(id), decodeURIComponent(id))
    const { resource } = await item.read()
    if (resource === undefined) return
    const accessCondition = { type: 'IfMatch', condition: resource._etag }
    // Whoever was faster has replaced it as well.
    await item.replace(resource, { accessCondition }).catch(() => {})
  } finally {
    client.dispose()
  }
}
