/**
 * Part of the text that runs in a procedure's realm: the collection, with the checks that the service makes of arguments.
 *
 * @see utils/DocDbWrapperScript.js of https://github.com/Azure/azure-cosmosdb-js-server for those checks
 */
export const COLLECTION = `
  function enough(name, least, args) {
    if (args.length >= least) return
    throw bad(
      'The function "' + name + '" requires at least ' + least + ' argument(s) but was called with ' + args.length + ' argument(s).'
    )
  }

  function collectionLink(link) {
    if (link === collection.getSelfLink() || link === collection.getAltLink()) return
    throw bad('Function is not allowed to operate on resources outside current collection. Link: "' + link + '".')
  }

  function documentLink(link) {
    if (typeof link !== 'string') throw bad('Invalid document link: "' + link + '".')
    var isOurs = [collection.getSelfLink(), collection.getAltLink()].some(function (own) {
      return link.indexOf(own) === 0
    })
    if (isOurs) return
    throw bad('Function is not allowed to operate on resources outside current collection. Link: "' + link + '".')
  }

  function documentBody(body, options) {
    if (body === null || (typeof body !== 'object' && typeof body !== 'string')) {
      throw bad('The document body must be an object or a string representing a JSON-serialized object.')
    }
    var object = typeof body === 'string' ? parse(body) : body
    if (options.disableAutomaticIdGeneration === true || object.id) return object
    return Object.assign({}, object, { id: newId() })
  }

  function feedArgument(options) {
    return { pageSize: options.pageSize, continuation: options.continuation }
  }

  var collection = {
    getSelfLink: function () {
      return given.selfLink
    },
    getAltLink: function () {
      return given.altLink
    },
    readDocument: function (link, options, callback) {
      enough('readDocument', 1, arguments)
      documentLink(link)
      var given = optionsAndCallback(options, callback)
      return enqueue('read', { link: link, ifNoneMatch: given.options.ifNoneMatch }, given.callback)
    },
    readDocuments: function (link, options, callback) {
      enough('readDocuments', 1, arguments)
      collectionLink(link)
      var given = optionsAndCallback(options, callback)
      return enqueue('query', Object.assign(feedArgument(given.options), { query: 'SELECT * FROM c' }), given.callback)
    },
    queryDocuments: function (link, query, options, callback) {
      enough('queryDocuments', 2, arguments)
      collectionLink(link)
      var given = optionsAndCallback(options, callback)
      if (typeof query !== 'string' && (typeof query !== 'object' || query === null)) {
        throw bad('The "filterQuery" parameter must be of type "string" or "object". Actual type is: "' + typeof query + '".')
      }
      var asked = typeof query === 'string' ? { query: query } : { query: query.query, parameters: query.parameters }
      return enqueue('query', Object.assign(feedArgument(given.options), asked), given.callback)
    },
    createDocument: function (link, body, options, callback) {
      enough('createDocument', 2, arguments)
      collectionLink(link)
      var given = optionsAndCallback(options, callback)
      return enqueue('create', { body: documentBody(body, given.options) }, given.callback)
    },
    upsertDocument: function (link, body, options, callback) {
      enough('upsertDocument', 2, arguments)
      collectionLink(link)
      var given = optionsAndCallback(options, callback)
      var argument = { body: documentBody(body, given.options), etag: given.options.etag }
      return enqueue('upsert', argument, given.callback)
    },
    replaceDocument: function (link, body, options, callback) {
      enough('replaceDocument', 2, arguments)
      documentLink(link)
      var given = optionsAndCallback(options, callback)
      var argument = {
        link: link,
        body: documentBody(body, { disableAutomaticIdGeneration: true }),
        etag: given.options.etag,
      }
      return enqueue('replace', argument, given.callback)
    },
    deleteDocument: function (link, options, callback) {
      enough('deleteDocument', 1, arguments)
      documentLink(link)
      var given = optionsAndCallback(options, callback)
      return enqueue('delete', { link: link, etag: given.options.etag }, given.callback)
    },
  }
`
