import type { FastifyReply, FastifyRequest } from 'fastify'
import type { JsonObject } from '../../core/json/json.ts'
import { decodePosition, encodePosition, type PositionToken } from '../../core/positions/position-token.ts'
import { idOf } from '../../core/stream-id.ts'
import type { ProjectionRef } from '../../views/projection-ref.ts'
import type { MeterWrite } from '../domain/meters.ts'
import type { Context } from './api.ts'

/** A write answers it; a read of a view that carries it waits until the view holds that write. */
export const POSITION_HEADER = 'tidemark-position'

/** The body of a write's answer; sets the header with its position. */
export function answerWrite(reply: FastifyReply, { meterId, streamId, version, position }: MeterWrite) {
  if (position !== null) reply.header(POSITION_HEADER, position)
  return { meterId, streamId, version }
}

/** Reads a view, after waiting for the request's position where it carries one. @throws as `views.waitFor` does */
export function readView<V extends JsonObject>(
  { storage, viewTimeout, closing }: Context,
  request: FastifyRequest,
  projection: ProjectionRef<V>,
  key: string,
): Promise<V | null> {
  const position = positionOf(request)
  if (position === undefined) return storage.views.get(projection, key)
  return storage.views.waitFor(projection, key, position, { timeout: viewTimeout, signal: closing })
}

/**
 * Waits until every meter that the request's position speaks of is in its view of `projection`, whose keys are the
 * meters' ids. Each is waited for on its own, as one view that has got so far says nothing of another one, and with its
 * own part of the position, so that the cost grows with the position's length and not with its square.
 *
 * @throws as `views.waitFor` does
 */
export async function waitForMeters(
  { storage, viewTimeout, closing }: Context,
  request: FastifyRequest,
  projection: ProjectionRef,
): Promise<void> {
  const position = positionOf(request)
  if (position === undefined) return
  const { incarnation, marks } = decodePosition(position)
  const meters = Map.groupBy(marks, ({ streamId }) => idOf(streamId))
  await Promise.all(
    Iterator.from(meters).map(([id, marks]) =>
      storage.views.waitFor(projection, id, encodePosition({ incarnation, marks }), {
        timeout: viewTimeout,
        signal: closing,
      }),
    ),
  )
}

function positionOf({ headers }: FastifyRequest): PositionToken | undefined {
  const header = headers[POSITION_HEADER]
  return typeof header === 'string' ? header : undefined
}
