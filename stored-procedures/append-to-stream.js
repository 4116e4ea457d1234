/*
 * appendToStream(request): appends events to one stream, all or none. Runs inside Azure Cosmos DB, in the partition of
 * the stream (partition key `/stream/id`), as one transaction under snapshot isolation.
 *
 * request
 *   streamId         the stream
 *   expectedVersion  a number (0: the stream does not exist), 'noStream' (the same as 0), 'streamExists' or 'any'
 *   events           one or more of { eventType, eventData, metadata: { eventId, … } }, ids without repetition
 *   appendId         the store's own mark, the same on all events of this append, so that a reader can tell its end
 *   recordedAt       the time of the append, ISO 8601 in UTC with milliseconds; where the stream's last event is
 *                    later, that one's time is taken, so that time never goes back within a stream
 *
 * answer (response body)
 *   { outcome: 'appended',      version, first, recordedAt, appendId }  written at the versions first to version
 *   { outcome: 'duplicate',     version, first, recordedAt, appendId }  was there already: the first result again
 *   { outcome: 'conflict',      actual }           the stream is at version `actual` (0: it does not exist)
 *   { outcome: 'eventIdReused', actual, eventId }  the same ids at their place, but with other content
 *   { outcome: 'deleted',       actual }           the stream bears a tombstone
 *
 * Idempotency: when all ids are known and stand in the given order at consecutive versions, it is a repeat, if the
 * expectation fits that place (a number E: the first at E + 1; 'any' and 'streamExists': anywhere). Known ids in
 * another order, mixed with new ones, or at another place are a conflict. Content is type and data, compared as JSON
 * values; metadata is not.
 *
 * Cost: a number or 'noStream' takes one query besides the inserts. A second one is made only where nothing is written:
 * when the expectation lies past the stream's end, or when so many events followed that the first did not show all.
 * 'any' and 'streamExists' take the head first, then the ids.
 *
 * Failure: every server call whose boolean is false is thrown with the number 429, and every error of the server as it
 * came, so that everything is rolled back. Two appends that race for a version write the same
 * document id, `<streamId>:<version>`, and the loser ends with the server's conflict: run it again to be answered.
 *
 * ES2015 and no module syntax: this text is registered as it is.
 */
