/*
 * tombstoneStream(request): ends a stream for ever, then erases its events in bounded steps. Runs inside Azure Cosmos
 * DB, in the partition of the stream (partition key `/stream/id`), each call one transaction under snapshot isolation.
 *
 * First one call with a marker:
 *   streamId, expectedVersion (a number, 'noStream', 'streamExists' or 'any')
 *   marker      { metadata: { eventId, … } }: becomes the event `$tombstone` at head + 1, which collides with every
 *               append that races it, since both write the document id `<streamId>:<head + 1>`
 *   appendId    the store's own mark of this append
 *   recordedAt  ISO 8601 in UTC with milliseconds; never earlier than that of the stream's last event
 * answers
 *   { outcome: 'tombstoned',    version, recordedAt, appendId }
 *   { outcome: 'duplicate',     version, recordedAt, appendId }  this very marker ended the stream already
 *   { outcome: 'deleted',       actual }           another marker did
 *   { outcome: 'notFound',      actual: 0 }        there is nothing to end
 *   { outcome: 'conflict',      actual }           the stream is at another version
 *   { outcome: 'eventIdReused', actual, eventId }  an event of this stream has the marker's id
 *
 * Then calls without a marker until one answers `done`:
 *   streamId
 *   limit       erase at most this many events in this call
 *   keepIds     optional, true where somebody may append by transactional batch: every event becomes a husk, so that no
 *               document id becomes free, and a batch that was made out of a stale look meets one
 * answers
 *   { outcome: 'erased', erased, done }  `erased` events went in this call; `done`: none is left
 *   { outcome: 'notFound', actual }      the stream bears no tombstone
 *
 * Erasure goes from the last event below the tombstone down to version 2. Version 1 becomes a husk: a `$husk` without
 * data that keeps its document id, so that no append can open the stream again. The tombstone itself stays, and so do
 * husks of erasure, whatever version they stand at; one that was appended, for a copied log, bears its append's mark
 * and is erased as an event is. So whatever call was interrupted, the next one goes on where it stopped, with or
 * without keepIds, and a call too many changes nothing.
 *
 * Failure: every server call whose boolean is false is thrown with the number 429, and every error of the server as it
 * came, so that the whole call is rolled back. After 429, call with a smaller limit.
 *
 * ES2015 and no module syntax: this text is registered as it is.
 */
