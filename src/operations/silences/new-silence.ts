import { InvalidOption } from '../../core/errors/input.ts'
import type { Silence } from '../model/alert.ts'
import { givenName, givenText } from '../store/given-text.ts'
import type { SilenceSet } from './silence-events.ts'

const LONGEST = 90 * 86_400_000

/**
 * Checks what a person wants to silence.
 *
 * @param now milliseconds since 1970
 * @throws InvalidOption for a missing name or reason, a time that is not within the next 90 days, or no matcher
 */
export function newSilence(
  { matchers, by, reason, until }: Pick<Silence, 'matchers' | 'by' | 'reason' | 'until'>,
  now: number,
): SilenceSet {
  const end = Date.parse(until)
  if (!(end > now && end <= now + LONGEST)) throw new InvalidOption('until', 'a time within the next 90 days', until)
  return {
    matchers: checked(matchers),
    by: givenName(by),
    reason: givenText('reason', reason, 500),
    since: new Date(now).toISOString(),
    until: new Date(end).toISOString(),
  }
}

function checked({ rule, subject, severity }: Silence['matchers']): Silence['matchers'] {
  if (severity !== undefined && severity !== 'critical' && severity !== 'warning') {
    throw new InvalidOption('severity', "'critical' or 'warning'", severity)
  }
  if (rule === undefined && subject === undefined && severity === undefined) {
    throw new InvalidOption('matchers', 'a rule, a subject or a severity; for all rules, the rule *', 'nothing')
  }
  return {
    ...(rule !== undefined && { rule: givenText('rule', rule, 100) }),
    ...(subject !== undefined && { subject: givenText('subject', subject, 300) }),
    ...(severity !== undefined && { severity }),
  }
}
