import { withoutSecrets } from '../open/secrets.ts'
import { dateOf, isoWeekOf } from './domain/calendar.ts'
import type { DemoChain } from './prepare-chain.ts'

/** What runs, and where. */
export type Addresses = {
  readonly api: string
  readonly workers: readonly string[]
  /** With the token that signs in an operator, unless one is set; undefined if it did not start. */
  readonly dashboard: string | undefined
  readonly storage: string
  /** The file of the master key, if it is one. */
  readonly keyFile: string | undefined
  /** The chain that the workers seal, if they do. */
  readonly chain: DemoChain | undefined
}

/**
 * What the demo prints once it runs: addresses, and three commands to try that work as they are printed.
 *
 * @param now milliseconds since 1970: the readings are today's
 * @param meterId an unused id
 */
export function introduction(
  { api, workers, dashboard, storage, keyFile, chain }: Addresses,
  now: number,
  meterId: string,
): string {
  const date = dateOf(now)
  const readings = [0.25, 0.5, 0.125].map((value, hour) => ({ timestamp: `${date}T0${hour}:00:00Z`, value }))
  const post = (path: string, body: unknown) =>
    `curl -sS -H 'content-type: application/json' ${api}${path} -d '${JSON.stringify(body)}'`
  const registration = { meterId, postalCode: '1012 AB', houseNumber: '7', activationCode: '542-484' }
  return `
Tidemark's demo, meter registration, runs. It has no login. Ctrl-C stops it.

  API      ${api}  (documentation: ${api}/docs)
${workers.map((worker) => `  worker   ${worker}/status`).join('\n')}${dashboardLine(dashboard)}
  storage  ${withoutSecrets(storage)}${keyLines(keyFile)}${chainLines(chain)}

Try it: register a meter, activate it, then send readings of today and look at the week's totals.

  ${post('/meters', registration)}

  ${post(`/meters/${meterId}/activation`, { activationCode: registration.activationCode })}

  ${post(`/meters/${meterId}/readings`, { date, readings })} && sleep 2 && curl -sS ${api}/views/daily-totals/${meterId}/${isoWeekOf(date)}

A meter may have a customer, who is a person and can be forgotten: section 5 of docs/tutorial.md shows how.
`
}

const dashboardLine = (dashboard: string | undefined): string =>
  dashboard === undefined ? '' : `\n  dashboard  ${dashboard}`

const keyLines = (keyFile: string | undefined): string =>
  keyFile === undefined
    ? ''
    : `
  key      ${keyFile}  (the master key of customers' data; keep a copy, because without it the data can never be read again)`

function chainLines(chain: DemoChain | undefined): string {
  if (chain === undefined) return ''
  const moved =
    chain.movedHeads === undefined ? '' : `\n           (the heads of the folder before are now in ${chain.movedHeads})`
  return `
  chain    ${chain.keyFile}  (signs what is sealed; verify with: npm run tidemark -- chain verify --key "$(npm run -s tidemark -- chain key)")${moved}`
}
