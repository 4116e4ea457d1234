import type { FastifyReply, FastifyRequest } from 'fastify'
import type { JsonObject } from '../../core/json/json.ts'
import { decodePosition, encodePosition } from '../../core/positions/position-token.ts'
import { idOf, parseStreamId } from '../../core/stream-id.ts'
import { positionOf, resultHeaders } from '../../http/position-header.ts'
import type { ProjectionRef } from '../../views/projection-ref.ts'
import type { Write } from '../domain/command.ts'
import type { Context } from './api.ts'

/** The body of a write's response: whose it is, stream and version. Sets the headers with its ETag and its position. */
export function answerWrite<W extends Write>(reply: FastifyReply, write: W): Omit<W, 'position' | 'duplicate'> {
  reply.headers(resultHeaders(write))
  const { position: _position, duplicate: _duplicate, ...body } = write
  return body
}

/** Reads a view, after waiting for the request's position if it has one. @throws as `views.waitFor` does */
export const readView = <V extends JsonObject>(
  { storage, viewTimeout, closing }: Context,
  { headers }: FastifyRequest,
  projection: ProjectionRef<V>,
  key: string,
): Promise<V | null> =>
  storage.views.waitFor(projection, key, positionOf(headers), { timeout: viewTimeout, signal: closing })

/**
 * Waits until every meter in the request's position is up to date in its view of `projection`, whose keys are the
 * meters' ids. Each is waited for separately, because one view says nothing about another, and with its own part of the
 * position, so that the cost grows with the position's length and not with its square.
 *
 * @throws as `views.waitFor` does
 */
export async function waitForMeters(
  { storage, viewTimeout, closing }: Context,
  { headers }: FastifyRequest,
  projection: ProjectionRef,
): Promise<void> {
  const position = positionOf(headers)
  if (position === null) return
  const { incarnation, marks } = decodePosition(position)
  const ofMeters = marks.filter(({ streamId }) => parseStreamId(streamId).category === 'meter')
  const meters = Map.groupBy(ofMeters, ({ streamId }) => idOf(streamId))
  await Promise.all(
    Iterator.from(meters).map(([id, marks]) =>
      storage.views.waitFor(projection, id, encodePosition({ incarnation, marks }), {
        timeout: viewTimeout,
        signal: closing,
      }),
    ),
  )
}
