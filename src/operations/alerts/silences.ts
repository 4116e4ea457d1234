import type { Alert, Silence } from '../model/alert.ts'

/**
 * Whether notices of an alert are hidden: by a silence that has begun, is not over, and matches. A silence without any
 * matcher matches all alerts.
 *
 * @param now milliseconds since 1970
 */
export function isSilenced(
  silences: readonly Silence[],
  alert: Pick<Alert, 'rule' | 'subject' | 'severity'>,
  now: number,
): boolean {
  return silences.some((silence) => isInForce(silence, now) && matches(silence.matchers, alert))
}

/** Whether a silence hides notices at a time, in milliseconds since 1970. */
const isInForce = ({ since, until, endedAt }: Silence, now: number): boolean =>
  Date.parse(since) <= now && now < Date.parse(until) && (endedAt === null || now < Date.parse(endedAt))

const matches = (
  { rule, subject, severity }: Silence['matchers'],
  alert: Pick<Alert, 'rule' | 'subject' | 'severity'>,
): boolean =>
  (rule === undefined || matchesText(rule, alert.rule)) &&
  (subject === undefined || matchesText(subject, alert.subject.id)) &&
  (severity === undefined || severity === alert.severity)

/** Whether a text matches as a whole, where `*` stands for any characters. It takes no longer for a hostile pattern. */
function matchesText(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return pattern === text
  const last = rest.pop() ?? ''
  if (!text.startsWith(first) || !text.endsWith(last)) return false
  let at = first.length
  for (const part of rest) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return at <= text.length - last.length
}