function appendToStream(request) {
  const context = getContext()
  const collection = context.getCollection()
  const events = request.events
  const ids = events.map((event) => event.metadata.eventId)
  const expected = request.expectedVersion === 'noStream' ? 0 : request.expectedVersion
  const atPlace = typeof expected === 'number'
  const TOMBSTONE = '$tombstone'
  // How many events past the expected version the first query may show: enough for a repeat and for those who raced.
  const SHOWN = events.length + 100

  if (atPlace) {
    lookFrom(expected, (newest, complete) => {
      if (newest.length > 0 && newest[0].stream.version >= expected) {
        decide(newest[0], newest, complete)
      } else if (expected === 0) {
        decide(undefined, newest, true)
      } else {
        lookAtHead((head) => decide(head, newest, true))
      }
    })
  } else {
    lookAtHead((head) => (head === undefined ? decide(head, [], true) : decide(head, [], false)))
  }

  function decide(head, found, complete) {
    const actual = head === undefined ? 0 : head.stream.version
    if (head !== undefined && head.eventType === TOMBSTONE) return answer({ outcome: 'deleted', actual: actual })
    if (!complete) return lookForIds((byIds) => judge(head, actual, byIds))
    judge(head, actual, found)
  }

  function judge(head, actual, found) {
    const known = new Map()
    found.forEach((event) => {
      const id = event.metadata && event.metadata.eventId
      if (ids.indexOf(id) >= 0) known.set(id, event)
    })
    if (known.size === 0) {
      return isExpected(actual) ? insert(head, actual) : answer({ outcome: 'conflict', actual: actual })
    }
    const first = known.has(ids[0]) ? known.get(ids[0]).stream.version : 0
    const consecutive = ids.every((id, i) => known.has(id) && known.get(id).stream.version === first + i)
    if (!consecutive || (atPlace && first !== expected + 1)) return answer({ outcome: 'conflict', actual: actual })
    const other = events.find((event) => !sameContent(event, known.get(event.metadata.eventId)))
    if (other !== undefined) {
      return answer({ outcome: 'eventIdReused', actual: actual, eventId: other.metadata.eventId })
    }
    const last = known.get(ids[ids.length - 1])
    answer({
      outcome: 'duplicate',
      version: last.stream.version,
      first: first,
      recordedAt: last.metadata.recordedAt,
      appendId: last.appendId,
    })
  }

  function isExpected(actual) {
    return expected === 'any' || (expected === 'streamExists' ? actual > 0 : actual === expected)
  }

  function insert(head, actual) {
    const before = head && recordedAtOf(head)
    const recordedAt = before > request.recordedAt ? before : request.recordedAt
    insertNext(0)

    function insertNext(i) {
      const version = actual + i + 1
      const event = events[i]
      const document = {
        id: request.streamId + ':' + version,
        stream: { id: request.streamId, version: version },
        eventType: event.eventType,
        eventData: event.eventData,
        metadata: recorded(event.metadata, recordedAt),
        appendId: request.appendId,
      }
      const accepted = collection.createDocument(
        collection.getSelfLink(),
        document,
        { disableAutomaticIdGeneration: true },
        (error) => {
          if (error) throw error
          if (i + 1 < events.length) return insertNext(i + 1)
          answer({
            outcome: 'appended',
            version: version,
            first: actual + 1,
            recordedAt: recordedAt,
            appendId: request.appendId,
          })
        }
      )
      mustBeAccepted(accepted, 'createDocument')
    }
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

  function lookFrom(version, then) {
    const text =
      'SELECT * FROM c WHERE c.stream.id = @stream' +
      ' AND (c.stream.version >= @version OR ARRAY_CONTAINS(@ids, c.metadata.eventId)' +
      ') ORDER BY c.stream.id DESC, c.stream.version DESC'
    query(
      text,
      [
        { name: '@version', value: version },
        { name: '@ids', value: ids },
      ],
      SHOWN,
      then
    )
  }

  function lookForIds(then) {
    const text = 'SELECT * FROM c WHERE c.stream.id = @stream AND ARRAY_CONTAINS(@ids, c.metadata.eventId)'
    query(text, [{ name: '@ids', value: ids }], ids.length, then)
  }

  function lookAtHead(then) {
    const text = 'SELECT TOP 1 * FROM c WHERE c.stream.id = @stream ORDER BY c.stream.id DESC, c.stream.version DESC'
    query(text, [], 1, (rows) => then(rows[0]))
  }

  // The condition and the order name the stream, so that the index on both paths leads to its events alone.
  // Calls `then(rows, complete)` once there are `enough` rows or no more. The server may end a page early, even an
  // empty one, so the rest is asked for.
  function query(text, parameters, enough, then) {
    const rows = []
    nextPage(undefined)

    function nextPage(continuation) {
      const options = { pageSize: enough - rows.length, enableScan: true }
      if (continuation !== undefined) options.continuation = continuation
      const accepted = collection.queryDocuments(
        collection.getSelfLink(),
        { query: text, parameters: [{ name: '@stream', value: request.streamId }].concat(parameters) },
        options,
        (error, page, info) => {
          if (error) throw error
          for (const row of page) rows.push(row)
          if (!info.continuation) then(rows, true)
          else if (rows.length >= enough) then(rows, false)
          else nextPage(info.continuation)
        }
      )
      mustBeAccepted(accepted, 'queryDocuments')
    }
  }

  function sameContent(event, stored) {
    return event.eventType === stored.eventType && sameJson(event.eventData, stored.eventData)
  }

  function sameJson(a, b) {
    if (a === b) return true
    if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
    if (Array.isArray(a) !== Array.isArray(b)) return false
    const names = Object.keys(a)
    return (
      names.length === Object.keys(b).length &&
      names.every((name) => Object.prototype.hasOwnProperty.call(b, name) && sameJson(a[name], b[name]))
    )
  }

  // A call is refused when the script has used too much time or too many request units.
  function mustBeAccepted(accepted, call) {
    if (accepted) return
    const error = new Error(429, 'The server did not accept ' + call + ': nothing was written')
    error.number = 429
    throw error
  }

  function answer(body) {
    context.getResponse().setBody(body)
  }
}
