import { systemClock } from '../../../core/clock.ts'
import { InvalidOption } from '../../../core/errors/input.ts'
import type { JsonObject } from '../../../core/json/json.ts'
import type { Severity, Silence } from '../../../operations/model/alert.ts'
import type { DoneAnswer, SilenceAnswer } from '../../contract/requests.ts'
import type { Route } from '../../server/route.ts'
import { actRoute } from '../act.ts'
import { memberOf, membersOf, textIn, wholeNumberIn } from '../input/body.ts'
import { idOf } from '../input/references.ts'

// 90 days: longer than that, the rule is what is wrong.
const MOST_MINUTES = 90 * 24 * 60
const MOST_OF_REASON = 2_000
const MOST_OF_MATCHER = 300

export const silenceRoutes: readonly Route[] = [
  actRoute({
    path: 'silences',
    what: 'silence',
    subjectOf: ({ body }) =>
      Object.entries(matchersIn(membersOf(body)))
        .map((one) => one.join('='))
        .join(' '),
    async handle({ body, who }, { operations, clock = systemClock }): Promise<SilenceAnswer> {
      const members = membersOf(body)
      const minutes = wholeNumberIn(members, 'minutes', 1, MOST_MINUTES)
      const id = await operations.silence({
        matchers: matchersIn(members),
        by: who,
        reason: textIn(members, 'reason', MOST_OF_REASON),
        until: new Date(clock.now() + minutes * 60_000).toISOString(),
      })
      return { id }
    },
  }),
  actRoute({
    path: 'silences/:id/end',
    what: 'endSilence',
    subjectOf: ({ params }) => idOf(params),
    async handle({ params, who }, { operations }): Promise<DoneAnswer> {
      await operations.endSilence(idOf(params), who)
      return { done: true }
    },
  }),
]

/** What is to be silenced; not everything at once. @throws InvalidOption */
function matchersIn(members: JsonObject): Silence['matchers'] {
  const given = membersOf(memberOf(members, 'matchers'))
  const severity = severityIn(given)
  const matchers: Silence['matchers'] = {
    ...(memberOf(given, 'rule') !== undefined && { rule: textIn(given, 'rule', MOST_OF_MATCHER) }),
    ...(memberOf(given, 'subject') !== undefined && { subject: textIn(given, 'subject', MOST_OF_MATCHER) }),
    ...(severity !== undefined && { severity }),
  }
  if (Object.keys(matchers).length === 0) throw new InvalidOption('matchers', 'a rule, a subject or a severity', given)
  return matchers
}

function severityIn(members: JsonObject): Severity | undefined {
  const severity = memberOf(members, 'severity')
  if (severity === undefined || severity === 'critical' || severity === 'warning') return severity
  throw new InvalidOption('severity', 'critical or warning', severity)
}