function tombstoneStream(request) {
  const context = getContext()
  const collection = context.getCollection()
  const streamId = request.streamId
  const TOMBSTONE = '$tombstone'
  const HUSK = '$husk'

  const HEAD = 'SELECT TOP 1 * FROM c WHERE c.stream.id = @stream ORDER BY c.stream.id DESC, c.stream.version DESC'

  query(HEAD, [], 1, (rows) => {
    const head = rows[0]
    const actual = head === undefined ? 0 : head.stream.version
    const isDeleted = head !== undefined && head.eventType === TOMBSTONE
    if (request.marker !== undefined && request.marker !== null) mark(head, actual, isDeleted)
    else if (isDeleted) erase(actual)
    else answer({ outcome: 'notFound', actual: actual })
  })

  function mark(head, actual, isDeleted) {
    const eventId = request.marker.metadata.eventId
    if (isDeleted && head.metadata.eventId === eventId) {
      return answer({
        outcome: 'duplicate',
        version: actual,
        recordedAt: head.metadata.recordedAt,
        appendId: head.appendId,
      })
    }
    if (isDeleted) return answer({ outcome: 'deleted', actual: actual })
    if (actual === 0) return answer({ outcome: 'notFound', actual: actual })
    if (!isExpected(actual)) return answer({ outcome: 'conflict', actual: actual })
    query(
      'SELECT TOP 1 c.id FROM c WHERE c.stream.id = @stream AND c.metadata.eventId = @eventId',
      [{ name: '@eventId', value: eventId }],
      1,
      (rows) => {
        if (rows.length > 0) answer({ outcome: 'eventIdReused', actual: actual, eventId: eventId })
        else insertTombstone(head, actual + 1)
      }
    )
  }

  function isExpected(actual) {
    const expected = request.expectedVersion
    if (expected === 'any' || expected === 'streamExists') return true
    return expected === actual
  }

  function insertTombstone(head, version) {
    const before = recordedAtOf(head)
    const recordedAt = before > request.recordedAt ? before : request.recordedAt
    const document = {
      id: streamId + ':' + version,
      stream: { id: streamId, version: version },
      eventType: TOMBSTONE,
      eventData: {},
      metadata: recorded(request.marker.metadata, recordedAt),
      appendId: request.appendId,
    }
    const accepted = collection.createDocument(
      collection.getSelfLink(),
      document,
      { disableAutomaticIdGeneration: true },
      (error) => {
        if (error) throw error
        answer({ outcome: 'tombstoned', version: version, recordedAt: recordedAt, appendId: request.appendId })
      }
    )
    mustBeAccepted(accepted, 'createDocument')
  }

  // Not by Object.assign, which would take a member called __proto__ for the prototype.
  function recorded(metadata, recordedAt) {
    metadata.recordedAt = recordedAt
    return metadata
  }

  // What was written without metadata counts as recorded when it was written.
  function recordedAtOf(event) {
    if (event.metadata && event.metadata.recordedAt) return event.metadata.recordedAt
    return new Date(event._ts * 1000).toISOString()
  }

  function erase(tombstoneVersion) {
    if (!(request.limit >= 1)) throw new Error('limit must be 1 or more')
    query(
      'SELECT c._self, c._etag, c.id, c.stream, c.metadata FROM c WHERE c.stream.id = @stream' +
        ' AND c.stream.version < @version AND (c.eventType != @husk OR c.appendId != @husk)' +
        ' ORDER BY c.stream.id DESC, c.stream.version DESC',
      [
        { name: '@version', value: tombstoneVersion },
        { name: '@husk', value: HUSK },
      ],
      request.limit,
      (rows) => eraseNext(rows, 0)
    )
  }

  function eraseNext(rows, erased) {
    const row = rows[erased]
    if (row === undefined) {
      const last = rows[erased - 1]
      const done = erased < request.limit || last.stream.version === 1
      return answer({ outcome: 'erased', erased: erased, done: done })
    }
    if (row.stream.version === 1 || request.keepIds === true) {
      mustBeAccepted(
        collection.replaceDocument(row._self, huskOf(row), { etag: row._etag }, (error) => {
          if (error) throw error
          eraseNext(rows, erased + 1)
        }),
        'replaceDocument'
      )
    } else {
      mustBeAccepted(
        collection.deleteDocument(row._self, { etag: row._etag }, (error) => {
          if (error) throw error
          eraseNext(rows, erased + 1)
        }),
        'deleteDocument'
      )
    }
  }

  function huskOf(event) {
    const metadata = { eventId: HUSK }
    if (event.metadata && event.metadata.recordedAt !== undefined) metadata.recordedAt = event.metadata.recordedAt
    return {
      id: event.id,
      stream: { id: event.stream.id, version: event.stream.version },
      eventType: HUSK,
      eventData: {},
      metadata: metadata,
      appendId: HUSK,
    }
  }

  // The condition and the order name the stream, so that the index on both paths leads to its events alone.
  // Calls `then(rows)` with at most `limit` rows. The server may end a page early, even an empty one, so the rest is
  // asked for.
  function query(text, parameters, limit, then) {
    const rows = []
    nextPage(undefined)

    function nextPage(continuation) {
      const options = { pageSize: limit - rows.length, enableScan: true }
      if (continuation !== undefined) options.continuation = continuation
      const accepted = collection.queryDocuments(
        collection.getSelfLink(),
        { query: text, parameters: [{ name: '@stream', value: streamId }].concat(parameters) },
        options,
        (error, page, info) => {
          if (error) throw error
          for (const row of page) rows.push(row)
          if (info.continuation && rows.length < limit) nextPage(info.continuation)
          else then(rows)
        }
      )
      mustBeAccepted(accepted, 'queryDocuments')
    }
  }

  // A call is refused when the script has used too much time or too many request units.
  function mustBeAccepted(accepted, call) {
    if (accepted) return
    const error = new Error(429, 'The server did not accept ' + call + ': nothing was changed')
    error.number = 429
    throw error
  }

  function answer(body) {
    context.getResponse().setBody(body)
  }
}
