import type { Reading } from '../core/telemetry/telemetry.ts'
import type { ChainReport } from './chain-report.ts'

/** The gauges of a chain. Each worker reports the same ones. @param now milliseconds since 1970 */
export function chainGauges({ state, origin, size, anchors }: ChainReport, now: number): Reading[] {
  // An unknown value is not reported, because an old one would look healthy.
  if (state === 'unknown') return []
  const attributes = { 'tidemark.chain': origin }
  return [
    { gauge: 'tidemark.chain.size', value: size, attributes },
    { gauge: 'tidemark.chain.diverged', value: state === 'ok' ? 0 : 1, attributes },
    ...anchors.map(({ name, since }): Reading => {
      const age = since === null ? 0 : Math.max(0, now - Date.parse(since)) / 1000
      return {
        gauge: 'tidemark.chain.unanchored',
        value: age,
        attributes: { ...attributes, 'tidemark.anchor': name },
      }
    }),
  ]
}
