import { createHash } from 'node:crypto'
import { InvalidConfiguration } from '../../core/errors/input.ts'

/** Where notices of incidents are sent. */
export type Destination = {
  readonly kind: 'alertmanager' | 'pagerduty' | 'json'
  /** The whole address, which may contain a secret. */
  readonly url: string
  /** The integration key of PagerDuty. */
  readonly key: string | null
  /** What errors call it: its kind and host. */
  readonly label: string
  /** The name of the reaction that sends the notices; the same for the same destination. */
  readonly name: string
}

const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue'
const KEY = /^[A-Za-z0-9_-]{16,64}$/

/**
 * Reads a destination: `alertmanager+https://alerts.example.com`, `pagerduty:<integration key>`, or
 * `json+https://hooks.example.com/…` for a webhook of your own. Events go to PagerDuty's own address, unless one is
 * given: `pagerduty+https://events.eu.pagerduty.com/v2/enqueue#<integration key>`.
 *
 * @param setting the name of the setting in errors, which never contain the text
 * @throws InvalidConfiguration
 */
export function parseDestination(text: string, setting = 'notify'): Destination {
  const [, kind, separator, rest = ''] = /^(alertmanager|pagerduty|json)([+:])(.+)$/.exec(text) ?? []
  if (kind === 'pagerduty' && separator === ':') return destination(kind, PAGERDUTY, checkedKey(rest, setting))
  if (kind === undefined || separator !== '+' || !/^https?:\/\//.test(rest) || !URL.canParse(rest)) {
    throw new InvalidConfiguration(
      setting,
      'must be alertmanager+https://<host>, pagerduty:<integration key> or json+https://<address>',
    )
  }
  if (kind === 'alertmanager') return destination(kind, alertsUrl(rest), null)
  if (kind === 'json') return destination(kind, rest, null)
  const url = new URL(rest)
  const key = checkedKey(url.hash.slice(1), setting)
  url.hash = ''
  return destination('pagerduty', url.href, key)
}

/** Several destinations in one text, separated by spaces. @throws InvalidConfiguration, also for one given twice */
export function parseDestinations(text: string, setting = 'notify'): readonly Destination[] {
  const found = text
    .split(/\s+/)
    .filter(Boolean)
    .map((one) => parseDestination(one, setting))
  if (new Set(found.map(({ name }) => name)).size === found.length) return found
  throw new InvalidConfiguration(setting, 'names a destination twice')
}

function destination(kind: string, url: string, key: string | null): Destination {
  const id = createHash('sha256').update(`${url}\n${key}`).digest('hex').slice(0, 12)
  const label = `${kind} at ${new URL(url).host}`
  return { kind: kind as Destination['kind'], url, key, label, name: `ops-notify-${kind}-${id}` }
}

function checkedKey(key: string, setting: string): string {
  if (KEY.test(key)) return key
  throw new InvalidConfiguration(setting, 'the integration key of PagerDuty must be 16 to 64 letters and digits')
}

function alertsUrl(text: string): string {
  const url = new URL(text)
  if (!url.pathname.endsWith('/api/v2/alerts')) url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v2/alerts`
  return url.href
}
