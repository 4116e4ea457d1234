/**
 * Part of the text that runs in a procedure's realm: its entry points for the host. Each step returns a text: the next
 * call to the server, how the procedure failed, or that it has nothing more to do.
 */
export const STEPS = `
  var textOf = String
  var load
  var failure

  function fail(thrown) {
    var text
    var number
    try {
      text = textOf(thrown)
    } catch (error) {
      text = 'an object without text'
    }
    try {
      if (typeof thrown === 'object' && thrown !== null) number = thrown.number
    } catch (error) {
      // What throws when it is looked at has no number.
    }
    failure = stringify({ failed: { text: text, number: typeof number === 'number' ? number : undefined } })
  }

  function next() {
    if (failure !== undefined) return failure
    if (aborted !== undefined) {
      fail(aborted.error)
      return failure
    }
    if (first === undefined) return '{}'
    current = first
    first = first.next
    return current.text
  }

  var server = {
    load: function (procedure) {
      load = procedure
    },
    start: function () {
      given = parse(realm.$input)
      begun = now()
      parameters = given.parameters
      try {
        apply(load(), undefined, parameters)
      } catch (error) {
        fail(error)
      }
      return next()
    },
    answer: function () {
      var answer = parse(realm.$input)
      isExhausted = answer.isExhausted
      try {
        current.answer(answer)
      } catch (error) {
        fail(error)
      }
      return next()
    },
    next: next,
    finish: function () {
      return stringify({ body: body === undefined || body === null ? undefined : stringify(body), log: log })
    },
    silence: silence,
  }
  lock(realm, '$server', { value: Object.freeze(server) })
  return notePromise
`
