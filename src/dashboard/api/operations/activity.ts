import type { ActivityAnswer } from '../../contract/requests.ts'
import { pageOf } from '../input/page.ts'
import { readRoute } from '../read-route.ts'

export const activityRoute = readRoute('activity', async ({ query }, { operations }): Promise<ActivityAnswer> => {
  const { rows, next } = await operations.activity(pageOf(query))
  return { activity: rows, next }
})
