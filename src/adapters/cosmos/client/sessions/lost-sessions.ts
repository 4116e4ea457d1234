import { hashOf } from '../../partitions/hash.ts'
import { keyWithin } from '../../partitions/key-in-interval.ts'
import { knownPartitions } from '../../partitions/load-partitions.ts'
import { sessionOf } from '../answers.ts'
import { failureOf } from '../failures/failure.ts'
import type { OpenContainer } from '../open-container.ts'
import type { Operation } from '../operation.ts'
import type { Target } from './sessions.ts'

/**
 * Asks the primary replica of the write region for a partition's last LSN. If that is lower than the session requires,
 * the required part of the log is lost, as after a forced failover, and no replica will ever show it: then the session
 * continues from there. Otherwise every read of this handle would fail until the process ends.
 */
export async function forgetWhatWasLost(operation: Operation, open: OpenContainer, at: Target): Promise<void> {
  const { container, sessions, partitions } = open
  await knownPartitions(operation, open)
  const partition = 'key' in at ? partitions.at(hashOf(at.key)) : partitions.byId(at.partition)
  const key = 'key' in at ? at.key : partition && keyWithin(partition)
  if (key === undefined) return
  const before = sessions.snapshot()
  const { token } = await operation.request({
    kind: 'read',
    // A batch runs on the primary replica. It is sent without the token, which only applies to reads anyway.
    send: ({ abortSignal }) =>
      container.items
        .batch([{ operationType: 'Read', id: key }], key, { abortSignal })
        .then(({ headers }) => ({ token: sessionOf(headers), headers }))
        .catch((error) => {
          const { status, headers } = failureOf(error)
          const answered = sessionOf(headers)
          if (status < 400 || answered === undefined) throw error
          return { token: answered, headers }
        }),
  })
  if (token !== undefined) sessions.replace(token, before)
}
