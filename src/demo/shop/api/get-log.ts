import { z } from 'zod'
import { answerProblem } from '../../server/failures.ts'
import { afterVersion, failures, limit, pageOf } from '../../server/schemas.ts'
import type { Server } from '../../server/server.ts'
import { USER_LOG } from '../user.ts'
import { type SubjectContext, subjectParams, subjectUnknown } from './get-subject.ts'

const item = z.looseObject({ type: z.string(), timestamp: z.string() })

/** `GET /subjects/{id}/log` */
export const getLog = (server: Server, { subjects, waitForRules }: SubjectContext): void => {
  server.route({
    method: 'GET',
    url: '/subjects/:id/log',
    schema: {
      summary: 'What the rules have stored in the user log of a subject, the newest last',
      params: subjectParams,
      querystring: z.object({ limit, after: afterVersion }),
      response: { 200: pageOf(item), ...failures },
    },
    handler: async ({ headers, params: { id }, query: { limit, after } }, reply) => {
      await waitForRules(headers)
      const { version } = await subjects.load(id)
      if (version === 0) return answerProblem(reply, subjectUnknown(id))
      const { entries, next } = await subjects.log(id, USER_LOG, { after, limit })
      const items = entries.map(({ entry }) => entry as z.infer<typeof item>)
      return { items, ...(next !== null && { next: String(next) }) }
    },
  })
}
