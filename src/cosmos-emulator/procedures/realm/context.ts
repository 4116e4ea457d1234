/**
 * Part of the text that runs in a procedure's realm: request, response, and the context around them.
 */
export const CONTEXT = `
  var body
  var parameters = []
  var MOST = 2 * 1024 * 1024

  function checkedSize(value) {
    var text = typeof value === 'object' && value !== null ? stringify(value) : String(value)
    if (text.length <= MOST) return value
    throw new NumberedError(
      413,
      'Resulting message would be too large because of "body". Return from script with current message and use ' +
        'continuation token to call the script again or modify your script.'
    )
  }

  var request = {
    getBody: function () {
      return stringify(parameters)
    },
  }
  // The values of the response are its headers, among which its body counts as one.
  var values = Object.create(null)
  var response = {
    getBody: function () {
      return body
    },
    setBody: function (value) {
      body = value === undefined || value === null ? value : checkedSize(value)
    },
    appendBody: function (value) {
      body = checkedSize(body === undefined || body === null ? value : body + value)
    },
    getValue: function (name) {
      return name === 'Body' ? body : values[name]
    },
    setValue: function (name, value) {
      if (name === 'Body') response.setBody(value)
      else values[name] = checkedSize(value)
    },
    appendValue: function (name, value) {
      var before = response.getValue(name)
      response.setValue(name, before === undefined || before === null ? String(value) : String(before) + value)
    },
  }
  var aborted
  var log = ''
  var context = {
    getCollection: function () {
      return collection
    },
    getRequest: function () {
      return request
    },
    getResponse: function () {
      return response
    },
    abort: function (error) {
      aborted = { error: error }
      throw error
    },
  }

  define('getContext', function () {
    return context
  })
  define('console', {
    log: function (text) {
      var rest = Array.prototype.slice.call(arguments, 1)
      var line = String(text).replace(/%(%|s)/g, function (_, kind) {
        return kind === '%' ? '%' : String(rest.shift())
      })
      log += (log === '' ? '' : '\\n') + line
    },
  })
`
