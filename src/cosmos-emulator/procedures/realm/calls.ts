/**
 * Part of the text that runs in a procedure's realm: the queue of calls, which the host takes one by one, and an `Error`
 * that takes a number. Calls answer through their callbacks after the function that made them has returned.
 */
export const CALLS = `
  var parse = JSON.parse
  var stringify = JSON.stringify
  var now = Date.now
  var random = Math.random
  var given
  var begun
  var calls = 0
  var isExhausted = false

  function define(name, value) {
    lock(realm, name, { value: value, writable: true, configurable: true, enumerable: false })
  }

  // new Error(number, message) as in the engine of the service; the number becomes the answer's substatus.
  function NumberedError(number, message) {
    var numbered = arguments.length > 1 && typeof number === 'number'
    var text = numbered ? message : number
    var target = new.target === undefined ? NumberedError : new.target
    var error = Reflect.construct(NativeError, text === undefined ? [] : [text], target)
    if (numbered) error.number = number
    return error
  }
  NumberedError.prototype = NativeError.prototype
  NumberedError.captureStackTrace = NativeError.captureStackTrace
  lock(NativeError.prototype, 'constructor', { value: NumberedError, writable: true, configurable: true })
  lock(NumberedError, 'name', { value: 'Error' })
  define('Error', NumberedError)

  function bad(message) {
    return new NumberedError(400, message)
  }

  function newId() {
    var text = ''
    for (var i = 0; i < 32; i++) {
      if (i === 8 || i === 12 || i === 16 || i === 20) text += '-'
      text += Math.floor(random() * 16).toString(16)
    }
    return text
  }

  function isAccepted() {
    var number = calls++
    for (var i = 0; i < given.refused.length; i++) if (given.refused[i] === number) return false
    return !isExhausted && now() - begun < given.acceptsFor
  }

  var first
  var last
  var current

  function enqueue(operation, argument, callback) {
    if (!isAccepted()) return false
    var call = {
      text: stringify({ operation: operation, argument: argument }),
      answer: function (answer) {
        if (answer.error === undefined) {
          if (callback === undefined) return
          if (operation === 'delete') callback(undefined, answer.options)
          else callback(undefined, answer.resource, answer.options)
          return
        }
        var error = new NumberedError(answer.error.number, answer.error.body)
        error.body = answer.error.body
        if (callback === undefined) throw error
        callback(error)
      },
      next: undefined,
    }
    if (first === undefined) first = call
    else last.next = call
    last = call
    return true
  }

  function optionsAndCallback(options, callback) {
    if (callback === undefined && typeof options === 'function') return { options: {}, callback: options }
    if (options !== undefined && (typeof options !== 'object' || options === null)) {
      throw bad('The "options" parameter must be of type "object". Actual type is: "' + typeof options + '".')
    }
    if (callback !== undefined && typeof callback !== 'function') {
      throw bad('The "callback" parameter must be of type "function". Actual type is: "' + typeof callback + '".')
    }
    return { options: options || {}, callback: callback }
  }
`
